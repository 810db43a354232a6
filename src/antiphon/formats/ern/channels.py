"""Distribution channels of deals: one text that names each, and what else a deal says of it."""

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import trimmed_text
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.parties import read_plain_name
from antiphon.formats.ern.reading import Reading
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.deals import Channel


def read_channel(element: Element, reading: Reading) -> Channel:
    """Return a channel, named by its DPID, else its first id (text@namespace), else its name."""
    content = reading.open(element)
    ids = sorted(read_party_ids(content.take("PartyId")), key=lambda delivered: delivered.scheme is not IdScheme.DPID)
    name = read_plain_name(content.take("PartyName"), reading)
    trading_name = content.take_text("TradingName")
    urls = content.take_texts("URL")
    if ids:
        channel = text_of_id(ids[0])
        return Channel(channel=channel, name=name, trading_name=trading_name, other_ids=tuple(ids[1:]), urls=urls)
    shown = name or trading_name or trimmed_text(element)
    return Channel(channel=shown, trading_name="" if shown == trading_name else trading_name, urls=urls)


def text_of_id(delivered: DeliveredId) -> str:
    """Return the one text that names a channel by an id."""
    return f"{delivered.text}@{delivered.namespace}" if delivered.namespace else delivered.text
