"""Deliveries without media through the whole durable workflow, against as many bare commits of SQLite.

Each is a newer message about a release that is live already: accepted by us, then read, checked, committed and
published by a running installation; the time ends when all are live. The reference writes one row per delivery into an
empty SQLite file with the same durability (WAL, ``synchronous=FULL``) and commits each: no workflow can be faster than
its commits, and this one makes several for a delivery. The ratio is reported, no bar is set for it.
"""

import contextlib
import sqlite3
import tempfile
import time
from pathlib import Path

from bench.installations import Installation, run_installation
from bench.releases import hash_files, make_cover, make_sound, plan_release, write_delivery, write_update
from bench.results import Result

ROUNDS = 5
DELIVERIES = 50
DURATION_MS = 2_000


def measure() -> list[Result]:
    """Return deliveries per second, against commits per second."""
    ours, commits = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        cover, sound = make_cover(folder / "cover.jpg"), make_sound(folder / "sound.flac", 1, DURATION_MS)
        with run_installation(folder / "data") as installation:
            releases = [plan_release(number, 1, duration_ms=DURATION_MS) for number in range(1, DELIVERIES + 1)]
            first = [write_delivery(release, folder / "first", {1: sound}, cover) for release in releases]
            installation.wait_until_live([installation.accept(path) for path in first])
            for round_number in range(1, ROUNDS + 1):
                updates = [
                    write_update(
                        plan_release(n, 1, duration_ms=DURATION_MS, title=f"Harbour Lights {n}, take {round_number}"),
                        folder / "updates",
                        hash_files(release, {1: sound}, cover),
                        revision=round_number,
                    )
                    for n, release in enumerate(releases, 1)
                ]
                ours.append(DELIVERIES / time_updates(installation, updates))
                commits.append(DELIVERIES / time_commits(folder / f"{round_number}.db"))
    return [
        Result(
            name="intake",
            against="SQLite committing one row for each, same durability",
            unit="deliveries/s",
            ours=tuple(ours),
            reference=tuple(commits),
            note=f"{DELIVERIES} updates without media at a time, accepted to live",
        )
    ]


def time_updates(installation: Installation, folders: list[Path]) -> float:
    """Return the seconds from the first acceptance until all are live."""
    started_s = time.perf_counter()
    installation.wait_until_live([installation.accept(folder) for folder in folders])
    return time.perf_counter() - started_s


def time_commits(path: Path) -> float:
    """Return the seconds that as many durable commits take."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE delivery (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        started_s = time.perf_counter()
        for number in range(DELIVERIES):
            connection.execute("INSERT INTO delivery VALUES (?, ?)", (number, "accepted"))
        return time.perf_counter() - started_s
