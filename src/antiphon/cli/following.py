"""The follower's process: from announced versions to this node's files. It loads no database."""

import time
from threading import Event

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock
from antiphon.cli.loops import FAULT_PAUSE_S, repeat
from antiphon.model.errors import Broken
from antiphon.replica import Follower
from antiphon.settings import Places
from antiphon.telemetry import Metrics, definitions, log_event

FOLLOW_POLL_S = 0.05
"""How often a node looks for the next version and the overlay: what it adds to a takedown. Two small reads."""


def run_follower(places: Places, stop: Event, metrics: Metrics) -> None:
    """Bring this node's files to the newest version until ``stop`` is set."""
    follower = Follower(open_blobs(places.blobs_url), places.node)

    def follow() -> bool:
        has_changed = follow_once(follower, metrics)
        if follower.trouble:
            stop.wait(FAULT_PAUSE_S)
        return has_changed

    try:
        repeat(follow, stop, poll_s=FOLLOW_POLL_S)
    finally:
        follower.close()


def follow_once(follower: Follower, metrics: Metrics) -> bool:
    """Apply what is new, and tell of it; False: nothing was. What keeps the node from following is told once.

    Raises: Transient where the store does not answer; the metrics say then how old the node has become.
    """
    before, trouble = follower.version, follower.trouble
    started_s = time.perf_counter()
    try:
        has_changed = follower.poll(read_clock())
    except Broken as error:
        has_changed = follower.version != before
        if str(error) != trouble:
            log_event(definitions.NODE_TROUBLED, version=follower.version, error=str(error))
    else:
        if trouble:
            log_event(definitions.NODE_RECOVERED, version=follower.version)
    finally:
        measure_node(follower, metrics)
    if follower.version != before:
        elapsed_ms = round((time.perf_counter() - started_s) * 1000)
        log_event(definitions.VERSION_APPLIED, version=follower.version, elapsed_ms=elapsed_ms)
    return has_changed


def measure_node(follower: Follower, metrics: Metrics) -> None:
    """Set the metrics that say where a node stands."""
    freshness = follower.replica.freshness(read_clock())
    metrics.set(definitions.NODE_VERSION, freshness.version)
    metrics.set(definitions.NODE_PIN, freshness.pin)
    metrics.set(definitions.NODE_IN_TROUBLE, 1 if follower.trouble else 0)
    metrics.set(definitions.NODE_AGE_SECONDS, freshness.age_s)
