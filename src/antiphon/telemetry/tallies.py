"""Events of a hot path: tallied in plain numbers, and made into metrics when somebody reads those.

A counter and a histogram of the usual kind take three locks for each event, a tenth of what a look-up costs in all.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from antiphon.telemetry.definitions import Counter, Histogram
from antiphon.telemetry.metrics import Metrics


class _Series:
    """One kind of event: how many fell into each bucket, and the sum of their values."""

    __slots__ = ("buckets", "total")

    def __init__(self, bounds: int) -> None:
        self.buckets = [0] * (bounds + 1)
        self.total = 0.0


class Tally:
    """Counts events and how their values are spread. One thread adds; any thread may read the metrics.

    The histogram's labels are the first of the counter's; ValueError (our fault) otherwise. Nothing else may count or
    observe the two metrics of the same ``Metrics``.
    """

    def __init__(self, metrics: Metrics, counter: Counter, histogram: Histogram) -> None:
        if counter.labels[: len(histogram.labels)] != histogram.labels:
            raise ValueError(f"{histogram.name} has the labels {histogram.labels}, {counter.name} {counter.labels}")
        self._counter = counter
        self._histogram = histogram
        self._bounds = histogram.buckets
        self._series: dict[tuple[str | int, ...], _Series] = {}
        metrics.registry.register(self)

    def add(self, labels: tuple[str | int, ...], value: float) -> None:
        """Enter one event: the values of the counter's labels, in order, and what goes into the histogram."""
        series = self._series.get(labels)
        if series is None:
            if len(labels) != len(self._counter.labels):
                raise ValueError(f"{self._counter.name} has the labels {self._counter.labels}; got {labels}")
            series = self._series[labels] = _Series(len(self._bounds))
        series.buckets[bisect_left(self._bounds, value)] += 1
        series.total += value

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        """Yield both metrics, as the registry asks for them; nothing before the first event."""
        known = [(tuple(map(str, labels)), series) for labels, series in list(self._series.items())]
        if not known:
            return
        counts = CounterMetricFamily(self._counter.name, self._counter.help, labels=self._counter.labels)
        spreads: dict[tuple[str, ...], _Series] = {}
        for labels, series in known:
            counts.add_metric(labels, sum(series.buckets))
            spread = spreads.setdefault(labels[: len(self._histogram.labels)], _Series(len(self._bounds)))
            spread.buckets = [a + b for a, b in zip(spread.buckets, series.buckets, strict=True)]
            spread.total += series.total
        yield counts
        times = HistogramMetricFamily(self._histogram.name, self._histogram.help, labels=self._histogram.labels)
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for labels, spread in spreads.items():
            times.add_metric(labels, list(zip(names, accumulate(spread.buckets), strict=True)), spread.total)
        yield times
