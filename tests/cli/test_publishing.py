"""The publisher's loop: what is held waits for a person, in a process that stays alive and tells of it."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.cli.installation import Installation
from antiphon.cli.publishing import run_publisher
from antiphon.model.delivery import Stage
from antiphon.publication.holding import GATE, hold_publication, resume_publication
from antiphon.record import open_record, reading
from antiphon.record.publication_holds import find_hold
from antiphon.segments.version import VersionRecord, encode_version, version_name
from antiphon.settings import find_places
from antiphon.telemetry import Metrics, render_metrics
from tests.publication.test_holds import STRICT, release, silent
from tests.publication.test_publisher import House
from tests.system.installation import wait_until

WITHIN_S = 60.0


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[House]:
    """Return a house where a publisher finds it."""
    shutil.copy(migrated, tmp_path / "record.db")
    house = House(tmp_path, f"sqlite:///{tmp_path / 'record.db'}")
    house.publisher.close()
    yield house
    house.close()


@contextmanager
def publishing(folder: Path) -> Iterator[Metrics]:
    """Run the publisher's loop while the block runs; what fails in it is the test's failure."""
    places = find_places(folder, {})
    parts = Installation(places, open_record(places.record_url), FolderBlobs(folder / "blobs"))
    stop, metrics, failures = threading.Event(), Metrics(), list[BaseException]()

    def run() -> None:
        try:
            run_publisher(parts, STRICT, stop, metrics)
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must become the test's
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield metrics
    finally:
        stop.set()
        thread.join(WITHIN_S)
        parts.engine.dispose()
    assert not thread.is_alive()
    assert failures == []


def is_held(metrics: Metrics) -> bool:
    return b"antiphon_publication_held 1.0" in render_metrics(metrics.registry)[0]


def find_holder(house: House) -> str:
    with reading(house.engine) as conn:
        hold = find_hold(conn)
    return hold.held_by if hold is not None else ""


def test_a_held_publisher_stays_alive_says_so_and_goes_on_when_it_is_resumed(house: House, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        house.commit(release(number, 1), number)
    with publishing(tmp_path) as metrics:
        wait_until(lambda: house.stages("d3")[-1] is Stage.LIVE, within_s=WITHIN_S, what="the first is live")
        hold_publication(house.engine, by="ana", reason="so that both are in one version", now=datetime.now(UTC))
        lost = [house.commit(silent(number, 2), 10 + number) for number in (1, 2)]
        resume_publication(house.engine, house.blobs, by="ana", reason="both are there", now=datetime.now(UTC))
        wait_until(lambda: find_holder(house) == GATE, within_s=WITHIN_S, what="the fall is held")
        wait_until(lambda: is_held(metrics), within_s=WITHIN_S, what="it says so")
        resume_publication(house.engine, house.blobs, by="ana", reason="meant", now=datetime.now(UTC), accept=True)
        wait_until(lambda: not is_held(metrics), within_s=WITHIN_S, what="publication goes on")
        wait_until(
            lambda: all(house.stages(delivery)[-1] is Stage.LIVE for delivery in lost),
            within_s=WITHIN_S,
            what="what was accepted is live",
        )


def test_a_publisher_of_a_record_older_than_its_store_waits_for_a_person(house: House, tmp_path: Path) -> None:
    version = VersionRecord(version=1, segment="f" * 64, parent="", record_version=9, announced_at="")
    house.blobs.put_named(version_name(1), encode_version(version))
    house.commit(release(1, 1), 1)
    with publishing(tmp_path) as metrics:
        wait_until(lambda: is_held(metrics), within_s=WITHIN_S, what="it says that it may not begin")
    assert house.stages("d1") == [Stage.COMMITTED]
