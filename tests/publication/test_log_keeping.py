"""Keeping the log: snapshots are stored when they are due, and what deliveries brought never goes with the log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine

from antiphon.blobs import FolderBlobs
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.publication import log_keeping
from antiphon.publication.log_keeping import SnapshotSchedule, store_snapshot
from antiphon.record import open_record, writing
from antiphon.record.deliveries import add_delivery
from antiphon.record.instants import format_instant
from antiphon.record.providers import Provider, add_provider
from antiphon.record.publications import Announced, announce
from antiphon.segments import version_name
from antiphon.segments.log import load_version
from tests.databases import ON_SQLITE
from tests.replica.publishing import Publisher, a_track

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class House:
    """A record and a store to which versions are announced as a publisher would."""

    def __init__(self, root: Path, url: str) -> None:
        self.engine: Engine = open_record(url)
        self.blobs = FolderBlobs(root / "blobs")
        self.scratch = root / "scratch"
        self._publisher = Publisher(self.blobs)
        self._version = 0

    def announce(self, *, title: str = "title", days_ago: int = 0) -> str:
        at = format_instant(NOW - timedelta(days=days_ago))
        segment = self._publisher.announce([a_track(f"t{self._version}", title)], announced_at=at)
        self._version += 1
        version = load_version(self.blobs, self._version)
        assert version is not None
        with writing(self.engine) as conn:
            announce(
                conn,
                Announced(
                    version=version.version,
                    segment=version.segment,
                    parent=version.parent,
                    record_version=version.record_version,
                    announced_at=version.announced_at,
                ),
            )
        return segment

    def deliver(self, number: int, *, message: str, file: str) -> None:
        delivery = Delivery(
            id=f"d{number}",
            provider="north",
            batch="",
            message=DeliveredFile(path="m.xml", blob=message, size_bytes=1),
            files=(DeliveredFile(path="a.flac", blob=file, size_bytes=1),),
            received_at=format_instant(NOW),
            receipt=number,
        )
        with writing(self.engine) as conn:
            add_provider(conn, Provider(id="north", name="North"), NOW)
            add_delivery(conn, delivery, f"m{number}", "")


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    house = House(tmp_path, record_url)
    yield house
    house.engine.dispose()


def test_bytes_that_a_delivery_brought_stay_though_they_are_a_segment_of_the_log(house: House) -> None:
    segments = [house.announce(days_ago=20) for _ in range(3)]
    house.deliver(1, message=segments[0], file=segments[1])
    for _ in range(5):
        house.announce(days_ago=20)
        store_snapshot(house.engine, house.blobs, house.scratch, NOW)
    assert [house.blobs.has(segment) for segment in segments] == [True, True, False]
    assert house.blobs.get_named(version_name(1)) is None


def test_a_snapshot_is_due_after_so_many_versions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_keeping, "SNAPSHOT_EVERY_VERSIONS", 3)
    monkeypatch.setattr(log_keeping, "_VERSIONS_AT_ONCE", 2)
    schedule = SnapshotSchedule(house.engine, house.blobs)
    assert not schedule.is_due(NOW)
    for expected in (False, False, True, True):
        house.announce()
        assert schedule.is_due(NOW) is expected
    snapshot, _ = store_snapshot(house.engine, house.blobs, house.scratch, NOW)
    assert snapshot.version.version == 4
    assert not schedule.is_due(NOW)
    for expected in (False, False, True):
        house.announce()
        assert schedule.is_due(NOW) is expected
    assert SnapshotSchedule(house.engine, house.blobs).is_due(NOW)


@ON_SQLITE
def test_a_snapshot_is_due_after_as_many_bytes_as_the_newest_one_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_keeping, "SNAPSHOT_EVERY_BYTES", 700)
    schedule = SnapshotSchedule(house.engine, house.blobs)
    due_after = []
    for version in range(1, 40):
        house.announce()
        if schedule.is_due(NOW):
            due_after.append(version)
            store_snapshot(house.engine, house.blobs, house.scratch, NOW)
    gaps = [later - earlier for earlier, later in pairwise(due_after)]
    assert len(due_after) > 2
    assert gaps == sorted(gaps)


@ON_SQLITE
def test_a_snapshot_is_due_once_a_version_has_waited_for_a_day(house: House) -> None:
    schedule = SnapshotSchedule(house.engine, house.blobs)
    assert not schedule.is_due(NOW)
    house.announce()
    assert not schedule.is_due(NOW + timedelta(hours=23))
    assert schedule.is_due(NOW + timedelta(days=1))
    store_snapshot(house.engine, house.blobs, house.scratch, NOW)
    assert not schedule.is_due(NOW + timedelta(days=30))


@ON_SQLITE
def test_a_segment_that_is_gone_does_not_keep_anybody_from_asking(house: House) -> None:
    house.blobs.delete(house.announce())
    assert not SnapshotSchedule(house.engine, house.blobs).is_due(NOW)
