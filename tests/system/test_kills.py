"""F1: any process is killed at any instant during intake; it is back within 10 s, and what was accepted arrives once.

The checker reads the record with plain SQL and asks over HTTP; it shares no code with what it checks.
"""

import contextlib
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import DPID
from tests.system.installation import antiphon, ask, children_of, find_port, is_ready, running, wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(600)]

SEED = 20261122
DELIVERIES = 10
BACK_WITHIN_S = 10.0
ALL_LIVE_WITHIN_S = 180.0
KEY = "f1-test-" + "Zk3vQ9xT7mW2pL5nR8cJ4hB6"
GOOD = ["accepted", "read", "checked", "rendered", "committed", "live"]
PROCESSES = ("follower", "publisher", "worker", "web")


def read_timelines(data: Path) -> dict[str, list[str]]:
    """Return the stages of each delivery, by its id."""
    with contextlib.closing(sqlite3.connect(data / "record.db")) as record:
        timelines: dict[str, list[str]] = {}
        for delivery, stage in record.execute("SELECT delivery_id, stage FROM timeline ORDER BY delivery_id, position"):
            timelines.setdefault(delivery, []).append(stage)
    return timelines


def find_processes(supervisor: int) -> dict[str, list[int]]:
    """Return the process ids below the supervisor, by which of the four they belong to."""
    found: dict[str, list[int]] = {name: [] for name in PROCESSES}
    for pid, command in children_of(supervisor).items():
        for name in PROCESSES:
            if f"antiphon {name}" in command:
                found[name].append(pid)
    return found


def test_who_takes_deliveries_in_waits_for_who_answers_readers(tmp_path: Path) -> None:
    arguments = ("serve", "--data", str(tmp_path / "data"), "--port", str(find_port()))
    with running(*arguments, output=tmp_path / "log.txt", environment={"ANTIPHON_SIGNING_KEY": KEY}) as supervisor:
        wait_until(lambda: all(find_processes(supervisor.pid).values()), within_s=60, what="all processes run")
        found = find_processes(supervisor.pid)

        def niceness(name: str) -> int:
            return max(os.getpriority(os.PRIO_PROCESS, pid) for pid in found[name])

        wait_until(lambda: niceness("worker") > niceness("web"), within_s=30, what="the worker is patient")
        assert niceness("follower") == niceness("publisher") == niceness("web")


@pytest.mark.parametrize("kills", [20, pytest.param(500, marks=[pytest.mark.fault, pytest.mark.timeout(7200)])])
def test_what_was_accepted_arrives_once_whatever_is_killed_whenever(kills: int, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    data, port = tmp_path / "data", find_port()
    environment = {"ANTIPHON_SIGNING_KEY": KEY}
    folders = [write_delivery(tmp_path / "outbox", a_small_statement(n), seed=n) for n in range(1, DELIVERIES + 1)]
    added = antiphon("provider", "add", "lantern", "--name", "Lantern", "--dpid", DPID, "--data", str(data))
    assert added.returncode == 0, added.stderr

    arguments = ("serve", "--data", str(data), "--port", str(port), "--open-player")
    with running(*arguments, output=tmp_path / "log.txt", environment=environment) as supervisor:
        wait_until(lambda: all(find_processes(supervisor.pid).values()), within_s=60, what="all processes run")
        waiting = list(folders)
        slowest_s = 0.0
        for kill in range(kills):
            if waiting and kill % 2 == 0:
                accepted = antiphon("deliver", str(waiting.pop()), "--provider", "lantern", "--data", str(data))
                assert accepted.returncode == 0, accepted.stderr
            time.sleep(chance.uniform(0.0, 0.8))  # the instant of the kill is what the seed decides
            slowest_s = max(slowest_s, kill_one(supervisor.pid, chance))
        print(f"slowest restart {slowest_s:.1f} s")
        for folder in waiting:
            assert antiphon("deliver", str(folder), "--provider", "lantern", "--data", str(data)).returncode == 0
        wait_until(
            lambda: list(read_timelines(data).values()) == [GOOD] * DELIVERIES,
            within_s=ALL_LIVE_WITHIN_S,
            what="every delivery is live, each stage once",
        )
        wait_until(lambda: is_ready(port), within_s=30, what="the installation is ready")
        assert_everything_arrived_once(data, port)


def kill_one(supervisor: int, chance: random.Random) -> float:
    """Kill one process at random; return the seconds until it runs again. Fails after ``BACK_WITHIN_S``."""
    name = chance.choice(PROCESSES)
    wait_until(lambda: bool(find_processes(supervisor)[name]), within_s=BACK_WITHIN_S, what=f"{name} runs")
    victims = find_processes(supervisor)[name]
    victim = chance.choice(victims)
    killed_s = time.monotonic()
    with contextlib.suppress(ProcessLookupError):  # it may have ended with its parent just now
        os.kill(victim, signal.SIGKILL)

    def is_back() -> bool:
        running_now = find_processes(supervisor)[name]
        return victim not in running_now and len(running_now) >= len(victims)

    wait_until(is_back, within_s=BACK_WITHIN_S, what=f"{name} is back after being killed")
    return time.monotonic() - killed_s


def assert_everything_arrived_once(data: Path, port: int) -> None:
    """Compare the record with itself, and with what listeners are shown."""
    with contextlib.closing(sqlite3.connect(data / "record.db")) as record:
        versions = [row[0] for row in record.execute("SELECT version FROM changes ORDER BY version")]
        assert versions == list(range(1, len(versions) + 1)), "the change log has a gap"
        albums = Counter(row[0] for row in record.execute("SELECT entity_id FROM changes WHERE kind = 'album'"))
        assert set(albums.values()) == {1}, "an album was committed twice"
        assert len(albums) == DELIVERIES
        announced = [row[0] for row in record.execute("SELECT version FROM publications ORDER BY version")]
        assert announced == list(range(1, len(announced) + 1))
    session = ask(port, "/player/session", method="POST").json()
    headers = {"Authorization": f"Bearer {session['access_token']}"}

    def served() -> set[str]:
        found = ask(port, "/v1/browse/new-releases?market=US&limit=50", headers=headers).json()
        return {album["id"] for album in found["albums"]["items"]}

    wait_until(lambda: served() == set(albums), within_s=30, what="the node serves every album")
