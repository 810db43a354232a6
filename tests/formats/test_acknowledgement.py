"""Acknowledgements: three generations, written as they are read, whatever a sender put into its message."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.formats.ern import (
    Acknowledgement,
    Generation,
    MessageStatus,
    ReleaseStatus,
    read_acknowledgement,
    write_acknowledgement,
)
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.errors import Rejected
from antiphon.model.statement import MessageParty
from tests.builders import changed

GRID = DeliveredId(scheme=IdScheme.GRID, text="A12425GABC1234002M")
ISRC = DeliveredId(scheme=IdScheme.ISRC, text="QZANT2600001")
OWN = DeliveredId(scheme=IdScheme.PROPRIETARY, text="4711", namespace="PADPIDA2014120301Q")

WHOLE = Acknowledgement(
    message_id="ACK-1",
    sender=MessageParty(dpid="PADPIDA2011072101T", name="The platform"),
    recipient=MessageParty(dpid="PADPIDA2014120301Q", name="Paper Lantern"),
    created=datetime(2026, 1, 5, 9, 0, 1, 250_000, tzinfo=UTC),
    release_ids=(GRID,),
    release_status=ReleaseStatus.FAILED,
    statuses=(
        MessageStatus(code="ResourceMissing", text="D7 at m.xml:17: no resources/01.flac"),
        MessageStatus(code="ArtistRoleUnknown", text="R2 at m.xml:40: Kazooist"),
    ),
    error_text="D7 at m.xml:17: no resources/01.flac",
    proposed_action="ResendXmlAndResources",
    is_manual_check_required=False,
    affected_resources=((ISRC, OWN), (OWN,)),
    batch_id="20260105090000000",
    answered_message_id="M-1",
)
"""What 1.7 and 1.8 have a place for."""

OLD = changed(
    WHOLE,
    generation=Generation.FTP,
    message_id="",
    folder="4006381333931",
    date="2026-01-05",
    release_ids=(),
    release_status="",
    statuses=(MessageStatus(code="ResourceMissing"),),
    batch_id="",
    answered_message_id="",
)
"""What 1.6 has a place for."""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"FileOK",
        b"<AcknowledgementMessage/>",
        b"<FtpAcknowledgementMessage><FileStatus/></FtpAcknowledgementMessage>",
        b"<NewReleaseMessage xmlns='http://ddex.net/xml/ern/382'/>",
        b"<!DOCTYPE a><FtpAcknowledgementMessage><FileStatus>FileOK</FileStatus></FtpAcknowledgementMessage>",
    ],
)
def test_what_is_no_acknowledgement_is_refused(data: bytes) -> None:
    with pytest.raises(Rejected) as refusal:
        read_acknowledgement(data)
    assert refusal.value.code == "AcknowledgementInvalid"


@pytest.mark.parametrize("answer", [WHOLE, changed(WHOLE, generation=Generation.STATUS), OLD])
def test_what_is_written_reads_as_it_was(answer: Acknowledgement) -> None:
    assert read_acknowledgement(write_acknowledgement(answer)) == (answer,)


@pytest.mark.parametrize(
    ("generation", "start"),
    [
        (Generation.FTP, b'<ernc:FtpAcknowledgementMessage xmlns:ernc="http://ddex.net/xml/ern-c/15" MessageVersionId'),
        (Generation.STATUS, b'<ernc:ErnAcknowledgementStatusMessage xmlns:ernc="http://ddex.net/xml/ern-c-sftp/17">'),
        (Generation.CURRENT, b'<ernc:AcknowledgementMessage xmlns:ernc="http://ddex.net/xml/ern-c-sftp/18" AvsVersion'),
    ],
)
def test_each_generation_has_its_root(generation: Generation, start: bytes) -> None:
    assert start in write_acknowledgement(changed(WHOLE, generation=generation))


def test_elements_stand_in_the_order_of_the_standard() -> None:
    text = write_acknowledgement(WHOLE).decode()
    names = (
        "MessageHeader MessageId MessageSender MessageRecipient MessageCreatedDateTime ReleaseStatus ReleaseId GRid "
        "ErrorText ProposedActionType ManualCheckRequired AffectedResource Acknowledgement> MessageType BatchId "
        "MessageStatus Status Information"
    )
    positions = [text.index(f"<{name}") for name in names.split()]
    assert positions == sorted(positions)


def test_an_answer_to_a_message_without_an_id_still_has_the_element() -> None:
    assert b"<MessageId></MessageId>" in write_acknowledgement(changed(WHOLE, answered_message_id=""))


def test_answers_of_other_implementations_are_read() -> None:
    data = b"""<n:AcknowledgementMessage xmlns:n="http://ddex.net/xml/ern-c-sftp/18">
      <MessageHeader><MessageCreatedDateTime>2026-01-05T10:00:00+01:00</MessageCreatedDateTime></MessageHeader>
      <ReleaseStatus><ReleaseId><ICPN>4006381333931</ICPN></ReleaseId>
        <ReleaseStatus>ProcessingErrorAtReleaseDistributor</ReleaseStatus>
        <Acknowledgement><MessageType>NewReleaseMessage</MessageType><MessageId>M1</MessageId>
          <MessageStatus><Status>ResourceCorrupt</Status><StatusMessage>cut short</StatusMessage></MessageStatus>
        </Acknowledgement></ReleaseStatus>
      <Acknowledgement><MessageType>PurgeReleaseMessage</MessageType><MessageId>M2</MessageId>
        <MessageStatus><Status>FileOK</Status></MessageStatus></Acknowledgement>
    </n:AcknowledgementMessage>"""
    first, second = read_acknowledgement(data)
    assert first.statuses == (MessageStatus(code="ResourceCorrupt", text="cut short"),)
    assert first.created == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert (second.answered_message_id, second.message_type) == ("M2", "PurgeReleaseMessage")


@given(st.text(), st.text(), st.sampled_from(Generation))
def test_no_text_of_a_sender_breaks_an_answer(text: str, message_id: str, generation: Generation) -> None:
    hostile = DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"x{text}", namespace=text)
    answer = changed(
        WHOLE,
        generation=generation,
        error_text=text,
        release_ids=(hostile,),
        affected_resources=((hostile,),),
        answered_message_id=message_id,
        folder=text,
    )
    assert len(read_acknowledgement(write_acknowledgement(answer))) == 1


@pytest.mark.parametrize(
    ("choreography", "generation"),
    [
        ("ern-c/15", "1.6"),
        ("echo/12", "1.6"),
        ("ern-c-sftp/16", "1.6"),
        ("ern-c-sftp/17", "1.7"),
        ("ern-c-sftp/18", "1.8"),
        ("", "1.6"),
    ],
)
def test_a_sender_is_answered_in_the_words_it_uses(choreography: str, generation: str) -> None:
    assert Generation.of_choreography(choreography) == generation
