"""The publisher's process: from what is committed to announced versions."""

import time
from threading import Event

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.cli.loops import repeat
from antiphon.model.errors import Refused
from antiphon.publication.publisher import Publisher
from antiphon.telemetry import Metrics, definitions, log_event

PUBLISH_POLL_S = 0.05
"""How often the publisher looks for changes: what it adds to the time from commit to visible. One indexed read."""


def run_publisher(parts: Installation, stop: Event, metrics: Metrics) -> None:
    """Publish what is committed until ``stop`` is set.

    Raises: Refused where the record is older than the store, Broken where the gate holds a version: both want a person.
    """
    publisher = Publisher(parts.engine, parts.blobs)
    publisher.recover(read_clock())
    repeat(lambda: publish_once(publisher, metrics), stop, poll_s=PUBLISH_POLL_S)


def publish_once(publisher: Publisher, metrics: Metrics) -> bool:
    """Publish one version, and tell of it; False: there was nothing to publish, or another publisher was first."""
    started_s = time.perf_counter()
    try:
        published = publisher.publish(read_clock())
    except Refused as error:
        if error.code != "PublicationOvertaken":
            raise
        return False
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
