"""The loops of the processes that have no port: do what there is to do, wait a moment, until told to stop."""

import time
from threading import Event

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.intake.worker import WorkerSettings, run_worker
from antiphon.model.errors import Refused, Transient
from antiphon.publication.publisher import Publisher
from antiphon.replica import Follower
from antiphon.settings import Places
from antiphon.telemetry import Metrics, definitions, log_event

PUBLISH_POLL_S = 0.05
"""How often the publisher looks for changes: what it adds to the time from commit to visible. One indexed read."""
FOLLOW_POLL_S = 0.05
"""How often a node looks for the next version and the overlay: what it adds to a takedown. Two small reads."""
FAULT_PAUSE_S = 1.0
"""How long a loop waits after an error that may pass, so that it does not spin on a store that is down."""


def run_intake(parts: Installation, stop: Event, metrics: Metrics) -> None:
    """Take deliveries through their workflow until ``stop`` is set."""
    settings = WorkerSettings(scratch=parts.places.scratch)
    run_worker(settings, parts.engine, parts.blobs, read_clock, stop, metrics)


def run_publisher(parts: Installation, stop: Event, metrics: Metrics) -> None:
    """Publish what is committed until ``stop`` is set; a store or a record that does not answer is tried again.

    Raises: Refused where the record is older than the store, Broken where the gate holds a version: both want a person.
    """
    publisher = Publisher(parts.engine, parts.blobs)
    publisher.recover(read_clock())
    while not stop.is_set():
        try:
            if not publish_once(publisher, metrics):
                stop.wait(PUBLISH_POLL_S)
        except Transient as error:
            log_event(definitions.STORE_UNAVAILABLE, error=str(error))
            stop.wait(FAULT_PAUSE_S)
        except Refused as error:
            if error.code != "PublicationOvertaken":
                raise


def publish_once(publisher: Publisher, metrics: Metrics) -> bool:
    """Publish one version, and tell of it; False: there was nothing to publish."""
    started_s = time.perf_counter()
    published = publisher.publish(read_clock())
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


def run_follower(places: Places, stop: Event, metrics: Metrics) -> None:
    """Bring this node's files to the newest version until ``stop`` is set; a store that is down is tried again."""
    follower = Follower(open_blobs(places.blobs_url), places.node)
    try:
        while not stop.is_set():
            try:
                if not follow_once(follower, metrics):
                    stop.wait(FOLLOW_POLL_S)
            except Transient as error:
                log_event(definitions.STORE_UNAVAILABLE, error=str(error))
                stop.wait(FAULT_PAUSE_S)
    finally:
        follower.close()


def follow_once(follower: Follower, metrics: Metrics) -> bool:
    """Apply what is new, and tell of it; False: nothing was."""
    before = follower.version
    started_s = time.perf_counter()
    has_changed = follower.poll(read_clock())
    metrics.set(definitions.NODE_VERSION, follower.version)
    metrics.set(definitions.NODE_AGE_SECONDS, follower.replica.freshness(read_clock()).age_s)
    if follower.version != before:
        elapsed_ms = round((time.perf_counter() - started_s) * 1000)
        log_event(definitions.VERSION_APPLIED, version=follower.version, elapsed_ms=elapsed_ms)
    return has_changed
