"""Reading acknowledgements: ours, and those that others write. See ``acknowledgement``."""

from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.acknowledgement import Acknowledgement, Generation, MessageStatus
from antiphon.formats.ern.elements import Children, first_text, group_children, parse_flag
from antiphon.formats.ern.header import read_message_party
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parser import parse_xml
from antiphon.model.claims import DeliveredId
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.statement import MessageParty

_INVALID = "AcknowledgementInvalid"
_ROOTS = {generation.root: generation for generation in Generation}


def read_acknowledgement(data: bytes, *, file: str = "") -> tuple[Acknowledgement, ...]:
    """Return the answers of an acknowledgement message, one for each release it speaks of, in message order.

    The root alone tells the generation, since namespaces vary (ern-c/14 to /16, ern-c-sftp/1x).
    Raises: Rejected(AcknowledgementInvalid) for what is none, and nothing else (whoever wrote it).
    """
    root = parse_xml(data, code=_INVALID, file=file)
    name = etree.QName(root).localname
    generation = _ROOTS.get(name)
    if generation is None:
        raise _refusal(file, name, " or ".join(_ROOTS))
    message = group_children(root)
    if generation is Generation.FTP:
        answers = [_read_answer(generation, message, message, message)]
    else:
        answers = [
            _read_answer(generation, message, group_children(release), acknowledged)
            for release in [*message.get("ReleaseStatus", ()), *([root] if "Acknowledgement" in message else [])]
            for acknowledged in _list_acknowledged(release)
        ]
    if not answers or not all(answer.statuses for answer in answers):
        raise _refusal(file, f"{name} without a status", "a status of at least one message")
    return tuple(answers)


def _list_acknowledged(release: Element) -> Iterable[Children]:
    return [group_children(element) for element in group_children(release).get("Acknowledgement", ())]


def _read_answer(
    generation: Generation, message: Children, release: Children, acknowledged: Children
) -> Acknowledgement:
    header = group_children(message["MessageHeader"][0]) if "MessageHeader" in message else {}
    file = group_children(message["AcknowledgedFile"][0]) if "AcknowledgedFile" in message else {}
    return Acknowledgement(
        generation=generation,
        message_id=first_text(header, "MessageId"),
        sender=_read_party(header, "MessageSender"),
        recipient=_read_party(header, "MessageRecipient"),
        created=_read_instant(first_text(header, "MessageCreatedDateTime")),
        folder=first_text(file, "ReleaseId"),
        date=first_text(file, "Date"),
        release_ids=read_ids(release.get("ReleaseId", ())),
        release_status=first_text(release, "ReleaseStatus"),
        statuses=_read_statuses(acknowledged),
        error_text=first_text(release, "ErrorText"),
        proposed_action=first_text(release, "ProposedActionType"),
        is_manual_check_required=parse_flag(first_text(release, "ManualCheckRequired")),
        affected_resources=_read_resources(release.get("AffectedResource", ())),
        message_type=first_text(acknowledged, "MessageType") or "NewReleaseMessage",
        batch_id=first_text(acknowledged, "BatchId"),
        answered_message_id=first_text(acknowledged, "MessageId"),
    )


def _read_statuses(acknowledged: Children) -> tuple[MessageStatus, ...]:
    single = first_text(acknowledged, "FileStatus")
    if single:
        return (MessageStatus(code=single),)
    found = [group_children(element) for element in acknowledged.get("MessageStatus", ())]
    return tuple(
        MessageStatus(code=first_text(status, "Status"), text=first_text(status, "Information", "StatusMessage"))
        for status in found
        if first_text(status, "Status")
    )


def _read_resources(elements: Iterable[Element]) -> tuple[tuple[DeliveredId, ...], ...]:
    return tuple(ids for element in elements if (ids := read_ids([element])))


def _read_party(header: Children, tag: str) -> MessageParty:
    elements = header.get(tag, ())
    return read_message_party(elements[0]) if elements else MessageParty()


def _read_instant(text: str) -> datetime:
    """Return the time; one without a zone counts as UTC, one that cannot be read as the beginning of time."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _refusal(file: str, got: str, expected: str) -> Rejected:
    return Rejected(
        _INVALID, got=got, expected=expected, fix="send the acknowledgement of a message", place=Place(file=file)
    )
