"""Events of a hot path are counted and spread as the usual metrics would have."""

import pytest

from antiphon.telemetry import Metrics, Tally, definitions, render_metrics
from antiphon.telemetry.definitions import READ_SECONDS, READS


def render(metrics: Metrics) -> list[str]:
    """Return the lines of what was measured, without the descriptions."""
    return [line for line in render_metrics(metrics.registry)[0].decode().splitlines() if not line.startswith("#")]


def test_labels_that_are_not_the_counters_are_refused() -> None:
    tally = Tally(Metrics(), READS, READ_SECONDS)
    with pytest.raises(ValueError, match="operation"):
        tally.add(("get_track",), 0.001)


def test_a_histogram_with_other_labels_than_the_counter_is_refused() -> None:
    with pytest.raises(ValueError, match="labels"):
        Tally(Metrics(), definitions.DELIVERIES, READ_SECONDS)


def test_nothing_is_claimed_before_the_first_event() -> None:
    metrics = Metrics()
    Tally(metrics, READS, READ_SECONDS)
    assert render(metrics) == []


def test_a_tally_reads_like_a_counter_and_a_histogram() -> None:
    tallied, counted = Metrics(), Metrics()
    tally = Tally(tallied, READS, READ_SECONDS)
    bounds = READ_SECONDS.buckets
    values = [0.0, bounds[0], bounds[0] * 1.01, bounds[3], bounds[-1], bounds[-1] * 2]
    for number, value in enumerate(values):
        status = (200, 304)[number % 2]
        tally.add(("get_track", status), value)
        counted.count(READS, operation="get_track", status=str(status))
        counted.observe(READ_SECONDS, value, operation="get_track")
    assert sorted(render(tallied)) == sorted(render(counted))
