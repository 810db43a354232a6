"""Which track plays in each market when one is asked for: relinking, for every market in one answer.

It says what asking for the track in each of the markets would, for the same caller at the same second; a test holds the
two together. Every market is in one list: that of the track that plays there, or that of the reason why none does.
"""

from collections.abc import Iterable

import msgspec

from antiphon.model.availability import Tier
from antiphon.model.territories import TERRITORIES
from antiphon.segments import DocumentKind, DocumentView, Reader, decode_track_media
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.parameters import check_id
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.relinking import iter_stand_ins
from antiphon.surfaces.reads.responses import answer_catalogue

_ALL = frozenset(range(len(TERRITORIES)))
_OTHER_TIER = {Tier.FREE: Tier.PREMIUM, Tier.PREMIUM: Tier.FREE}


class _Linked(msgspec.Struct):
    id: str
    href: str
    uri: str
    markets: list[str]


class _Restricted(msgspec.Struct):
    reason: str
    markets: list[str]


class _LinkedIn(msgspec.Struct):
    id: str
    tier: Tier
    tracks: list[_Linked]
    restrictions: list[_Restricted]


def answer_linked_in(node: Node, call: CatalogueCall) -> Answer:
    """Return the tracks that play for one, each with its markets, and where none does. Raises: ReadRefused (404)."""
    track_id = check_id(call.argument)
    data = call.view.get(DocumentKind.TRACK_MEDIA, track_id)
    if data is None:
        raise not_found("Track")
    asked = DocumentView(data)
    own = _list_markets(asked, call.reader)
    # Where it takes another tier, that is told and not worked around, as relinking does.
    product = _list_markets(asked, _make_other_reader(call.reader)) - own
    found = [(track_id, own)]
    missing = _ALL - own - product
    ranked = [
        (decode_track_media(document.body()).rank, other_id, document)
        for other_id, document in iter_stand_ins(call, track_id)
    ]
    for _, other_id, document in sorted(ranked, key=lambda one: one[:2]):
        playable = _list_markets(document, call.reader) & missing
        found.append((other_id, playable))
        missing -= playable
    body = _LinkedIn(
        id=track_id,
        tier=call.reader.tier,
        tracks=[_make_linked(call, linked_id, markets) for linked_id, markets in found if markets],
        restrictions=[
            _Restricted(reason, _name_markets(markets))
            for reason, markets in (("market", missing), ("product", product))
            if markets
        ],
    )
    return answer_catalogue(node, msgspec.json.encode(body))


def _list_markets(document: DocumentView, reader: Reader) -> frozenset[int]:
    """Return where a track plays to a reader, by the places of the markets in ``TERRITORIES``."""
    return frozenset(index for index, is_on in enumerate(document.markets(reader)) if is_on) & _ALL


def _make_other_reader(reader: Reader) -> Reader:
    """Return a reader of the other tier."""
    return Reader(
        market=None,
        tier=_OTHER_TIER[reader.tier],
        now_s=reader.now_s,
        base_url=reader.base_url,
        overlay=reader.overlay,
    )


def _make_linked(call: CatalogueCall, track_id: str, markets: Iterable[int]) -> _Linked:
    return _Linked(
        id=track_id,
        href=f"{call.base_url}/v1/tracks/{track_id}",
        uri=f"spotify:track:{track_id}",
        markets=_name_markets(markets),
    )


def _name_markets(markets: Iterable[int]) -> list[str]:
    return sorted(TERRITORIES[index] for index in markets)
