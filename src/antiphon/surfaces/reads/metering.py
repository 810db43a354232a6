"""Reads counted and timed in the registry of metrics, and errors of ours written to the log."""

from collections.abc import Callable

from antiphon.surfaces.reads.observation import ReadObserved
from antiphon.telemetry import Metrics, definitions, log_event


class ReadMeter:
    """An observer of reads. Counters are bound once per operation and status: both are few, whatever is asked for."""

    def __init__(self, metrics: Metrics) -> None:
        self._bind_counter = metrics.bind_counter
        self._bind_histogram = metrics.bind_histogram
        self._bytes = metrics.bind_counter(definitions.STREAM_BYTES)
        self._counts: dict[tuple[str, int], Callable[[], None]] = {}
        self._timings: dict[str, Callable[[float], None]] = {}

    def __call__(self, observed: ReadObserved) -> None:
        """Count one answered request."""
        operation = observed.operation
        count = self._counts.get((operation, observed.status))
        if count is None:
            bound = self._bind_counter(definitions.READS, operation=operation, status=str(observed.status))
            count = self._counts[operation, observed.status] = bound.inc
        observe = self._timings.get(operation)
        if observe is None:
            observe = self._timings[operation] = self._bind_histogram(
                definitions.READ_SECONDS, operation=operation
            ).observe
        count()
        observe(observed.elapsed_s)
        if operation == "stream" and observed.status in (200, 206):
            self._bytes.inc(observed.size_bytes)


def report_failure(error: Exception, operation: str) -> None:
    """Write an error of ours to the log, with its traceback: what a ReadPath calls its ``report``."""
    log_event(definitions.REQUEST_FAILED, exc_info=error, operation=operation, error=repr(error))
