"""How long a node takes to start: from a snapshot, and again with its files there; and what a reading worker holds.

A catalogue of ``TRACKS`` tracks with albums and artists (2.3 documents a track) is published into a store, and a
snapshot of it is stored by the code that ships. Then, each in a process of its own: an **empty node** starts, timed
from opening its folder until it has answered a look-up and a search of the newest version; it is **started again**
with its files there, as a restart would; and ``antiphon web --reads-only`` answers look-ups and searches, after which
its resident memory is counted without the pages of the node's files, which every worker of a machine shares.

Nothing is a fair reference for any of it; the limits are the design's. The files are in the page cache, as after a
restart of a process, not of a machine; the store is a folder.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from typing import Any

from antiphon.access import make_signing_key
from antiphon.blobs import open_blobs
from antiphon.model.entities import EntityKind
from antiphon.replica import Follower
from antiphon.segments import DocumentKind
from antiphon.segments.snapshot_building import build_snapshot
from bench.catalogues import (
    DOCUMENTS_PER_VERSION,
    SEED,
    TRACKS_PER_ALBUM,
    WORDS,
    announce,
    build_artists,
    build_documents,
    deny,
    describe_residency,
    invent_albums,
)
from bench.lookup_http import issue_token
from bench.results import Result
from bench.servers import find_port, run_server

TRACKS = int(os.environ.get("TRACKS", "100_000"))
"""The bars are for 1,000,000: some 20 GB of disk and ten minutes."""

BAR_TRACKS = 1_000_000
START_S = 60
RESTART_S = 2
WORKER_BYTES = 150_000_000
RESTARTS = 3

POLL_S = 0.05
"""How often the follower that ships looks for what is new."""

LOOKUPS = 5_000
SEARCHES = 500
"""Asked of the worker before it is weighed: its caches are full by then."""

_FILE_MAP = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+\s+(.*)$")


def measure() -> list[Result]:
    """Return seconds of a start, of restarts, of building the snapshot, and bytes of a worker."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        track_ids = publish_log(data)
        built = run_step("snapshot", data)
        started = run_step("start", data)
        restarts = [run_step("restart", data) for _ in range(RESTARTS)]
        worker_bytes = weigh_worker(data, track_ids)
        is_whole = TRACKS >= BAR_TRACKS
        residency = describe_residency(data / "node" / "documents" / "data.mdb")
        return [
            _seconds("node_start", "an empty node, from a snapshot", [started], START_S if is_whole else None),
            _seconds("node_restart", "a node with its files", restarts, RESTART_S if is_whole else None, residency),
            Result(
                name="node_worker_memory",
                against="resident beyond the node's files",
                unit="bytes",
                ours=(float(worker_bytes),),
                bar=WORKER_BYTES if is_whole else None,
                higher_is_better=False,
                note=f"{TRACKS:,} tracks; after {LOOKUPS:,} look-ups and {SEARCHES:,} searches",
            ),
            _seconds("snapshot_build", "a first snapshot, from segments", [built], None),
        ]


def publish_log(data: Path) -> tuple[str, ...]:
    """Announce a catalogue into a store, with nobody following; return the ids of its tracks."""
    blobs = open_blobs(str(data / "blobs"))
    albums = list(invent_albums(-(-TRACKS // TRACKS_PER_ALBUM)))
    ids: list[str] = []
    version, parent = 0, ""
    for documents in (build_documents(albums, ids), build_artists(albums)):
        while batch := list(islice(documents, DOCUMENTS_PER_VERSION)):
            version += 1
            parent = announce(blobs, batch, version, parent)
    deny(blobs, Random(SEED).sample(ids, 100))
    return tuple(ids)


def run_step(step: str, data: Path) -> dict[str, Any]:
    """Run one step in a process of its own, and return what it says."""
    command = [sys.executable, "-m", "bench.node_start", step, str(data)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def time_step(step: str, data: Path) -> dict[str, Any]:
    """Do one step; return its seconds, those of the processor, and the memory that is the process's own.

    Of building a snapshot, which maps no files, that is the peak.
    """
    blobs = open_blobs(str(data / "blobs"))
    started_s, started_cpu_s = time.perf_counter(), time.process_time()
    if step == "snapshot":
        snapshot = build_snapshot(blobs, data / "scratch")
        note = f"{snapshot.entries:,} documents in {len(snapshot.chunks)} chunks of {snapshot.size_bytes:,} bytes"
    else:
        follower = Follower(blobs, data / "node")
        while follower.poll(datetime.now(UTC)) or not _is_searchable(follower):
            time.sleep(POLL_S)
        found = follower.replica.search(EntityKind.TRACK, WORDS[0], limit=1).ids
        with follower.replica.transaction() as view:
            if not found or view.get(DocumentKind.TRACK, found[0]) is None:
                raise LookupError("the node answers nothing")
            note = f"version {view.version}"
    return {
        "seconds": time.perf_counter() - started_s,
        "cpu_s": time.process_time() - started_cpu_s,
        "own_bytes": _read_anonymous() if step != "snapshot" else getrusage(RUSAGE_SELF).ru_maxrss * 1024,
        "note": note,
    }


def _is_searchable(follower: Follower) -> bool:
    with follower.replica.transaction() as view:
        return view.version == view.head.search_version


def weigh_worker(data: Path, track_ids: tuple[str, ...]) -> int:
    """Return how many bytes a web worker holds that are not pages of the node's files, once it has answered a lot."""
    key, port = make_signing_key(), find_port()
    environment = {
        "ANTIPHON_SIGNING_KEY": key,
        "ANTIPHON_DATA": str(data),
        "ANTIPHON_BLOBS_URL": "",
        "ANTIPHON_RATE": "0",
    }
    command = [sys.executable, "-m", "antiphon", "web", "--reads-only", "--port", str(port)]
    with run_server(command, port, environment=environment) as server:
        _ask(port, key, track_ids)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        return max(_weigh(int(pid), data / "node") for pid in children)


def _ask(port: int, key: str, track_ids: tuple[str, ...]) -> None:
    chance = Random(SEED)
    paths = [f"/v1/tracks/{chance.choice(track_ids)}?market=SE" for _ in range(LOOKUPS)]
    words = [(chance.choice(WORDS), chance.choice(WORDS)) for _ in range(SEARCHES)]
    paths += [f"/v1/search?type=track,album,artist&q={one}+{other}&market=SE" for one, other in words]
    headers = {"Authorization": f"Bearer {issue_token(key)}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in paths:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 404):
            sys.exit(f"{path} answered {answer.status}")
    connection.close()


def _weigh(pid: int, shared: Path) -> int:
    """Return the resident bytes of a process without the pages of files in a folder."""
    total, is_shared = 0, False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if found := _FILE_MAP.match(line):
            is_shared = found[1].startswith(str(shared.resolve()))
        elif line.startswith("Rss:") and not is_shared:
            total += int(line.split()[1]) * 1024
    return total


def _read_anonymous() -> int:
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"^Anonymous:\s+(\d+) kB$", rollup, re.MULTILINE)[1]) * 1024  # type: ignore[index]  # Linux has the line


def _seconds(name: str, against: str, steps: list[dict[str, Any]], bar: float | None, more: str = "") -> Result:
    cpu_s = min(step["cpu_s"] for step in steps)
    own_bytes = max(step["own_bytes"] for step in steps)
    notes = (
        f"{TRACKS:,} tracks",
        steps[0]["note"],
        f"{cpu_s:.1f} s of processor",
        f"{own_bytes:,} bytes of its own",
        more,
    )
    return Result(
        name=name,
        against=against,
        unit="s",
        ours=tuple(step["seconds"] for step in steps),
        bar=bar,
        higher_is_better=False,
        note="; ".join(note for note in notes if note),
    )


if __name__ == "__main__":
    print(json.dumps(time_step(sys.argv[1], Path(sys.argv[2]))))
