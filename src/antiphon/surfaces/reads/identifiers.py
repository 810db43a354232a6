"""Look-up by what something is known by elsewhere: an ISRC, a UPC or EAN, a GRid, in whatever form it is written.

An ISRC names a recording, and so every track that is of it; a UPC may stand on the releases of two providers. So each
id is answered with a list. Nothing is relinked: who asks for an id wants what bears it, and is told of each whether it
plays in the market.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from antiphon.model.identifiers import Icpn, InvalidIdentifier, gtin_14, parse_grid, parse_icpn, parse_isrc
from antiphon.segments import DocumentKind, DocumentView, Playability, decode_track_media
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.refusals import ReadRefused, bad_parameter
from antiphon.surfaces.reads.responses import answer_catalogue

MAX_EXTERNAL_IDS = 50
"""ids in one batch; as many as one batch of look-ups takes."""

MAX_BEARERS = 20
"""objects shown for one id, the best first: a hit is on 40 compilations, and a batch must not come to megabytes."""

_KNOWN_FORM = 30
"""characters that are no more than an identifier with its hyphens; longer ones need not be parsed."""


class Scheme(NamedTuple):
    """A scheme of ids: its name in the index, and what gives the one form an id is compared in."""

    name: str
    normalise: Callable[[str], str]


def _normalise_icpn(text: str) -> str:
    return gtin_14(Icpn(parse_icpn(text)))


SCHEMES = {
    "isrc": Scheme("isrc", parse_isrc),
    "upc": Scheme("upc", _normalise_icpn),
    "ean": Scheme("upc", _normalise_icpn),
    "icpn": Scheme("upc", _normalise_icpn),
    "grid": Scheme("grid", parse_grid),
}
"""By parameter. UPC, EAN and ICPN are one numbering, written with 8 to 14 digits."""

_SHOWN_AS = {DocumentKind.TRACK: DocumentKind.TRACK, DocumentKind.ALBUM: DocumentKind.ALBUM_CARD}
"""What stands for an entity in the answer: a track whole, an album as in a list."""


class AskedId(NamedTuple):
    """One id of a request: as it was written, and in its normal form."""

    scheme: str
    text: str
    value: str


class _Match(msgspec.Struct):
    scheme: str
    asked: str
    value: str
    total: int
    items: list[msgspec.Raw]


def answer_external_ids(node: Node, call: CatalogueCall) -> Answer:
    """Return what bears each of the ids asked for, in their order. Raises: ReadRefused (400)."""
    matches = [_find_match(node, call, asked) for asked in _read_ids(call)]
    return answer_catalogue(node, msgspec.json.encode({"matches": matches}))


def _read_ids(call: CatalogueCall) -> list[AskedId]:
    asked = [
        _read_id(name, text.strip())
        for name, texts in call.parameters.items()
        if name in SCHEMES
        for text in texts.split(",")
    ]
    if not asked:
        raise ReadRefused(400, f"No id was asked for; give one of {', '.join(SCHEMES)}", reason="invalid_parameter")
    if len(asked) > MAX_EXTERNAL_IDS:
        raise bad_parameter("ids", got=f"{len(asked)} ids", expected=f"at most {MAX_EXTERNAL_IDS}")
    return asked


def _read_id(name: str, text: str) -> AskedId:
    scheme = SCHEMES[name]
    try:
        return AskedId(scheme.name, text, scheme.normalise(text[:_KNOWN_FORM]))
    except InvalidIdentifier as error:
        raise bad_parameter(name, got=text, expected=f"a valid one: {error.reason}") from error


def _find_match(node: Node, call: CatalogueCall, asked: AskedId) -> _Match:
    keys = node.replica.find_by_id(asked.scheme, asked.value)
    bearers = sorted(_iter_bearers(call, keys), key=lambda one: one[:3])
    shown = [msgspec.Raw(document.render(0, call.reader)) for *_, document in bearers[:MAX_BEARERS]]
    return _Match(asked.scheme, asked.text, asked.value, len(bearers), shown)


def _iter_bearers(call: CatalogueCall, keys: tuple[bytes, ...]) -> Iterator[tuple[bool, str, str, DocumentView]]:
    """Yield the documents under keys with what they are sorted by: those that play first, then by rank and id."""
    for key in keys:
        kind, entity_id = DocumentKind(key[0]), key[1:].decode()
        shown_as = _SHOWN_AS.get(kind)
        data = call.view.get(shown_as, entity_id) if shown_as is not None else None
        if data is not None:
            document = DocumentView(data)
            is_silent = call.reader.market is not None and document.playability(call.reader) is not Playability.PLAYABLE
            yield is_silent, _rank(call, kind, entity_id), entity_id, document


def _rank(call: CatalogueCall, kind: DocumentKind, entity_id: str) -> str:
    """Return what tracks of one recording are compared by, as where they stand in for each other; albums are alike."""
    data = call.view.get(DocumentKind.TRACK_MEDIA, entity_id) if kind is DocumentKind.TRACK else None
    return "" if data is None else decode_track_media(DocumentView(data).body()).rank
