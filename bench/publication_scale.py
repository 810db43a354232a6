"""The whole publication of a catalogue of 1,000,000 tracks, and an artist of 1,000 tracks renamed ten times.

The record is made as in ``catalogue_scale``. Then a node is started that has nothing, and ``antiphon publisher`` on a
record of which nothing was ever published; the clock stops when the node answers, over HTTP, with the version that
holds everything. Memory is what the processes have for themselves, pages of files they map left out.

A rename is a decision: it is timed until it is committed, and from then until the node answers with the new name both
for the artist and on one of its albums.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import lmdb
import msgspec
from sqlalchemy import func, select

from antiphon.access import make_signing_key
from antiphon.blobs import open_blobs
from antiphon.model.decisions import Override, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.publication.deciding import decide, draft_decision
from antiphon.record import reading
from antiphon.record.changes import head_version
from antiphon.record.publication_holds import find_hold
from antiphon.record.publications import announced_head
from antiphon.record.tables import album_tracks, contributions, links
from antiphon.replica.files import documents_path
from antiphon.replica.index import index_path
from antiphon.settings import find_places
from bench.catalogue_scale import FilledRecord, list_family, make_record
from bench.installations import UNHURRIED, Listener
from bench.large_catalogue import SEED
from bench.lookup_http import issue_token
from bench.results import Result
from bench.servers import fetch, find_port, run_server

TRACKS = int(os.environ.get("TRACKS", "1_000_000"))
"""Of the catalogue; fewer for a quick look."""

PUBLICATION_BAR_S = 240.0
"""Aiming for 120."""

PUBLISHER_BAR_GB = 2.0
RENAMES = 10
RENAMED_TRACKS = 1_000
WATCH_INTERVAL_S = 0.25
DONE_WITHIN_S = 3_600.0


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """A record, the node that serves it, the process that runs it, and somebody who listens to it."""

    record: FilledRecord
    node: Path
    process: int
    listener: Listener

    def is_at(self, version: int) -> bool:
        """Tell whether the node answers with a version, or a later one."""
        url = f"http://127.0.0.1:{self.listener.port}/v1/artists/{'0' * 22}"
        return int(fetch(url, self.listener.headers).headers["x-catalogue-version"]) >= version


class Rename(NamedTuple):
    """What one rename took to be committed, and from then to be visible; and how many entities it changed."""

    committed_ms: float
    visible_ms: float
    changed: int


class Watch:
    """The most memory that families of processes have had of their own, looked at all the time."""

    def __init__(self, **roots: int) -> None:
        self._roots = roots
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peaks = dict.fromkeys(roots, 0)
        """In bytes, by the names that were given."""
        self.worked_s = dict.fromkeys(roots, 0.0)
        """What they have had of processors in seconds: what other load takes is not in it."""

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(WATCH_INTERVAL_S):
            for name, root in self._roots.items():
                family = list(list_family(root))
                self.peaks[name] = max(self.peaks[name], sum(map(measure_own, family)))
                self.worked_s[name] = max(self.worked_s[name], sum(map(measure_work, family)))


def measure() -> list[Result]:
    """Return what publishing a large catalogue takes."""
    print(f"seed {SEED}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        record = make_record(Path(folder) / "data", TRACKS)
        with serve(record, Path(folder) / "node") as serving:
            results = [*measure_publication(serving), *measure_renames(serving)]
        record.engine.dispose()
    return results


@contextlib.contextmanager
def serve(record: FilledRecord, node: Path) -> Iterator[Serving]:
    """Run a node on the store of a record until the block ends."""
    key, port = make_signing_key(), find_port()
    environment = {"ANTIPHON_SIGNING_KEY": key, "ANTIPHON_BLOBS_URL": find_places(record.data, {}).blobs_url}
    command = [sys.executable, "-m", "antiphon", "node", "--data", str(node), "--port", str(port)]
    with run_server(command, port, environment={**environment, **UNHURRIED}) as process:
        listener = Listener(port, issue_token(key))
        yield Serving(record=record, node=find_places(node, {}).node, process=process.pid, listener=listener)
        listener.close()


@contextlib.contextmanager
def run_publisher(record: FilledRecord) -> Iterator[int]:
    """Run ``antiphon publisher`` until the block ends; give its process."""
    command = [sys.executable, "-m", "antiphon", "publisher", "--data", str(record.data)]
    environment = {**os.environ, "ANTIPHON_RECORD_URL": "", "ANTIPHON_BLOBS_URL": ""}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        yield process.pid
        process.terminate()


def measure_publication(serving: Serving) -> list[Result]:
    """Publish everything; return how long it took until the node had it, and what it took of memory and disk."""
    started_s = time.monotonic()
    follower = find_follower(serving.process)
    with run_publisher(serving.record) as publisher, Watch(publisher=publisher, follower=follower) as watch:
        versions = wait_until_served(serving)
        elapsed_s = time.monotonic() - started_s
    documents = count_documents(serving.node)
    folders = (serving.record.data / "blobs", documents_path(serving.node), index_path(serving.node))
    store_gb, documents_gb, index_gb = (measure_folder(folder) / 1e9 for folder in folders)
    note = (
        f"{documents:,} documents in {versions} versions, {documents / elapsed_s:,.0f} a second; "
        f"store {store_gb:.1f} GB, documents {documents_gb:.1f} GB, index {index_gb:.2f} GB; "
        f"seconds of a core: publisher {watch.worked_s['publisher']:.0f}, follower {watch.worked_s['follower']:.0f}"
    )
    return [
        Result(
            name="full publication",
            against="the clock, aiming for 120 s",
            unit="s",
            ours=(elapsed_s,),
            bar=PUBLICATION_BAR_S,
            higher_is_better=False,
            note=note,
        ),
        Result(
            name="full publication, publisher's memory",
            against="own pages of all its processes",
            unit="GB",
            ours=(watch.peaks["publisher"] / 1e9,),
            bar=PUBLISHER_BAR_GB,
            higher_is_better=False,
        ),
        Result(
            name="full publication, follower's memory",
            against="own pages",
            unit="GB",
            ours=(watch.peaks["follower"] / 1e9,),
            higher_is_better=False,
        ),
    ]


def wait_until_served(serving: Serving) -> int:
    """Return the version that holds all of the record, as soon as the node answers with it. Ends the run if held."""
    deadline_s = time.monotonic() + DONE_WITHIN_S
    while time.monotonic() < deadline_s:
        with reading(serving.record.engine) as conn:
            newest, announced, hold = head_version(conn), announced_head(conn), find_hold(conn)
        if hold is not None:
            sys.exit(f"publication is held: {hold}")
        if announced is not None and announced.record_version == newest and serving.is_at(announced.version):
            return announced.version
        time.sleep(WATCH_INTERVAL_S)
    sys.exit(f"not published within {DONE_WITHIN_S:.0f} s")


def measure_renames(serving: Serving) -> list[Result]:
    """Rename an artist ten times; return what each took to be committed, and then to be visible."""
    artist, album, tracks = find_artist(serving.record)
    with run_publisher(serving.record):
        samples = [time_rename(serving, artist, album, f"Renamed {number} Times") for number in range(1, RENAMES + 1)]
    note = f"an artist with {tracks:,} tracks; each changed {samples[-1].changed:,} entities"
    names = {"committed_ms": "rename, committed", "visible_ms": "rename, from commit to visible"}
    return [
        Result(
            name=name,
            against="nothing: milliseconds",
            unit="ms",
            ours=tuple(getattr(sample, field) for sample in samples),
            higher_is_better=False,
            note=note,
        )
        for field, name in names.items()
    ]


def time_rename(serving: Serving, artist: str, album: str, name: str) -> Rename:
    """Rename an artist, and wait until the node says so, also on an album."""
    now = datetime.now(UTC)
    effect = Override(field="name", value=json.dumps(name))
    decision = draft_decision(effect, TargetKind.ARTIST, artist, by="benchmark", reason="to see", now=now)
    blobs = open_blobs(find_places(serving.record.data, {}).blobs_url)
    started_s = time.perf_counter()
    changed = decide(serving.record.engine, blobs, decision, now)
    committed_s = time.perf_counter()
    serving.listener.wait_for(f"/v1/artists/{artist}", lambda found: found["name"] == name)
    serving.listener.wait_for(f"/v1/albums/{album}?market=SE", lambda found: found["artists"][0]["name"] == name)
    visible_s = time.perf_counter()
    return Rename((committed_s - started_s) * 1000, (visible_s - committed_s) * 1000, changed)


def find_artist(record: FilledRecord) -> tuple[str, str, int]:
    """Return the artist whose own albums have the number of tracks nearest to the one asked for; and one of those."""
    of_nobody = select(links.c.entity_id).where(links.c.anchor == "name:various artists")
    query = (
        select(contributions.c.entity_id, func.min(contributions.c.album_id), func.count())
        .join(album_tracks, album_tracks.c.album_id == contributions.c.album_id)
        .where(contributions.c.kind == EntityKind.ARTIST.value, contributions.c.is_leading)
        .where(contributions.c.entity_id.not_in(of_nobody))
        .group_by(contributions.c.entity_id)
        .order_by(func.abs(func.count() - RENAMED_TRACKS), contributions.c.entity_id)
        .limit(1)
    )
    with reading(record.engine) as conn:
        artist, album, tracks = conn.execute(query).one()
    return artist, album, tracks


def find_follower(supervisor: int) -> int:
    """Return the follower among the processes of a node."""
    for pid in list_family(supervisor):
        if b"\0follower" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    sys.exit("the node has no follower")


def measure_own(pid: int) -> int:
    """Return the memory a process has for itself in bytes; 0: it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["RssAnon"].split()[0]) << 10 if "RssAnon" in lines else 0


def measure_work(pid: int) -> float:
    """Return the seconds of a processor that a process and its ended children have had; 0: it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def count_documents(node: Path) -> int:
    """Return how many documents a node has; what it keeps beside them are a few more."""
    with lmdb.open(str(documents_path(node)), readonly=True, lock=False, max_dbs=16) as environment:
        entries: int = environment.stat()["entries"]
    return entries


def measure_folder(path: Path) -> int:
    """Return the bytes that files in a folder take on disk."""
    return sum(file.stat().st_blocks * 512 for file in path.rglob("*") if file.is_file())
