"""A delivery's way through the worker, with real messages, real files and the real workflow engine."""

import logging
import os
import socket
import sqlite3
import subprocess
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from antiphon.identity import release_key
from antiphon.intake import worker, workflow
from antiphon.intake.holds import clear_hold, reject_held
from antiphon.intake.rendering import prepare_scratch
from antiphon.intake.worker import WorkerSettings
from antiphon.model.claims import HashSum
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.model.statement import MessageKind, MessageParty, Statement
from antiphon.record import reading
from antiphon.record.statements import load_current
from tests.builders import a_file, a_moment, changed
from tests.intake.deliveries import a_small_statement, write_batch, write_delivery, write_flac, write_xml
from tests.intake.effects import ask
from tests.intake.installation import DEADLINE_S, PROVIDER, Installation, now
from tests.system.installation import wait_until

GOOD = [Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.RENDERED, Stage.COMMITTED]


def with_sender(statement: Statement, dpid: str) -> Statement:
    return changed(statement, header=changed(statement.header, sender=MessageParty(dpid=dpid, name="Somebody")))


def rules_of(site: Installation, delivery_id: str, *severities: Severity) -> list[str]:
    return [finding.rule for finding in site.findings(delivery_id) if finding.severity in severities]


def test_a_message_that_is_no_xml_is_rejected_with_a_finding(site: Installation, tmp_path: Path) -> None:
    (tmp_path / "R1").mkdir()
    (tmp_path / "R1" / "R1.xml").write_bytes(b"<NewReleaseMessage><cut short")
    (delivery_id,) = site.deliver(tmp_path / "R1")
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.REJECTED]
    (finding,) = site.findings(delivery_id)
    assert finding.severity is Severity.FATAL
    assert finding.place.file == "R1.xml"
    assert site.timeline(delivery_id)[-1].detail == finding.rule


def test_a_delivery_without_a_file_it_names_is_rejected(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (folder / "resources" / "02.flac").unlink()
    (delivery_id,) = site.deliver(folder)
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.READ, Stage.REJECTED]
    assert any("02.flac" in finding.got + finding.message for finding in site.findings(delivery_id))


def test_a_file_that_does_not_fit_its_declared_sum_is_rejected(site: Installation) -> None:
    statement = a_small_statement()
    wrong = a_file("resources/01.flac", technical_reference="T1", hash_sum=HashSum(algorithm="MD5", value="0" * 32))
    resources = (changed(statement.resources[0], files=(wrong,)), *statement.resources[1:])
    (delivery_id,) = site.deliver(write_delivery(site.inbox, changed(statement, resources=resources)))
    assert site.stages(delivery_id)[-1] is Stage.REJECTED
    assert rules_of(site, delivery_id, Severity.FATAL) == ["A8"]


def test_garbage_audio_is_rejected_at_its_file_and_the_neighbours_go_on(site: Installation) -> None:
    batch = write_batch(site.inbox, "20260105090000000", *(a_small_statement(number) for number in (1, 2, 3)))
    bad = sorted(folder for folder in batch.iterdir() if folder.is_dir())[1]
    (bad / "resources" / "01.flac").write_bytes(b"fLaC" + bytes(range(256)) * 40)
    statement = a_small_statement(2)
    write_xml(bad, statement)
    first, second, third = site.deliver(batch)
    assert site.stages(first) == site.stages(third) == GOOD
    assert site.stages(second) == [Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.REJECTED]
    places = [finding.place.file for finding in site.findings(second) if finding.severity is Severity.FATAL]
    assert places == ["resources/01.flac"]


@pytest.mark.parametrize("dpid", ["PADPIDA2007040502I", ""])
def test_a_sender_who_does_not_speak_for_the_provider_is_held(site: Installation, dpid: str) -> None:
    (delivery_id,) = site.deliver(write_delivery(site.inbox, with_sender(a_small_statement(), dpid)))
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.READ, Stage.HELD]
    assert rules_of(site, delivery_id, Severity.HOLD) == ["SenderNotAuthorised"]


def test_only_a_held_delivery_is_cleared_or_rejected_by_hand(site: Installation) -> None:
    (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement()))
    with pytest.raises(Refused, match="accepted"):
        clear_hold(site.engine, site.queue, receipt.delivery_id, by="Ada", reason="fine", now=now())
    with pytest.raises(Refused, match="accepted"):
        reject_held(site.engine, receipt.delivery_id, by="Ada", reason="no", now=now())
    with pytest.raises(Refused, match="unknown"):
        clear_hold(site.engine, site.queue, "nothing", by="Ada", reason="fine", now=now())
    with pytest.raises(Refused, match="who decides"):
        clear_hold(site.engine, site.queue, receipt.delivery_id, by="Ada", reason=" ", now=now())


def test_a_rejected_hold_cannot_be_cleared_any_more(site: Installation) -> None:
    (delivery_id,) = site.deliver(write_delivery(site.inbox, with_sender(a_small_statement(), "")))
    reject_held(site.engine, delivery_id, by="Ada", reason="not theirs", now=now())
    assert site.timeline(delivery_id)[-1].detail == "rejected by Ada: not theirs"
    with pytest.raises(Refused, match="rejected"):
        clear_hold(site.engine, site.queue, delivery_id, by="Ada", reason="fine", now=now())


def test_a_cleared_hold_goes_on_and_says_who_cleared_it(site: Installation) -> None:
    (delivery_id,) = site.deliver(write_delivery(site.inbox, with_sender(a_small_statement(), "")))
    assert clear_hold(site.engine, site.queue, delivery_id, by="Ada", reason="a new label of theirs", now=now()) == 2
    assert clear_hold(site.engine, site.queue, delivery_id, by="Ada", reason="a new label of theirs", now=now()) == 2
    with site.worker():
        site.wait_for_end(delivery_id, ends=2)
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.READ, Stage.HELD, *GOOD[1:]]
    assert site.timeline(delivery_id)[4].detail == "hold cleared by Ada: a new label of theirs"


def test_a_fault_of_ours_holds_the_delivery_and_the_worker_lives_on(
    site: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement(1)))
    (neighbour,) = site.accept(write_delivery(site.inbox, a_small_statement(2)))

    def lose_the_blob() -> None:
        with reading(site.engine) as connection:
            blob = connection.execute(
                text("SELECT message_blob FROM deliveries WHERE id = :id"), {"id": receipt.delivery_id}
            ).scalar_one()
        path = site.blobs.local_path(blob)
        assert path is not None
        path.unlink()

    lose_the_blob()
    with caplog.at_level(logging.CRITICAL), site.worker():
        assert site.wait_for_end(receipt.delivery_id, neighbour.delivery_id) == [Stage.HELD, Stage.COMMITTED]
    (finding,) = site.findings(receipt.delivery_id)
    assert (finding.rule, finding.severity) == ("InternalError", Severity.HOLD)
    assert str(site.root) not in finding.got + finding.message, "a sender learns nothing of our paths"


def lock_the_record(site: Installation, times: int) -> list[str]:
    """Let the first few findings or marks of stages meet a locked record; return what met one, as it happens."""
    met: list[str] = []

    def meet(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO timeline") and len(met) < times:
            met.append(statement)
            raise OperationalError(statement, {}, sqlite3.OperationalError("database is locked"))

    event.listen(site.engine, "before_cursor_execute", meet)
    return met


def test_something_transient_that_lasts_holds_the_delivery(
    site: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workflow, "RETRY_PAUSES_S", (0.01, 0.01))
    (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement()))
    met = lock_the_record(site, 3)
    with caplog.at_level(logging.CRITICAL), site.worker():
        assert site.wait_for_end(receipt.delivery_id) == [Stage.HELD]
    assert len(met) == 3
    assert rules_of(site, receipt.delivery_id, Severity.HOLD) == ["InternalError"]


def test_something_transient_that_passes_is_tried_again(
    site: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workflow, "RETRY_PAUSES_S", (0.01, 0.01))
    (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement()))
    met = lock_the_record(site, 2)
    with caplog.at_level(logging.CRITICAL), site.worker():
        site.wait_for_end(receipt.delivery_id)
    assert len(met) == 2
    assert site.stages(receipt.delivery_id) == GOOD


def test_a_delivery_whose_workflow_failed_without_a_word_is_held(site: Installation) -> None:
    """As after a delivery took its worker down too often: DBOS gives up on it, and nobody else would say so."""
    (receipt,) = site.accept(write_delivery(site.inbox, a_small_statement()))
    ask(site.engine, "UPDATE workflow_status SET status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED', queue_name = NULL")
    with site.worker():
        assert site.wait_for_end(receipt.delivery_id) == [Stage.HELD]
    assert rules_of(site, receipt.delivery_id, Severity.HOLD) == ["InternalError"]
    clear_hold(site.engine, site.queue, receipt.delivery_id, by="Ada", reason="the decoder is mended", now=now())
    with site.worker():
        assert site.wait_for_end(receipt.delivery_id, ends=2) == [Stage.COMMITTED]


def test_a_worker_forgets_workflows_that_finished_long_ago_and_a_delivery_of_that_time_stays_done(
    site: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count_rows(table: str) -> int:
        return len(ask(site.engine, f"SELECT * FROM {table}"))

    folder = write_delivery(site.inbox, a_small_statement(1))
    (long_ago,) = site.deliver(folder)
    (lately,) = site.deliver(write_delivery(site.inbox, a_small_statement(2)))
    # One more step where there is something to render; the second brings the same files.
    assert (count_rows("workflow_status"), count_rows("operation_outputs")) == (2, 3)
    eight_days_ms = 8 * 24 * 3600 * 1000
    aged = f"SET completed_at = completed_at - {eight_days_ms} WHERE workflow_uuid = '{long_ago}'"
    ask(site.engine, f"UPDATE workflow_status {aged}")
    monkeypatch.setattr(worker, "SWEEP_INTERVAL_S", 0.01)
    with site.worker():
        wait_until(lambda: count_rows("workflow_status") == 1, within_s=DEADLINE_S, what="one is forgotten")
    assert count_rows("operation_outputs") == 1
    assert ask(site.engine, "SELECT workflow_uuid FROM workflow_status") == [(lately,)]
    assert site.deliver(folder) == [long_ago]
    assert site.stages(long_ago) == GOOD


def test_a_good_delivery_passes_every_stage_once_and_in_order(site: Installation) -> None:
    batch = write_batch(site.inbox, "20260105090000000", a_small_statement(1), a_small_statement(2, version="3.8.2"))
    for delivery_id in site.deliver(batch):
        assert rules_of(site, delivery_id, Severity.FATAL, Severity.HOLD) == []
        assert site.stages(delivery_id) == GOOD
        timeline = site.timeline(delivery_id)
        assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)
        assert all(entry.elapsed_ms is not None and entry.elapsed_ms >= 0 for entry in timeline[1:])


def later(statement: Statement, message_id: str, created: str) -> Statement:
    """Return the statement as a later message about the same release."""
    header = changed(statement.header, message_id=message_id, created=a_moment(created))
    return changed(statement, header=header)


def deliver_message_alone(site: Installation, name: str, statement: Statement) -> str:
    folder = site.inbox / name
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (delivery_id,) = site.deliver(folder)
    return delivery_id


def test_an_update_without_files_is_served_by_the_files_that_came_before(site: Installation) -> None:
    statement = a_small_statement()
    site.deliver(write_delivery(site.inbox, statement))
    update = later(statement, "M-2", "2026-01-06T09:00:00Z")
    delivery_id = deliver_message_alone(site, "update", update)
    assert site.stages(delivery_id) == GOOD
    assert rules_of(site, delivery_id, Severity.FATAL, Severity.HOLD, Severity.WARN) == []
    with reading(site.engine) as connection:
        current = load_current(connection, PROVIDER, release_key(statement))
    assert current is not None
    assert current.delivery_id == delivery_id
    assert sorted(current.media) == ["A1", "A2", "A90"]


def test_a_takedown_that_overtook_its_release_is_applied_and_its_sender_told(site: Installation) -> None:
    statement = a_small_statement()
    takedown = later(changed(statement, release_deals=()), "M-2", "2026-01-06T09:00:00Z")
    takedown_id = deliver_message_alone(site, "takedown", takedown)
    assert site.stages(takedown_id) == GOOD
    assert "D12" in rules_of(site, takedown_id, Severity.WARN)
    (release_id,) = site.deliver(write_delivery(site.inbox, statement))
    assert site.stages(release_id) == [*GOOD[:-1], Stage.SUPERSEDED]


def test_a_worker_connects_to_nobody(site: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked.append(address))
    site.deliver(write_delivery(site.inbox, a_small_statement()))
    assert asked == []


def test_a_duplicate_does_nothing_a_second_time(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (first,) = site.deliver(folder)
    (again,) = site.deliver(folder)
    assert again == first
    assert site.stages(first) == GOOD


def test_a_message_that_changes_nothing_is_live_at_once_since_no_version_will_tell_of_it(site: Installation) -> None:
    statement = a_small_statement()
    purge = changed(
        statement,
        kind=MessageKind.PURGE,
        resources=(),
        releases=(msgspec.structs.replace(statement.releases[0], group=None, resources=()),),
        release_deals=(),
    )
    (purge_of_nothing,) = site.deliver(write_delivery(site.inbox, purge))
    assert site.stages(purge_of_nothing)[-1] is Stage.LIVE
    assert Stage.COMMITTED not in site.stages(purge_of_nothing)


def test_only_a_mended_file_is_rendered_again(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (first,) = site.deliver(folder)
    assert site.timeline(first)[3].detail == "3 of 3 files rendered anew"
    write_flac(folder / "resources" / "02.flac", seed=77)
    write_xml(folder, a_small_statement())
    (second,) = site.deliver(folder)
    assert site.timeline(second)[3].detail == "1 of 3 files rendered anew"


def test_what_a_killed_worker_left_in_scratch_is_removed_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        pass
    kept = [tmp_path / f"render-{os.getppid()}-a", tmp_path / "render-of-mine", tmp_path / "notes"]
    # A container gives the next worker the number of the one before.
    for folder in (tmp_path / f"render-{dead.pid}-b", tmp_path / f"render-{os.getpid()}-c", *kept):
        folder.mkdir()
        (folder / "source.opus").touch()
    prepare_scratch(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_an_idle_worker_stops_at_once_and_leaves_nothing_behind(site: Installation) -> None:
    with site.worker():
        pass
    assert not list((site.root / "scratch").glob("*"))
    assert WorkerSettings(scratch=site.root).files_at_once == 2
