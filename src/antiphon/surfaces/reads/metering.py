"""Reads counted and timed in the registry of metrics, and errors of ours written to the log."""

from antiphon.telemetry import Metrics, Tally, definitions, log_event


class ReadMeter:
    """An observer of reads, for one thread: a server's event loop. Operations and statuses are few."""

    def __init__(self, metrics: Metrics) -> None:
        self._add = Tally(metrics, definitions.READS, definitions.READ_SECONDS).add
        self._bytes = metrics.bind_counter(definitions.STREAM_BYTES)

    def __call__(self, operation: str, status: int, size_bytes: int, elapsed_s: float, /) -> None:
        """Count one answered request."""
        self._add((operation, status), elapsed_s)
        if operation == "stream" and status in (200, 206):
            self._bytes.inc(size_bytes)


def report_failure(error: Exception, operation: str) -> None:
    """Write an error of ours to the log, with its traceback: what a ReadPath calls its ``report``."""
    log_event(definitions.REQUEST_FAILED, exc_info=error, operation=operation, error=repr(error))
