"""How long a change takes from the record to a listener, over HTTP, on a running installation.

A **takedown** is timed from the call that records it to the first answer that says the track is not playable. An
**update** is a message that changes a release's title, timed from the instant its timeline gives for the commit to the
first answer with the new title. Nothing is a fair reference for either, so the limits are the design's targets, which
hold for the 99th percentile; of 30 samples that is the greatest. Both are asked for every 2 ms, one change at a time.
"""

import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.publication.deciding import decide
from antiphon.record import reading
from antiphon.record.timeline import load_timeline
from bench.installations import STAGE_POLL_S, Installation, run_installation, wait_until
from bench.releases import hash_files, make_cover, make_sound, plan_release, write_delivery, write_update
from bench.results import Result

CHANGES = 30
DURATION_MS = 2_000
TAKEDOWN_P99_MS = 200
COMMIT_P99_MS = 500
"""Source: the design's targets."""


def measure() -> list[Result]:
    """Return milliseconds until takedowns and updates are visible."""
    with tempfile.TemporaryDirectory() as temporary, run_installation(Path(temporary) / "data") as installation:
        folder = Path(temporary)
        cover, sound = make_cover(folder / "cover.jpg"), make_sound(folder / "sound.flac", 1, DURATION_MS)
        releases = [plan_release(number, 1, duration_ms=DURATION_MS) for number in range(1, CHANGES + 1)]
        first = [write_delivery(release, folder / "first", {1: sound}, cover) for release in releases]
        deliveries = [installation.accept(path) for path in first]
        installation.wait_until_live(deliveries)
        albums = [installation.find_entities(delivery, EntityKind.ALBUM)[0] for delivery in deliveries]
        updates = []
        for number, (release, album) in enumerate(zip(releases, albums, strict=True), 1):
            title = f"Lights of Another Harbour {number}"
            newer = plan_release(number, 1, duration_ms=DURATION_MS, title=title)
            hashes = hash_files(release, {1: sound}, cover)
            update = write_update(newer, folder / "updates", hashes, revision=1)
            updates.append(time_update_ms(installation, update, album, title))
        takedowns = [time_takedown_ms(installation, album) for album in albums]
    return [
        *report("takedown_visible", takedowns, TAKEDOWN_P99_MS),
        *report("update_visible", updates, COMMIT_P99_MS),
    ]


def time_takedown_ms(installation: Installation, album: str) -> float:
    """Take an album down; return the milliseconds until a listener is told."""
    path = f"/v1/albums/{album}?market=SE"
    installation.listener.wait_for(path, lambda found: found["tracks"]["items"][0]["is_playable"])
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
    installation.listener.wait_for(path, lambda found: not found["tracks"]["items"][0]["is_playable"])
    return (time.perf_counter() - started_s) * 1000


def time_update_ms(installation: Installation, folder: Path, album: str, title: str) -> float:
    """Deliver an update; return the milliseconds from its commit until a listener sees it."""
    delivery = installation.accept(folder)
    installation.listener.wait_for(f"/v1/albums/{album}?market=SE", lambda found: found["name"] == title)
    visible_at = datetime.now(UTC)
    wait_until(lambda: committed_at(installation, delivery) is not None, STAGE_POLL_S, "the update is committed")
    at = committed_at(installation, delivery) or visible_at
    return (visible_at - at).total_seconds() * 1000


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
            note=f"of {len(samples)} changes, one at a time, on an idle installation",
        ),
    ]
