"""A process's metrics: counted, set and observed by definition, and written out for Prometheus."""

from threading import Lock
from typing import TypeVar

import prometheus_client as prometheus
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from antiphon.telemetry.definitions import Counter, Gauge, Histogram, Metric

T = TypeVar("T", prometheus.Counter, prometheus.Gauge, prometheus.Histogram)


class Metrics:
    """The metrics of one process. Safe to use from any thread.

    A metric appears when it is first used and not before: a web worker does not claim that version 0 was published.
    Labels are given by name and must be those of the definition; ValueError (our fault) otherwise.
    """

    def __init__(self) -> None:
        # A second series for each counter, which nothing here reads.
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._collectors: dict[Metric, prometheus.Counter | prometheus.Gauge | prometheus.Histogram] = {}
        self._adding = Lock()

    def count(self, counter: Counter, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        self.bind_counter(counter, **labels).inc(amount)

    def set(self, gauge: Gauge, value: float, /, **labels: str) -> None:
        """Set a gauge."""
        _with_labels(self._collector(gauge, prometheus.Gauge), labels).set(value)

    def observe(self, histogram: Histogram, value: float, /, **labels: str) -> None:
        """Enter a value into a histogram, in the unit of its name."""
        self.bind_histogram(histogram, **labels).observe(value)

    def bind_counter(self, counter: Counter, /, **labels: str) -> prometheus.Counter:
        """Return the counter with its labels set: for hot paths, which keep it and call ``inc``."""
        return _with_labels(self._collector(counter, prometheus.Counter), labels)

    def bind_histogram(self, histogram: Histogram, /, **labels: str) -> prometheus.Histogram:
        """Return the histogram with its labels set: for hot paths, which keep it and call ``observe``."""
        return _with_labels(self._collector(histogram, prometheus.Histogram), labels)

    def _collector(self, metric: Metric, kind: type[T]) -> T:
        found = self._collectors.get(metric)
        if found is None:
            with self._adding:
                found = self._collectors.get(metric) or self._collectors.setdefault(metric, self._add(metric))
        if not isinstance(found, kind):
            raise ValueError(f"metric {metric.name} is no {kind.__name__}")
        return found

    def _add(self, metric: Metric) -> prometheus.Counter | prometheus.Gauge | prometheus.Histogram:
        match metric:
            case Counter():
                return prometheus.Counter(metric.name, metric.help, metric.labels, registry=self.registry)
            case Gauge():
                return prometheus.Gauge(metric.name, metric.help, metric.labels, registry=self.registry)
            case Histogram():
                return prometheus.Histogram(
                    metric.name, metric.help, metric.labels, registry=self.registry, buckets=metric.buckets
                )


def _with_labels(collector: T, labels: dict[str, str]) -> T:
    return collector.labels(**labels) if labels else collector


def render_metrics(registry: CollectorRegistry) -> tuple[bytes, str]:
    """Return the registry's metrics as Prometheus reads them, and the media type to send them with."""
    return generate_latest(registry), CONTENT_TYPE_LATEST
