"""Metrics: typed, absent until used, and handed over between processes."""

import doctest
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

import antiphon.telemetry
from antiphon.telemetry import Metrics, merge_metrics, read_metrics, render_metrics, write_metrics
from antiphon.telemetry.definitions import (
    DELIVERIES,
    LOG_EVENTS,
    METRICS,
    METRICS_WRITTEN,
    NODE_VERSION,
    READ_SECONDS,
    READS,
    Counter,
    Gauge,
    Histogram,
)
from antiphon.telemetry.reference import describe_telemetry

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def text_of(metrics: Metrics) -> str:
    return render_metrics(metrics.registry)[0].decode()


@pytest.mark.parametrize("labels", [{}, {"stag": "live"}, {"stage": "live", "provider": "x"}])
def test_labels_other_than_the_declared_ones_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises((ValueError, AttributeError)):
        Metrics().count(DELIVERIES, **labels)


@pytest.mark.parametrize("process", ["", "../worker", "Web", "a" * 50, "a b", "web\n"])
def test_a_process_name_that_could_leave_the_folder_is_refused(tmp_path: Path, process: str) -> None:
    with pytest.raises(ValueError, match="process name"):
        write_metrics(Metrics(), tmp_path / "metrics", process, NOW)
    assert not (tmp_path / "metrics").exists()


def test_a_metric_is_absent_until_it_is_used() -> None:
    metrics = Metrics()
    assert text_of(metrics) == ""
    metrics.set(NODE_VERSION, 12)
    assert "antiphon_node_version 12.0" in text_of(metrics)
    assert "# TYPE antiphon_publication_version" not in text_of(metrics)


def test_every_declared_metric_can_be_used_and_is_exposed_under_its_name() -> None:
    metrics = Metrics()
    for metric in METRICS:
        labels = dict.fromkeys(metric.labels, "x")
        match metric:
            case Counter():
                metrics.count(metric, **labels)
            case Gauge():
                metrics.set(metric, 1, **labels)
            case Histogram():
                metrics.observe(metric, 1, **labels)
    exposed = {family.name: family for family in text_string_to_metric_families(text_of(metrics))}
    assert set(exposed) == {metric.name.removesuffix("_total") for metric in METRICS}
    for metric in METRICS:
        family = exposed[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (type(metric).__name__.lower(), metric.help)


def test_names_say_their_kind_and_unit() -> None:
    for metric in METRICS:
        assert metric.name.startswith("antiphon_")
        assert metric.name.endswith("_total") == isinstance(metric, Counter)
        if isinstance(metric, Histogram):
            assert metric.name.endswith("_seconds")
            assert list(metric.buckets) == sorted(metric.buckets)
    names = [metric.name for metric in METRICS] + [event.name for event in LOG_EVENTS]
    assert len(set(names)) == len(names)


def test_threads_may_meet_at_the_first_use() -> None:
    metrics = Metrics()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: metrics.count(READS, operation="track", status="200"), range(1000)))
    assert 'antiphon_reads_total{operation="track",status="200"} 1000.0' in text_of(metrics)


def test_a_bound_metric_counts_like_the_metric_itself() -> None:
    metrics = Metrics()
    metrics.bind_counter(READS, operation="track", status="200").inc()
    metrics.bind_histogram(READ_SECONDS, operation="track").observe(0.0002)
    assert 'antiphon_reads_total{operation="track",status="200"} 1.0' in text_of(metrics)
    assert 'antiphon_read_seconds_bucket{le="0.0003",operation="track"} 1.0' in text_of(metrics)


def test_two_processes_metrics_are_one_text_that_tells_them_apart(tmp_path: Path) -> None:
    web, worker = Metrics(), Metrics()
    web.set(NODE_VERSION, 12)
    web.observe(READ_SECONDS, 0.01, operation="track")
    worker.count(DELIVERIES, 3, stage='awkward "} name\\ \n{x="y"} 1')
    worker.set(NODE_VERSION, 11)
    for process, metrics in (("web-1", web), ("worker", worker)):
        write_metrics(metrics, tmp_path, process, NOW)
    merged = merge_metrics(read_metrics(tmp_path)).decode()
    families = {family.name: family for family in text_string_to_metric_families(merged)}
    assert merged.count("# TYPE antiphon_node_version gauge") == 1
    assert [(s.labels, s.value) for s in families["antiphon_node_version"].samples] == [
        ({"process": "web-1"}, 12),
        ({"process": "worker"}, 11),
    ]
    (delivered,) = families["antiphon_deliveries"].samples
    assert (delivered.labels["process"], delivered.value) == ("worker", 3)
    assert {sample.labels["process"] for sample in families["antiphon_read_seconds"].samples} == {"web-1"}
    assert {sample.value for sample in families[METRICS_WRITTEN.name].samples} == {NOW.timestamp()}


def test_a_hand_over_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    metrics = Metrics()
    for version in (1, 2):
        metrics.set(NODE_VERSION, version)
        write_metrics(metrics, tmp_path, "follower", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["follower.prom"]
    assert b"antiphon_node_version 2.0" in read_metrics(tmp_path)["follower"]


def test_no_hand_over_is_no_metrics(tmp_path: Path) -> None:
    assert merge_metrics(read_metrics(tmp_path / "absent")) == b""


def test_the_documentation_names_every_metric_and_event_as_they_are() -> None:
    assert PAGE.read_text() == describe_telemetry(), "run: python -m antiphon.telemetry.reference > docs/metrics.md"
    for declared in (*METRICS, *LOG_EVENTS):
        assert f"`{declared.name}`" in PAGE.read_text()


def test_everything_defined_is_listed() -> None:
    definitions = vars(antiphon.telemetry.definitions).values()
    assert {id(d) for d in definitions if isinstance(d, Counter | Gauge | Histogram)} == {id(m) for m in METRICS}
    assert {id(d) for d in definitions if isinstance(d, antiphon.telemetry.definitions.LogEvent)} == {
        id(event) for event in LOG_EVENTS
    }


def test_importing_changes_nothing() -> None:
    script = (
        "import logging, prometheus_client as p; before = list(p.REGISTRY._names_to_collectors);"
        "import antiphon.telemetry; assert list(p.REGISTRY._names_to_collectors) == before;"
        "assert not logging.getLogger().handlers"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_example_of_the_package_docstring_holds() -> None:
    results = doctest.testmod(antiphon.telemetry)
    assert results.attempted
    assert not results.failed
