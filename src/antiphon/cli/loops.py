"""The loops of the processes that have no port: do what there is to do, wait a moment, until told to stop."""

import time
from threading import Event

from antiphon.blobs import open_blobs
from antiphon.cli.options import Installation, read_clock
from antiphon.model.errors import Refused, Transient
from antiphon.publication.publisher import Publisher
from antiphon.replica import Follower
from antiphon.settings import Places
from antiphon.telemetry import Log, Metrics

FAULT_PAUSE_S = 1.0
"""How long a loop waits after an error that may pass, so that it does not spin on a store that is down."""


def run_publisher(parts: Installation, stop: Event, *, log: Log, metrics: Metrics, poll_s: float) -> None:
    """Publish what is committed until ``stop`` is set.

    A store or record that does not answer is tried again. Raises: Refused where the record is older than the store;
    Broken where the gate holds a version: both want a person.
    """
    publisher = Publisher(parts.engine, parts.blobs)
    publisher.recover(read_clock())
    while not stop.is_set():
        started_s = time.perf_counter()
        try:
            published = publisher.publish(read_clock())
        except Transient as error:
            log.emit("publication_waits", reason=str(error))
            stop.wait(FAULT_PAUSE_S)
            continue
        except Refused as error:
            if error.code != "VersionTaken":
                raise
            log.emit("publication_waits", reason=str(error))
            continue
        if published is None:
            stop.wait(poll_s)
            continue
        metrics.publish_seconds.observe(time.perf_counter() - started_s)
        metrics.publication_version.set(published.version)
        log.emit(
            "version_announced",
            version=published.version,
            documents=published.documents,
            deliveries=len(published.deliveries),
        )


def run_follower(places: Places, stop: Event, *, log: Log, metrics: Metrics, poll_s: float) -> None:
    """Bring this node's files to the newest version until ``stop`` is set; a store that is down is tried again."""
    follower = Follower(open_blobs(places.blobs_url), places.node)
    try:
        while not stop.is_set():
            try:
                applied = follower.poll(read_clock())
            except Transient as error:
                log.emit("node_waits", reason=str(error))
                stop.wait(FAULT_PAUSE_S)
                continue
            if applied:
                log.emit("version_applied", version=follower.version)
            metrics.node_version.set(follower.version)
            if not applied:
                stop.wait(poll_s)
    finally:
        follower.close()
