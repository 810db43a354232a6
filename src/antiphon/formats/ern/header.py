"""The message header: who sent the message to whom, when, and whether it is a test."""

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import Children, first_text, group_children, trimmed_text
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.parties import read_party_name
from antiphon.formats.ern.values import Values
from antiphon.model.claims import IdScheme
from antiphon.model.statement import MessageHeader, MessageParty


def read_header(message: Children, values: Values) -> MessageHeader:
    """Return the header; all of it empty where the message has none. ``message``: the children of the root."""
    header = group_children(message["MessageHeader"][0]) if "MessageHeader" in message else {}
    senders = header.get("MessageSender", ())
    on_behalf = header.get("SentOnBehalfOf", ())
    return MessageHeader(
        message_id=first_text(header, "MessageId"),
        thread_id=first_text(header, "MessageThreadId"),
        sender=read_message_party(senders[0]) if senders else MessageParty(),
        sent_on_behalf_of=read_message_party(on_behalf[0]) if on_behalf else None,
        recipients=tuple(read_message_party(element) for element in header.get("MessageRecipient", ())),
        created=values.moment(header, "MessageCreatedDateTime"),
        is_test=first_text(header, "MessageControlType") == "TestMessage",
        update_indicator=first_text(message, "UpdateIndicator"),
    )


def read_message_party(element: Element) -> MessageParty:
    """Return a party of a header: its DPID, or else whatever id it gives, and its full or trading name."""
    children = group_children(element)
    ids = read_party_ids(children.get("PartyId", ()))
    dpids = [delivered.text for delivered in ids if delivered.scheme is IdScheme.DPID]
    others = [delivered.text for delivered in ids]
    name = read_party_name(children.get("PartyName", ())) or first_text(children, "TradingName")
    return MessageParty(dpid=next(iter(dpids + others), ""), name=name or trimmed_text(element))
