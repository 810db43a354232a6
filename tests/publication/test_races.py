"""Two publishers at once, and one that was stopped between two steps and wakes late: one log, and nothing lost."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from antiphon.blobs import FolderBlobs
from antiphon.model.decisions import Takedown, TargetKind
from antiphon.model.errors import Refused
from antiphon.publication.deciding import decide, draft_decision, undo
from antiphon.publication.publisher import Publisher
from antiphon.record import open_record, reading
from antiphon.record.tables import album_tracks
from antiphon.segments.overlay import OVERLAY_NAME, decode_overlay
from tests.publication.racing import OVERTAKEN, WITHIN_S, check_log, race
from tests.publication.test_holds import release
from tests.publication.test_publisher import NOW, House

RELEASES = 12

OVERTAKES_WITHIN_S = 0.5
"""How long somebody who ought to wait is given to overtake instead."""


def tracks(house: House) -> list[str]:
    with reading(house.engine) as conn:
        return list(conn.execute(select(album_tracks.c.track_id)).scalars())


def test_two_publishers_make_one_log_without_a_gap_and_lose_nothing(
    house: House, record_url: str, tmp_path: Path
) -> None:
    deliveries: list[str] = []

    def commit_all() -> None:
        deliveries.extend(house.commit(release(number, 1), number) for number in range(1, RELEASES + 1))
        deliveries.extend(house.commit(release(n, 2, "Mira Vayle"), 100 + n) for n in range(1, RELEASES + 1, 3))

    stores = [FolderBlobs(tmp_path / "blobs") for _ in range(2)]
    race(record_url, stores, tmp_path, commit_all)
    check_log(house.engine, house.blobs, tmp_path / "late", deliveries, tracks(house))


class StoppingBlobs(FolderBlobs):
    """A folder that stops whoever writes to it, once, before or after a step, until it is woken."""

    def __init__(self, root: Path, step: str) -> None:
        super().__init__(root)
        self._step = step
        self.is_stopped = threading.Event()
        self.woken = threading.Event()

    def put(self, data: bytes) -> str:
        blob = super().put(data)
        self._stop("segment is put")
        return blob

    def put_named(self, name: str, data: bytes) -> None:
        if name == OVERLAY_NAME:
            self._stop("overlay is made")
        if name.startswith("versions/"):
            self._stop("version is announced")
        super().put_named(name, data)
        if name.startswith("versions/"):
            self._stop("version is put")

    def _stop(self, step: str) -> None:
        if step == self._step and not self.is_stopped.is_set():
            self.is_stopped.set()
            assert self.woken.wait(WITHIN_S)


@pytest.mark.parametrize("step", ["segment is put", "version is announced", "version is put"])
def test_a_publisher_that_was_stopped_between_two_steps_and_wakes_late_harms_nothing(
    house: House, record_url: str, tmp_path: Path, step: str
) -> None:
    deliveries = [house.commit(release(1, 1), 1)]
    blobs = StoppingBlobs(tmp_path / "blobs", step)
    engine = open_record(record_url)
    late = Publisher(engine, blobs, tmp_path / "late-ledger")
    outcome: list[object] = []

    def publish() -> None:
        try:
            outcome.append(late.publish(NOW))
        except Refused as error:
            outcome.append(error.code)

    thread = threading.Thread(target=publish)
    thread.start()
    assert blobs.is_stopped.wait(WITHIN_S)
    house.catch_up()
    for number in (2, 3):
        deliveries.append(house.commit(release(number, 1), number))
        house.catch_up()
    check_log(house.engine, house.blobs, tmp_path / "before", deliveries, tracks(house))
    blobs.woken.set()
    thread.join(WITHIN_S)
    assert (outcome == [OVERTAKEN]) is (step == "segment is put"), outcome
    deliveries.append(house.commit(release(4, 1), 4))
    assert late.publish(NOW) is not None
    check_log(house.engine, house.blobs, tmp_path / "after", deliveries, tracks(house))
    late.close()
    engine.dispose()


def test_a_takedown_decided_while_another_is_undone_is_in_the_overlay_that_is_written_last(
    house: House, record_url: str, tmp_path: Path
) -> None:
    house.publisher.recover(NOW)
    house.commit(release(1, 1), 1)
    first, second = (
        draft_decision(Takedown(), TargetKind.TRACK, track, by="ana", reason="order", now=NOW)
        for track in tracks(house)
    )
    decide(house.engine, house.blobs, first, NOW)
    slow, engines = StoppingBlobs(tmp_path / "blobs", "overlay is made"), [open_record(record_url) for _ in range(2)]
    undoing = threading.Thread(target=lambda: undo(engines[0], slow, first.id, by="ana", now=NOW))
    deciding = threading.Thread(target=lambda: decide(engines[1], house.blobs, second, NOW))
    undoing.start()
    assert slow.is_stopped.wait(WITHIN_S)
    deciding.start()
    deciding.join(OVERTAKES_WITHIN_S)
    slow.woken.set()
    for thread in (undoing, deciding):
        thread.join(WITHIN_S)
    stored = house.blobs.get_named(OVERLAY_NAME)
    assert stored is not None
    assert [denial.decision_id for denial in decode_overlay(stored).denials] == [second.id]
    for engine in engines:
        engine.dispose()
