"""The publisher's process: from what is committed to announced versions."""

import os
import time
from threading import Event, Thread

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.cli.loops import repeat
from antiphon.cli.snapshotting import SnapshotKeeper
from antiphon.model.errors import Refused
from antiphon.publication.gate_settings import GateSettings
from antiphon.publication.publisher import Publisher
from antiphon.record.publication_holds import Hold
from antiphon.telemetry import Metrics, definitions, log_event

PUBLISH_POLL_S = 0.05
"""How often the publisher looks for changes: what it adds to the time from commit to visible. Three indexed reads."""

OVERLAY_LOOK_S = 60.0
"""How often the overlay is compared with the record: what an undo that was killed denies too long, and how long a
denial that nobody knows goes untold."""

WAIT_S = 5.0
"""How often a publisher that may not begin looks again: somebody is recovering the record, which takes minutes."""


def run_publisher(parts: Installation, gates: GateSettings, stop: Event, metrics: Metrics) -> None:
    """Publish what is committed until ``stop`` is set. What is held waits, and what may not begin looks again."""
    publisher = Publisher(parts.engine, parts.blobs, parts.places.ledger, gates, os.cpu_count() or 1)
    begin_publishing(publisher, stop, metrics)
    looked_s = -OVERLAY_LOOK_S
    keeper = Thread(target=SnapshotKeeper(parts, metrics).run, args=(stop,), name="snapshots")

    def publish_and_mend() -> bool:
        nonlocal looked_s
        now_s = time.monotonic()
        if now_s - looked_s >= OVERLAY_LOOK_S:
            looked_s = now_s
            metrics.set(definitions.OVERLAY_UNKNOWN, publisher.mend_overlay(read_clock()))
        return publish_once(publisher, metrics)

    keeper.start()
    try:
        repeat(publish_and_mend, stop, poll_s=PUBLISH_POLL_S)
    finally:
        stop.set()
        keeper.join()
        publisher.close()


def begin_publishing(publisher: Publisher, stop: Event, metrics: Metrics) -> None:
    """Finish what was left undone; where the store is ahead of the record, tell it once, and wait for a person."""
    has_told = False
    while not stop.is_set():
        try:
            publisher.recover(read_clock())
            return
        except Refused as error:
            metrics.set(definitions.PUBLICATION_HELD, 1)
            if not has_told:
                log_event(definitions.VERSION_HELD, version=0, held_by="the record", reason=str(error))
            has_told = True
            stop.wait(WAIT_S)


def publish_once(publisher: Publisher, metrics: Metrics) -> bool:
    """Publish one version, and tell of it; False: there was nothing to publish, it is held, or another was first."""
    started_s = time.perf_counter()
    held_before = publisher.hold
    try:
        published = publisher.publish(read_clock())
    except Refused as error:
        if error.code not in ("PublicationOvertaken", "PublicationHeld"):
            raise
        return False
    tell_hold(held_before, publisher.hold, metrics)
    if published is None:
        return False
    elapsed_s = time.perf_counter() - started_s
    metrics.observe(definitions.PUBLISH_SECONDS, elapsed_s)
    metrics.set(definitions.PUBLICATION_VERSION, published.version)
    metrics.count(definitions.DELIVERIES, len(published.deliveries), stage="live")
    log_event(
        definitions.VERSION_ANNOUNCED,
        version=published.version,
        entries=published.documents,
        elapsed_ms=round(elapsed_s * 1000),
    )
    return True


def tell_hold(before: Hold | None, hold: Hold | None, metrics: Metrics) -> None:
    """Tell that publication was held, or goes on: once each."""
    metrics.set(definitions.PUBLICATION_HELD, 0 if hold is None else 1)
    if hold is not None and (before is None or before.number != hold.number):
        log_event(definitions.VERSION_HELD, version=hold.version, held_by=hold.held_by, reason=hold.reason)
    elif hold is None and before is not None:
        log_event(definitions.PUBLICATION_RESUMED, version=before.version)
