"""Inboxes: what is complete is taken once, what is not waits, and every sender is answered where it delivered."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore, ObjectStore

from antiphon.blobs.errors import StoreFull
from antiphon.formats.ern import Acknowledgement, Manifest, ManifestEntry, read_acknowledgement, write_manifest
from antiphon.intake.answering import send_answers
from antiphon.intake.inbox import OVERDUE_AFTER, PARKED_FOR, PATIENCE, RETRIED_AFTER, STABLE_AFTER, Inbox, InboxSettings
from antiphon.intake.object_shelf import ObjectShelf
from antiphon.intake.shelves import FolderShelf, Shelf
from antiphon.model.delivery import Delivery, Stage, TimelineEntry
from antiphon.model.errors import Refused, Transient
from antiphon.model.findings import Finding, Place, Severity
from antiphon.record import reading, writing
from antiphon.record.deliveries import list_deliveries
from antiphon.record.timeline import add_findings, append_timeline
from antiphon.telemetry import Metrics
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, an_icpn, write_batch, write_delivery, write_xml
from tests.intake.installation import PROVIDER, Installation

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LOOK = timedelta(seconds=2)

AN_ICPN = an_icpn(1)


class Watch:
    """An inbox with a clock of its own: each look is ``LOOK`` after the one before, unless a test lets time pass."""

    def __init__(self, site: Installation, shelf: Shelf, *, needs_semaphore: bool = False) -> None:
        self.site = site
        self.shelf = shelf
        self.now = START
        self.settings = InboxSettings(provider=PROVIDER, needs_semaphore=needs_semaphore)
        self.restart()

    def restart(self) -> None:
        scratch = self.site.root / "scratch"
        scratch.mkdir(exist_ok=True)
        self.inbox = Inbox(
            self.settings, self.shelf, self.site.engine, self.site.blobs, self.site.queue, Metrics(), scratch
        )

    def look(self, *, after: timedelta = LOOK, times: int = 1) -> int:
        taken = 0
        for _ in range(times):
            self.now += after
            taken += self.inbox.look(self.now)
        return taken

    def delivered(self) -> tuple[Delivery, ...]:
        with reading(self.site.engine) as connection:
            return tuple(reversed(list_deliveries(connection)))

    def reach(self, stage: Stage, *findings: Finding, detail: str = "") -> None:
        """Let every delivery come to a stage, as a worker would."""
        for delivery in self.delivered():
            with writing(self.site.engine) as connection:
                add_findings(connection, delivery.id, findings)
                at = self.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                append_timeline(connection, delivery.id, TimelineEntry(stage=stage, at=at, detail=detail))

    def send(self) -> int:
        return send_answers(self.site.engine, self.shelf, self.now)


@pytest.fixture
def folder(site: Installation) -> Watch:
    """Return the inbox of a folder, with nothing in it."""
    site.inbox.mkdir()
    return Watch(site, FolderShelf(site.inbox))


def answers_in(root: Path) -> dict[str, Acknowledgement]:
    found = sorted((root / "acknowledgements").iterdir()) if (root / "acknowledgements").exists() else []
    return {path.name: read_acknowledgement(path.read_bytes())[0] for path in found}


def write_bare(root: Path, number: int = 1, **changes: object) -> Path:
    """Write a release folder with the message alone, which names files that are not there."""
    path = root / an_icpn(number)
    path.mkdir(parents=True)
    write_xml(path, changed(a_small_statement(number), **changes))
    return path


def test_a_half_written_batch_waits_for_its_marker(folder: Watch) -> None:
    batch = write_batch(folder.site.inbox, "20260105090000000", a_small_statement(), marker=None)
    assert folder.look(times=3) == 0
    assert folder.look(after=PATIENCE * 2) == 0
    (batch / "BatchComplete_20260105090000000.xml").touch()
    assert folder.look(times=2) == 1
    assert [delivery.batch for delivery in folder.delivered()] == ["20260105090000000"]


def test_a_unit_is_taken_once_also_after_a_restart(folder: Watch) -> None:
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    assert folder.look(times=3) == 1
    folder.restart()
    assert folder.look(times=3) == 0
    assert len(folder.delivered()) == 1


def test_a_process_that_died_between_accepting_and_its_record_accepts_nothing_twice(folder: Watch) -> None:
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    folder.site.accept(folder.site.inbox)
    assert folder.look(times=3) == 1
    assert len(folder.delivered()) == 1


def test_a_batch_whose_marker_is_put_again_is_looked_at_again(folder: Watch) -> None:
    batch = write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    assert folder.look(times=3) == 1
    write_delivery(batch, a_small_statement(2), seed=2)
    (batch / "BatchComplete_20260105090000000.xml").touch()
    assert folder.look(times=3) == 1
    assert len(folder.delivered()) == 2


def test_a_release_is_taken_when_it_rests_and_all_its_files_are_there(folder: Watch) -> None:
    written = write_delivery(folder.site.inbox, a_small_statement())
    cover = (written / "resources" / "cover.jpg").read_bytes()
    assert folder.look(times=2) == 0
    (written / "resources" / "cover.jpg").unlink()
    assert folder.look() == 0
    assert folder.look(after=STABLE_AFTER) == 0
    (written / "resources" / "cover.jpg").write_bytes(cover)
    assert folder.look() == 0
    assert folder.look(after=STABLE_AFTER) == 1


def test_a_release_that_stays_without_a_file_is_taken_as_it_is(folder: Watch) -> None:
    write_bare(folder.site.inbox)
    assert folder.look() == 0
    assert folder.look(after=STABLE_AFTER) == 0
    assert folder.look(after=PATIENCE) == 1


@pytest.mark.parametrize("place", ["{release}/ready.complete", "{release}.complete"])
def test_a_semaphore_says_that_a_release_is_complete(folder: Watch, place: str) -> None:
    write_bare(folder.site.inbox)
    (folder.site.inbox / place.format(release=AN_ICPN)).touch()
    assert folder.look(times=2) == 1
    assert folder.delivered()[0].files == ()


def test_where_a_semaphore_is_agreed_resting_is_not_enough(folder: Watch) -> None:
    folder.settings = changed(folder.settings, needs_semaphore=True)
    folder.restart()
    write_delivery(folder.site.inbox, a_small_statement())
    assert folder.look() == 0
    assert folder.look(after=PATIENCE * 2) == 0
    (folder.site.inbox / f"{AN_ICPN}.complete").touch()
    assert folder.look() == 1


def test_a_bare_message_is_taken_as_soon_as_it_rests(folder: Watch) -> None:
    write_xml(folder.site.inbox, changed(a_small_statement(), release_deals=()))
    assert folder.look() == 0
    assert folder.look() == 1


def test_an_archive_is_taken_when_it_rests(folder: Watch, tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "packed", "20260105090000000", a_small_statement())
    shutil.make_archive(str(folder.site.inbox / batch.name), "zip", batch.parent, batch.name)
    assert folder.look() == 0
    assert folder.look(after=STABLE_AFTER) == 1
    assert [delivery.batch for delivery in folder.delivered()] == ["20260105090000000"]


@pytest.mark.parametrize("name", [".hidden.xml", "x.xml.part", "x.xml.filepart", ".~lock.xml", "readme.txt", "._x.xml"])
def test_what_is_on_its_way_and_what_is_none_is_left_alone(folder: Watch, name: str) -> None:
    (folder.site.inbox / name).write_bytes(b"x")
    assert folder.look(times=2) == 0
    assert folder.look(after=OVERDUE_AFTER) == 0


def test_what_is_urgent_is_taken_first_then_the_oldest(folder: Watch) -> None:
    for number, name in enumerate(("20260102090000000", "N_20260101090000000", "P_20260103090000000"), 1):
        write_batch(folder.site.inbox, name, a_small_statement(number))
    assert folder.look(times=2) == 3
    batches = [delivery.batch for delivery in folder.delivered()]
    assert batches == ["P_20260103090000000", "N_20260101090000000", "20260102090000000"]


def test_a_broken_batch_is_answered_and_stops_none_of_its_neighbours(folder: Watch) -> None:
    broken = write_batch(folder.site.inbox, "20260105090000000", a_small_statement(1), marker=b"<broken")
    write_batch(folder.site.inbox, "20260106090000000", a_small_statement(2))
    assert folder.look(times=3) == 2
    assert [delivery.batch for delivery in folder.delivered()] == ["20260106090000000"]
    folder.send()
    ((name, answer),) = answers_in(folder.site.inbox).items()
    assert name.startswith("ACK_20260105090000000_20260105090000000_")
    assert "ManifestInvalid" in answer.error_text
    (broken / "BatchComplete_20260105090000000.xml").write_bytes(b"")
    assert folder.look(times=3) == 1
    assert len(folder.delivered()) == 2


def test_a_bad_folder_in_a_batch_is_answered_and_the_others_are_taken(folder: Watch) -> None:
    entries = (ManifestEntry(path=f"{AN_ICPN}/{AN_ICPN}.xml"), ManifestEntry(path="R9/R9.xml"))
    marker = write_manifest(Manifest(choreography="ern-c-sftp/18", declared_count=2, messages=entries))
    batch = write_batch(folder.site.inbox, "20260105090000000", a_small_statement(), marker=marker)
    (batch / "R2").mkdir()
    (batch / "R2" / "link.xml").symlink_to("/etc/passwd")
    assert folder.look(times=3) == 1
    assert len(folder.delivered()) == 1
    folder.send()
    answers = answers_in(folder.site.inbox)
    codes = sorted(status.code for answer in answers.values() for status in answer.statuses)
    assert codes == ["ErnMissing", "UserDefined"]
    assert any("R9/R9.xml" in answer.error_text for answer in answers.values())


def test_a_batch_that_never_completes_is_told_once(folder: Watch) -> None:
    batch = write_batch(folder.site.inbox, "20260105090000000", a_small_statement(), marker=None)
    for path in batch.rglob("*"):
        os.utime(path, (START.timestamp(), START.timestamp()))
    assert folder.look() == 0
    assert folder.send() == 0
    folder.look(after=OVERDUE_AFTER)
    folder.restart()
    folder.look(times=3)
    assert folder.send() == 1
    (answer,) = answers_in(folder.site.inbox).values()
    assert "BatchComplete_20260105090000000.xml" in answer.error_text


def test_a_name_that_is_no_text_is_refused_and_stops_nothing(folder: Watch) -> None:
    for name in (b"20260105090000000\xff", b"R1\xff"):
        path = folder.site.inbox / os.fsdecode(name)
        path.mkdir()
        (path / "R1.xml").write_bytes(b"x")
        (path / "BatchComplete_1.xml").touch()
    (folder.site.inbox / os.fsdecode(b"\xfe.xml")).write_bytes(b"x")
    batch = write_batch(folder.site.inbox, "20260106090000000", a_small_statement())
    inner = batch / os.fsdecode(b"R9\xff")
    inner.mkdir()
    (inner / "R9.xml").write_bytes(b"x")
    folder.look()
    folder.look(after=PATIENCE)
    assert [delivery.batch for delivery in folder.delivered()] == ["20260106090000000"]
    assert folder.send() == 4
    assert all("UnreadableFileName" in answer.error_text for answer in answers_in(folder.site.inbox).values())


def test_a_fault_of_ours_parks_one_unit_and_its_neighbours_are_taken(folder: Watch) -> None:
    class Failing(FolderShelf):
        """Fails for one batch."""

        @contextmanager
        def lend(self, path: str) -> Iterator[Path]:
            if path == "20260105090000000" and is_failing:
                raise ZeroDivisionError
            with super().lend(path) as lent:
                yield lent

    is_failing = True
    folder.shelf = Failing(folder.site.inbox)
    folder.restart()
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement(1))
    write_batch(folder.site.inbox, "20260106090000000", a_small_statement(2))
    assert folder.look(times=3) == 1
    is_failing = False
    assert folder.look() == 0
    assert folder.look(after=PARKED_FOR) == 1


def test_what_has_to_wait_holds_up_nothing_behind_it(folder: Watch) -> None:
    class Full(FolderShelf):
        """Has no room for one batch."""

        @contextmanager
        def lend(self, path: str) -> Iterator[Path]:
            if path == "20260105090000000" and is_full:
                raise StoreFull("scratch", "no space left")
            with super().lend(path) as lent:
                yield lent

    is_full = True
    folder.shelf = Full(folder.site.inbox)
    folder.restart()
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement(1))
    write_batch(folder.site.inbox, "20260106090000000", a_small_statement(2))
    folder.look()
    with pytest.raises(Transient):
        folder.look()
    assert [delivery.batch for delivery in folder.delivered()] == ["20260106090000000"]
    is_full = False
    assert folder.look() == 0
    assert folder.look(after=RETRIED_AFTER) == 1


def test_an_inbox_of_nobody_is_refused(folder: Watch) -> None:
    folder.settings = changed(folder.settings, provider="nobody")
    folder.restart()
    with pytest.raises(Refused) as caught:
        folder.look()
    assert caught.value.code == "UnknownProvider"


def test_a_delivery_is_answered_where_it_came_from_and_again_when_its_hold_ends(folder: Watch) -> None:
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    folder.look(times=2)
    assert folder.send() == 0
    hold = Finding(rule="P7", severity=Severity.HOLD, place=Place(file="m.xml", line=3), got="this", expected="that")
    folder.reach(Stage.HELD, hold)
    assert folder.send() == 1
    assert folder.send() == 0
    folder.now += timedelta(minutes=5)
    folder.reach(Stage.COMMITTED)
    assert folder.send() == 1
    held, committed = answers_in(folder.site.inbox).values()
    assert (held.is_manual_check_required, committed.is_manual_check_required) == (True, None)
    assert [status.code for status in committed.statuses] == ["FileOK"]
    assert committed.answered_message_id == "M-1"
    assert committed.release_status == "SuccessfullyIngestedByReleaseDistributor"


def test_a_link_in_the_place_of_our_answers_is_not_followed(folder: Watch, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder.site.inbox / "acknowledgements").symlink_to(outside)
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    folder.look(times=2)
    folder.reach(Stage.COMMITTED)
    assert folder.send() == 0
    assert list(outside.iterdir()) == []
    (folder.site.inbox / "acknowledgements").unlink()
    assert folder.send() == 1


def test_an_answer_that_was_put_and_not_marked_is_put_again_the_same(folder: Watch) -> None:
    write_batch(folder.site.inbox, "20260105090000000", a_small_statement())
    folder.look(times=2)
    folder.reach(Stage.COMMITTED)
    put: list[tuple[str, bytes]] = []

    class Dying(FolderShelf):
        """Dies after it has put an answer."""

        def put_answer(self, name: str, data: bytes) -> None:
            put.append((name, data))
            super().put_answer(name, data)
            if len(put) == 1:
                raise KeyboardInterrupt

    shelf = Dying(folder.site.inbox)
    with pytest.raises(KeyboardInterrupt):
        send_answers(folder.site.engine, shelf, folder.now)
    assert send_answers(folder.site.engine, shelf, folder.now) == 1
    assert put[0] == put[1]
    assert len(answers_in(folder.site.inbox)) == 1


def upload(store: ObjectStore, root: Path, *, leave_out: Callable[[str], bool] = lambda _: False) -> None:
    """Put a folder's files into an object store, under the names they have in it."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root.parent).as_posix()
        if path.is_file() and not leave_out(name):
            obstore.put(store, name, path.read_bytes())


@pytest.fixture(params=["memory", "folder"])
def bucket(request: pytest.FixtureRequest, site: Installation, tmp_path: Path) -> tuple[Watch, ObjectStore]:
    """Return the inbox of an object store, and the store: one in memory, and one that is a folder to it."""
    store = MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "bucket", mkdir=True)
    return Watch(site, ObjectShelf(store, "memory://north", tmp_path)), store


def test_objects_are_taken_as_files_are_and_answered_beside_them(
    bucket: tuple[Watch, ObjectStore], tmp_path: Path
) -> None:
    watch, store = bucket
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement())
    upload(store, batch, leave_out=lambda name: "BatchComplete" in name)
    assert watch.look(times=2) == 0
    obstore.put(store, f"{batch.name}/BatchComplete_{batch.name}.xml", b"")
    assert watch.look() == 1
    watch.restart()
    assert watch.look() == 0
    (delivery,) = watch.delivered()
    assert [file.path for file in delivery.files] == ["resources/01.flac", "resources/02.flac", "resources/cover.jpg"]
    watch.reach(Stage.COMMITTED)
    assert watch.send() == 1
    names = [item["path"] for page in obstore.list(store, prefix="acknowledgements") for item in page]
    assert len(names) == 1
    assert read_acknowledgement(bytes(obstore.get(store, names[0]).bytes()))[0].statuses[0].code == "FileOK"
    assert watch.look() == 0


def test_a_release_of_objects_is_taken_as_soon_as_all_are_there(
    bucket: tuple[Watch, ObjectStore], tmp_path: Path
) -> None:
    watch, store = bucket
    folder = write_delivery(tmp_path, a_small_statement())
    upload(store, folder, leave_out=lambda name: name.endswith("cover.jpg"))
    assert watch.look() == 0
    upload(store, folder)
    assert watch.look() == 1


def test_an_object_whose_name_is_no_path_is_refused_and_answered(site: Installation, tmp_path: Path) -> None:
    store = MemoryStore()
    watch = Watch(site, ObjectShelf(store, "memory://north", tmp_path))
    obstore.put(store, "20260105090000000/R1/" + "x" * 300 + ".wav", b"x")
    obstore.put(store, "20260105090000000/BatchComplete_20260105090000000.xml", b"")
    assert watch.look() == 1
    assert watch.delivered() == ()
    assert watch.send() == 1
