"""The message header: who sent the message to whom, when, and whether it is a test."""

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import trimmed_text
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.parties import read_plain_name
from antiphon.formats.ern.reading import Content, Reading
from antiphon.model.claims import IdScheme
from antiphon.model.statement import MessageHeader, MessageParty

_CONTROL_TYPES = {"TestMessage": True, "LiveMessage": False}


def read_header(message: Content, reading: Reading) -> MessageHeader:
    """Return the header; all of it empty where the message has none. ``message``: the children of the root."""
    element = message.take_first("MessageHeader")
    header = Content() if element is None else reading.open(element)
    return MessageHeader(
        message_id=header.take_text("MessageId"),
        thread_id=header.take_text("MessageThreadId"),
        sender=_take_party(header, "MessageSender", reading) or MessageParty(),
        sent_on_behalf_of=_take_party(header, "SentOnBehalfOf", reading),
        recipients=tuple(_read_party(element, reading) for element in header.take("MessageRecipient")),
        created=reading.moment(header, "MessageCreatedDateTime"),
        is_test=_take_is_test(header),
        update_indicator=message.take_text("UpdateIndicator"),
        file_name=header.take_text("MessageFileName"),
        requested_by=_take_party(header, "SentAsRequestedBy", reading),
        comment=header.take_text("Comment"),
        is_backfill=message.take_flag("IsBackfill"),
    )


def read_message_party(element: Element) -> MessageParty:
    """Return a party of a header: its DPID, or else whatever id it gives, and its full or trading name."""
    return _read_party(element, Reading())


def _take_party(header: Content, tag: str, reading: Reading) -> MessageParty | None:
    element = header.take_first(tag)
    return None if element is None else _read_party(element, reading)


def _read_party(element: Element, reading: Reading) -> MessageParty:
    content = reading.open(element)
    ids = read_party_ids(content.take("PartyId"))
    ordered = sorted(ids, key=lambda delivered: delivered.scheme is not IdScheme.DPID)
    texts = [delivered.text for delivered in ordered]
    name = read_plain_name(content.take("PartyName"), reading)
    trading_name = content.take_text("TradingName")
    shown = name or trading_name or trimmed_text(element)
    return MessageParty(
        dpid=next(iter(texts), ""),
        name=shown,
        trading_name="" if trading_name == shown else trading_name,
        other_ids=tuple(texts[1:]),
    )


def _take_is_test(header: Content) -> bool:
    """Take what kind of message this is; words that are none of the standard's are left unread."""
    for element in header.get("MessageControlType", ()):
        if trimmed_text(element) not in _CONTROL_TYPES:
            return False
    return _CONTROL_TYPES.get(header.take_text("MessageControlType"), False)
