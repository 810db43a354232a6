"""What senders are told: the status of what became of their delivery, every finding in words, and what to do."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from antiphon.formats.ern import Acknowledgement, Generation, read_acknowledgement
from antiphon.identity import release_key
from antiphon.intake.acknowledging import find_release_name, render_acknowledgement, render_refusal
from antiphon.intake.batches import as_problem
from antiphon.intake.trials import TEST_RULE
from antiphon.model.delivery import DeliveredFile, Delivery, Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.model.findings import Finding, Place, Severity
from antiphon.model.statement import MessageKind, MessageParty, Statement
from antiphon.record import writing
from antiphon.record.arrivals import Arrival, add_arrival
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.statements import store_statement
from antiphon.record.timeline import add_findings, append_timeline
from tests.builders import changed
from tests.intake.deliveries import a_small_statement
from tests.intake.installation import DPID, PROVIDER, Installation, now

US = MessageParty(dpid="PADPIDA2011072101T", name="The platform")
AT = "2026-11-22T10:00:01.250000Z"
FOLDER = Arrival(source="/in", place="20260105090000000/P_4006380000015_20260105090000000")


def a_finding(rule: str, severity: Severity, **changes: object) -> Finding:
    found = Finding(
        rule=rule,
        severity=severity,
        place=Place(file="m.xml", line=17, path="ResourceList/SoundRecording[1]"),
        got="this",
        expected="that",
        fix="mend it",
    )
    return changed(found, **changes)


def _answer(
    site: Installation,
    stage: Stage,
    *findings: Finding,
    statement: Statement | None = None,
    detail: str = "",
    generation: Generation | None = Generation.CURRENT,
    is_read: bool = True,
    has_files: bool = False,
) -> Acknowledgement:
    """Return the answer to a delivery that came to a stage with some findings."""
    statement = statement or a_small_statement()
    statement = changed(statement, header=changed(statement.header, recipients=(US,)))
    with writing(site.engine) as connection:
        delivery_id = _receive(connection, statement if is_read else None, has_files=has_files)
        add_findings(connection, delivery_id, findings)
        append_timeline(connection, delivery_id, TimelineEntry(stage=Stage.ACCEPTED, at=AT))
        append_timeline(connection, delivery_id, TimelineEntry(stage=stage, at=AT, detail=detail))
        (answer,) = read_acknowledgement(render_acknowledgement(connection, delivery_id, generation=generation))
    return answer


def _receive(connection: Connection, statement: Statement | None, *, has_files: bool = False) -> str:
    delivery = Delivery(
        id=f"delivery-{next_receipt(connection)}",
        provider=PROVIDER,
        batch="20260105090000000",
        message=DeliveredFile(path="m.xml", blob="a" * 64, size_bytes=1),
        files=(DeliveredFile(path="resources/01.flac", blob="b" * 64, size_bytes=1),) if has_files else (),
        received_at=AT,
        receipt=1,
    )
    assert add_delivery(connection, delivery, "M-1" if statement else "", "")
    add_arrival(connection, delivery.id, FOLDER, now())
    if statement is not None:
        store_statement(connection, delivery.id, PROVIDER, release_key(statement), statement)
    return delivery.id


def test_there_is_no_answer_to_what_was_never_delivered(site: Installation) -> None:
    with writing(site.engine) as connection, pytest.raises(Refused) as caught:
        render_acknowledgement(connection, "nothing")
    assert caught.value.code == "NoSuchDelivery"


def test_what_was_rejected_says_each_code_where_and_what_to_do(site: Installation) -> None:
    answer = _answer(
        site,
        Stage.REJECTED,
        a_finding("ResourceCorrupt", Severity.FATAL),
        a_finding("L2", Severity.WARN),
        a_finding("I1", Severity.FATAL),
    )
    assert [status.code for status in answer.statuses] == ["IdentifierSyntaxInvalid", "ResourceCorrupt"]
    assert answer.statuses[1].text == (
        "ResourceCorrupt at m.xml:17 (ResourceList/SoundRecording[1]): got this; expected that; mend it"
    )
    assert answer.release_status == "ProcessingErrorAtReleaseDistributor"
    assert answer.proposed_action == "ResendXmlAndResources"
    assert answer.is_manual_check_required is False
    assert [ids[0].text for ids in answer.affected_resources] == ["QZANT2600101"]


@pytest.mark.parametrize(("has_files", "action"), [(False, "ResendXmlOnly"), (True, "ResendXmlAndResources")])
def test_all_that_came_is_asked_for_again_since_nothing_of_it_is_used(
    site: Installation, has_files: bool, action: str
) -> None:
    answer = _answer(site, Stage.REJECTED, a_finding("I1", Severity.FATAL), has_files=has_files)
    assert answer.proposed_action == action


def test_what_a_person_rejected_says_why(site: Installation) -> None:
    hold = a_finding("P7", Severity.HOLD)
    answer = _answer(site, Stage.REJECTED, hold, detail="rejected by ana: not your artist")
    assert answer.error_text.startswith("rejected by ana: not your artist\nP7 at m.xml:17")
    assert len(answer.statuses) == 1


def test_what_is_held_waits_for_a_person_and_proposes_nothing(site: Installation) -> None:
    answer = _answer(site, Stage.HELD, a_finding("ReleaseNotOwned", Severity.HOLD))
    assert (answer.is_manual_check_required, answer.proposed_action) == (True, "")
    assert answer.release_status == "ReleaseReceivedByReleaseDistributor"
    assert [status.code for status in answer.statuses] == ["UserDefined"]


def test_what_is_ours_to_mend_says_so(site: Installation) -> None:
    answer = _answer(site, Stage.HELD, a_finding("InternalError", Severity.HOLD))
    assert [status.code for status in answer.statuses] == ["InternalError"]


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        (Stage.COMMITTED, "SuccessfullyIngestedByReleaseDistributor"),
        (Stage.LIVE, "ReleaseMadeAvailableToConsumers"),
        (Stage.SUPERSEDED, "SuccessfullyIngestedByReleaseDistributor"),
    ],
)
def test_what_went_through_is_ok_with_its_warnings_in_words(site: Installation, stage: Stage, status: str) -> None:
    answer = _answer(site, stage, a_finding("L2", Severity.WARN), a_finding("D6", Severity.HOLD))
    assert ([each.code for each in answer.statuses], answer.release_status) == (["FileOK"], status)
    assert answer.error_text.startswith("L2 at m.xml:17")
    assert answer.is_manual_check_required is None


def test_a_takedown_that_went_through_leaves_nothing_available(site: Installation) -> None:
    answer = _answer(site, Stage.COMMITTED, statement=changed(a_small_statement(), release_deals=()))
    assert (answer.release_status, answer.message_type) == ("ReleaseNotAvailable", "NewReleaseMessage")


def test_a_purge_that_went_through_leaves_nothing_available(site: Installation) -> None:
    statement = a_small_statement()
    release = changed(statement.releases[0], is_main=False)
    purge = changed(statement, kind=MessageKind.PURGE, resources=(), releases=(release,), release_deals=())
    answer = _answer(site, Stage.COMMITTED, statement=purge)
    assert (answer.release_status, answer.message_type) == ("ReleaseNotAvailable", "PurgeReleaseMessage")
    assert [i.text for i in answer.release_ids] == [release.ids[0].text]


def test_a_test_that_passed_is_told_so(site: Installation) -> None:
    answer = _answer(site, Stage.HELD, a_finding(TEST_RULE, Severity.HOLD), a_finding("L2", Severity.WARN))
    assert [status.code for status in answer.statuses] == ["FileOK"]
    assert "not published" in answer.statuses[0].text
    assert answer.is_manual_check_required is False


def test_a_message_that_could_not_be_read_is_answered_to_its_provider(site: Installation) -> None:
    answer = _answer(site, Stage.REJECTED, a_finding("NewReleaseMessageInvalid", Severity.FATAL), is_read=False)
    assert (answer.recipient.dpid, answer.release_ids, answer.answered_message_id) == (DPID, (), "")
    assert [status.code for status in answer.statuses] == ["NewReleaseMessageInvalid"]


def test_an_answer_goes_back_the_way_its_message_came(site: Installation) -> None:
    answer = _answer(site, Stage.COMMITTED)
    assert (answer.sender, answer.recipient.dpid) == (US, DPID)
    assert (answer.answered_message_id, answer.batch_id) == ("M-1", "20260105090000000")
    assert answer.created == datetime(2026, 11, 22, 10, 0, 1, 250_000, tzinfo=UTC)


def test_the_oldest_generation_names_the_folder_and_its_day_and_one_status(site: Installation) -> None:
    findings = (a_finding("ResourceCorrupt", Severity.FATAL), a_finding("I1", Severity.FATAL))
    answer = _answer(site, Stage.REJECTED, *findings, generation=Generation.FTP)
    assert (answer.folder, answer.date, len(answer.statuses)) == ("4006380000015", "2026-01-05", 1)
    assert "I1 at" in answer.error_text
    assert "ResourceCorrupt at" in answer.error_text


def test_an_answer_tells_how_the_delivery_stood_then_also_when_it_is_made_later(site: Installation) -> None:
    with writing(site.engine) as connection:
        delivery_id = _receive(connection, a_small_statement())
        append_timeline(connection, delivery_id, TimelineEntry(stage=Stage.ACCEPTED, at=AT))
        add_findings(connection, delivery_id, [a_finding("P7", Severity.HOLD)])
        append_timeline(connection, delivery_id, TimelineEntry(stage=Stage.HELD, at=AT))
        first = render_acknowledgement(connection, delivery_id, position=2, finding_count=1)
        add_findings(connection, delivery_id, [a_finding("ResourceCorrupt", Severity.FATAL)])
        append_timeline(connection, delivery_id, TimelineEntry(stage=Stage.REJECTED, at=AT))
        assert render_acknowledgement(connection, delivery_id, position=2, finding_count=1) == first
        (last,) = read_acknowledgement(render_acknowledgement(connection, delivery_id))
    assert [status.code for status in last.statuses] == ["ResourceCorrupt"]


def test_what_no_delivery_came_of_is_answered_by_its_place() -> None:
    problems = [as_problem("ErnMissing", "R1", "there is no message in it")]
    place = "20260105090000000/P_R1_20260105090000000"
    (answer,) = read_acknowledgement(
        render_refusal(place, problems, Generation.FTP, MessageParty(dpid=DPID), datetime(2026, 1, 6, tzinfo=UTC))
    )
    assert (answer.folder, answer.date, answer.statuses[0].code) == ("R1", "2026-01-05", "ErnMissing")


@pytest.mark.parametrize(
    ("folder", "release"),
    [
        ("P_R1_20260105090000000", "R1"),
        ("R1_20260105090000", "R1"),
        ("N_R_1", "R_1"),
        ("R1", "R1"),
        ("20260105090000000", "20260105090000000"),
        ("", ""),
    ],
)
def test_the_release_id_in_a_folders_name_is_found(folder: str, release: str) -> None:
    assert find_release_name(folder) == release
