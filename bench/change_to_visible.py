"""How long a change takes from the record to the listeners of two nodes, over HTTP, while others read.

The installation is ``antiphon serve`` and, beside it, ``antiphon node`` on the same store. An **update** is a message
that changes a release's title, timed from the instant its timeline gives for the commit until both nodes answer with
the new title. A **takedown** is timed from the call that records it until both say the track is not playable. Nothing
is a fair reference for either, so the limits are the design's targets, which hold for the 99th percentile. Both nodes
are asked every 2 ms, one change at a time.

All the while readers ask both nodes for albums at a steady pace. What their answers take is measured first with nothing
going on, then during the updates: no error, and no 99th percentile above twice the usual.
"""

import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.publication.deciding import decide
from antiphon.record import reading
from antiphon.record.timeline import load_timeline
from bench.installations import (
    LISTENER_POLL_S,
    STAGE_POLL_S,
    Installation,
    Listener,
    run_installation,
    run_node,
    wait_until,
)
from bench.read_load import Readers, ReadLoad, reading_beside
from bench.releases import hash_files, make_cover, make_sound, plan_release, write_delivery, write_update
from bench.results import Result

RELEASES = 100
REVISIONS = 5
"""Updates of each release: 500 in all."""
DURATION_MS = 2_000
TAKEDOWN_P99_MS = 200
COMMIT_P99_MS = 500
"""Source: the design's targets."""

READS_PER_S = 100
USUAL_S = 20
"""How long readers are alone, to know what is usual."""
READ_P99_RATIO = 2

Listeners = Sequence[Listener]


def measure() -> list[Result]:
    """Return milliseconds until updates and takedowns are visible on two nodes, and what readers notice of it."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        run_installation(Path(temporary) / "data") as installation,
        run_node(installation, Path(temporary) / "node") as other,
    ):
        folder = Path(temporary)
        cover, sound = make_cover(folder / "cover.jpg"), make_sound(folder / "sound.flac", 1, DURATION_MS)
        releases = [plan_release(number, 1, duration_ms=DURATION_MS) for number in range(1, RELEASES + 1)]
        first = [write_delivery(release, folder / "first", {1: sound}, cover) for release in releases]
        deliveries = [installation.accept(path) for path in first]
        installation.wait_until_live(deliveries)
        albums = [installation.find_entities(delivery, EntityKind.ALBUM)[0] for delivery in deliveries]
        nodes = (installation.listener, other)
        usual = read_alone(nodes, albums)
        updates = []
        with beside_readers(nodes, albums) as readers:
            for revision in range(1, REVISIONS + 1):
                for number, (release, album) in enumerate(zip(releases, albums, strict=True), 1):
                    title = f"Lights of Another Harbour {number} {revision}"
                    newer = plan_release(number, 1, duration_ms=DURATION_MS, title=title)
                    hashes = hash_files(release, {1: sound}, cover)
                    update = write_update(newer, folder / "updates", hashes, revision=revision)
                    updates.append(time_update_ms(installation, nodes, update, album, title))
            during = readers.stop()
        with beside_readers(nodes, albums):
            takedowns = [time_takedown_ms(installation, nodes, album) for album in albums]
    return [
        *report("takedown_visible", takedowns, TAKEDOWN_P99_MS),
        *report("update_visible", updates, COMMIT_P99_MS),
        *report_readers(usual, during),
    ]


def read_alone(nodes: Listeners, albums: Sequence[str]) -> ReadLoad:
    """Return what readers meet when nothing changes; both nodes are asked as often as when something does."""
    with beside_readers(nodes, albums) as readers:
        ends_s = time.monotonic() + USUAL_S
        wait_for_all(nodes, f"/v1/albums/{albums[0]}?market=SE", lambda _: time.monotonic() > ends_s)
        return readers.stop()


@contextlib.contextmanager
def beside_readers(nodes: Listeners, albums: Sequence[str]) -> Iterator[Readers]:
    """Have both nodes read for as long as the block lasts."""
    paths = [f"/v1/albums/{album}?market=SE" for album in albums]
    readers = Readers([node.port for node in nodes], paths, nodes[0].headers, READS_PER_S)
    with reading_beside(readers):
        yield readers


def time_takedown_ms(installation: Installation, nodes: Listeners, album: str) -> float:
    """Take an album down; return the milliseconds until the listeners of every node are told."""
    path = f"/v1/albums/{album}?market=SE"
    wait_for_all(nodes, path, lambda found: found["tracks"]["items"][0]["is_playable"])
    decision = Decision(
        id=f"takedown-{album}",
        effect=Takedown(),
        target_kind=TargetKind.ALBUM,
        target_id=album,
        decided_by="benchmark",
        decided_at=datetime.now(UTC).isoformat(),
        reason="to see how long it takes",
    )
    started_s = time.perf_counter()
    decide(installation.engine, installation.blobs, decision, datetime.now(UTC))
    wait_for_all(nodes, path, lambda found: not found["tracks"]["items"][0]["is_playable"])
    return (time.perf_counter() - started_s) * 1000


def time_update_ms(installation: Installation, nodes: Listeners, folder: Path, album: str, title: str) -> float:
    """Deliver an update; return the milliseconds from its commit until the listeners of every node see it."""
    delivery = installation.accept(folder)
    wait_for_all(nodes, f"/v1/albums/{album}?market=SE", lambda found: found["name"] == title)
    visible_at = datetime.now(UTC)
    wait_until(lambda: committed_at(installation, delivery) is not None, STAGE_POLL_S, "the update is committed")
    at = committed_at(installation, delivery) or visible_at
    return (visible_at - at).total_seconds() * 1000


def wait_for_all(nodes: Listeners, path: str, is_so: Any) -> None:
    """Return as soon as every node answers what is waited for: the later one counts."""
    waiting = list(nodes)

    def are_so() -> bool:
        waiting[:] = [node for node in waiting if (found := node.get(path)) is None or not is_so(found)]
        return not waiting

    wait_until(are_so, LISTENER_POLL_S, path)


def committed_at(installation: Installation, delivery: str) -> datetime | None:
    """Return when a delivery was committed; None: not yet."""
    with reading(installation.engine) as conn:
        entries = load_timeline(conn, delivery)
    return next((datetime.fromisoformat(entry.at) for entry in entries if entry.stage is Stage.COMMITTED), None)


def report(name: str, samples: Sequence[float], limit_ms: float) -> list[Result]:
    """Return the median, and the 99th percentile against its limit."""
    p99 = statistics.quantiles(samples, n=100, method="inclusive")[98]
    return [
        Result(name=name, against="nothing: milliseconds", unit="ms", ours=tuple(samples), higher_is_better=False),
        Result(
            name=f"{name}_p99",
            against="the design's target",
            unit="ms",
            ours=(p99,),
            bar=limit_ms,
            higher_is_better=False,
            note=f"of {len(samples)} changes, one at a time, on two nodes that are read {READS_PER_S} times a second",
        ),
    ]


def report_readers(usual: ReadLoad, during: ReadLoad) -> list[Result]:
    """Return what readers noticed of the updates. Ends the run where one of them met an error."""
    if usual.errors or during.errors:
        sys.exit(f"readers met {usual.errors} errors alone and {during.errors} during the updates")
    return [
        Result(
            name="reads_during_updates_p99",
            against="the same readers, alone",
            unit="ms",
            ours=(during.p99_ms,),
            reference=(usual.p99_ms,),
            bar=READ_P99_RATIO,
            higher_is_better=False,
            note=f"{len(during.latencies_ms):,} answers then, {len(usual.latencies_ms):,} before; no error",
        )
    ]
