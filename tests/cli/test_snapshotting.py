"""The publisher's child that stores snapshots: started when one is due, one at a time, looked after, and ended."""

import subprocess
import threading
from pathlib import Path

import pytest

from antiphon.cli.installation import open_installation
from antiphon.cli.snapshotting import LOOK_EVERY_S, RETRY_AFTER_S, SnapshotKeeper
from antiphon.publication import log_keeping
from antiphon.record import writing
from antiphon.record.publications import Announced, announce
from antiphon.segments.log import list_snapshots, load_version
from antiphon.telemetry import Metrics
from tests.replica.publishing import Publisher, a_track


@pytest.fixture(autouse=True)
def due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_keeping, "SNAPSHOT_EVERY_VERSIONS", 1)


def child_of(keeper: SnapshotKeeper) -> "subprocess.Popen[bytes] | None":
    return keeper._child


@pytest.mark.process
def test_a_snapshot_that_is_due_is_stored_by_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTIPHON_RECORD_URL", "ANTIPHON_BLOBS_URL"):
        monkeypatch.delenv(name, raising=False)
    parts = open_installation(tmp_path / "data", create=True)
    publisher = Publisher(parts.blobs)
    keeper = SnapshotKeeper(parts, Metrics())
    keeper.tend(0)
    assert child_of(keeper) is None  # nothing was announced yet
    publisher.announce([a_track("t1", "one")])
    version = load_version(parts.blobs, 1)
    assert version is not None
    with writing(parts.engine) as conn:
        fields = {name: getattr(version, name) for name in Announced.__struct_fields__}
        announce(conn, Announced(**fields))
    keeper.tend(LOOK_EVERY_S)
    child = child_of(keeper)
    assert child is not None
    keeper.tend(LOOK_EVERY_S + 1)
    assert child_of(keeper) in (child, None)
    assert child.wait() == 0
    keeper.tend(LOOK_EVERY_S + 2)
    assert list_snapshots(parts.blobs) == (1,)
    keeper.tend(3 * LOOK_EVERY_S)
    assert child_of(keeper) is None
    keeper.close()
    parts.engine.dispose()


@pytest.mark.process
def test_after_one_that_failed_it_waits_longer_and_a_publisher_that_stops_ends_its_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTIPHON_RECORD_URL", "ANTIPHON_BLOBS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(log_keeping.SnapshotSchedule, "is_due", lambda *_: True)
    parts = open_installation(tmp_path / "data", create=True)
    keeper = SnapshotKeeper(parts, Metrics())
    keeper.tend(0)
    child = child_of(keeper)
    assert child is not None
    assert child.wait() != 0  # nothing was announced: there is nothing to make a snapshot of
    keeper.tend(1)
    keeper.tend(RETRY_AFTER_S)
    assert child_of(keeper) is None
    keeper.tend(RETRY_AFTER_S + 1)
    child = child_of(keeper)
    assert child is not None
    stopped = threading.Event()
    stopped.set()
    keeper.run(stopped)
    assert child.returncode is not None
    parts.engine.dispose()
