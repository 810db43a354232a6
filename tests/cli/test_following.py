"""The follower's process: what keeps a node from following is told once, shown in its metrics, and tried again."""

import logging
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs, StoreUnavailable
from antiphon.cli.following import follow_once
from antiphon.replica import Follower, pin_node
from antiphon.telemetry import Metrics
from antiphon.telemetry.metrics import render_metrics
from tests.replica.publishing import Publisher, a_track


def read_gauge(metrics: Metrics, name: str) -> float:
    text = render_metrics(metrics.registry)[0].decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]


def test_trouble_is_told_once_and_so_is_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    blobs = FolderBlobs(tmp_path / "blobs")
    publisher, metrics = Publisher(blobs), Metrics()
    publisher.announce([a_track("t1", "one")])
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    assert follow_once(follower, metrics) is True
    segment = publisher.announce([a_track("t2", "two")])
    whole = blobs.get(segment)
    blobs.delete(segment)
    for _ in range(3):
        assert follow_once(follower, metrics) is False
    assert (read_gauge(metrics, "antiphon_node_in_trouble"), read_gauge(metrics, "antiphon_node_version")) == (1, 1)
    assert segment in follower.trouble
    blobs.put(whole)
    assert follow_once(follower, metrics) is True
    assert (read_gauge(metrics, "antiphon_node_in_trouble"), read_gauge(metrics, "antiphon_node_version")) == (0, 2)
    assert told(caplog) == ["version_applied", "node_troubled", "node_recovered", "version_applied"]
    follower.close()


def test_a_node_cut_off_from_the_store_shows_its_age(tmp_path: Path) -> None:
    class CutOff(FolderBlobs):
        """Does not answer."""

        def get_named(self, name: str) -> bytes | None:
            raise StoreUnavailable(repr(self), f"cut off, so no {name}")

    metrics = Metrics()
    follower = Follower(CutOff(tmp_path / "blobs"), tmp_path / "node", map_size_bytes=16 << 20)
    with pytest.raises(StoreUnavailable):
        follow_once(follower, metrics)
    assert read_gauge(metrics, "antiphon_node_age_seconds") > 1_000_000  # it never read the overlay
    follower.close()


def test_a_pin_is_shown(tmp_path: Path) -> None:
    blobs, metrics = FolderBlobs(tmp_path / "blobs"), Metrics()
    publisher = Publisher(blobs)
    for title in ("one", "two"):
        publisher.announce([a_track("t1", title)])
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    pin_node(tmp_path / "node", 1)
    follow_once(follower, metrics)
    assert (read_gauge(metrics, "antiphon_node_pin"), read_gauge(metrics, "antiphon_node_version")) == (1, 1)
    follower.close()
