"""Documents as they are read: find, evaluate, splice. This is the hot path of every node.

The evaluation is that of ``antiphon.rights.evaluate`` for streaming, done on the bytes in place; a property test holds
the two together. Nothing here checks a document: ``encoding.check_document`` did, before the node stored it.
"""

import hashlib
import struct
from enum import IntEnum
from functools import lru_cache

from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES
from antiphon.segments.body import BASE_URL_BYTE, HoleKind
from antiphon.segments.layout import (
    FORM,
    HEADER,
    HOLE,
    ITEM,
    MAP_ROWS_AT,
    MAP_TERRITORIES,
    OTHER_STREAM_CODES,
    RIGHTS,
    SPAN,
    STREAM_CODES,
    SUBJECTS_AT,
    SUBJECTS_STOP,
)
from antiphon.segments.reader import Reader


class DocumentKind(IntEnum):
    """The kinds of documents. The numbers are part of the format and of the keys nodes store documents under."""

    ALBUM = 1
    """A full album; its tracks are a hole for a page."""
    ALBUM_TRACKS = 2
    """The tracks of an album in order, simplified: an item each."""
    ALBUM_CARD = 3
    """A simplified album."""
    TRACK = 4
    """A full track, its album embedded as a card."""
    TRACK_MEDIA = 5
    """What a stream grant needs: the rights and the renditions (``TrackMedia``) of a track."""
    ARTIST = 6
    ARTIST_ALBUMS = 7
    """The albums of an artist in the order they are served: an item each, its group in ``group``."""


class Playability(IntEnum):
    """Whether a reader may stream, and if not, in the words of the catalogue API, why."""

    PLAYABLE = 0
    MARKET = 1
    """Not available in the reader's market now."""
    PRODUCT = 2
    """Available in the market now, but not to the reader's tier."""


_PLAYABLE, _MARKET, _PRODUCT = int(Playability.PLAYABLE), int(Playability.MARKET), int(Playability.PRODUCT)
_PAGE = int(HoleKind.PAGE)

_MEMBERS = (
    (
        b'"is_playable":true,',
        b'"is_playable":false,"restrictions":{"reason":"market"},',
        b'"is_playable":false,"restrictions":{"reason":"product"},',
    ),
    (b"", b'"restrictions":{"reason":"market"},', b'"restrictions":{"reason":"product"},'),
)
"""What fills a hole of each kind (first index) by playability (second index) when the reader names a market."""

_OUTCOMES = (b"y", b"m", b"p")
_TERRITORY_INDEX = {territory: index for index, territory in enumerate(TERRITORIES)}
_KEY_PREFIXES = {kind: bytes((kind,)) for kind in DocumentKind}
_MARKET_LISTS_KEPT = 4096
"""Rendered lists of markets kept per process, at most 1.3 KB each: catalogues use few distinct sets."""


def document_key(kind: DocumentKind, entity_id: str) -> bytes:
    """Return the key of a document: one per kind and entity."""
    return _KEY_PREFIXES[kind] + entity_id.encode()


class DocumentView:
    """A document's bytes, ready to be rendered.

    Raises Broken (our fault) from any method for bytes that are no document or end too early. ``tag`` is the hash of
    the content (16 hexadecimal digits); with an outcome it makes an ETag.
    """

    __slots__ = ("_data", "_items_at", "item_count", "kind", "tag")

    def __init__(self, data: bytes) -> None:
        try:
            form, self.kind, self.tag, self.item_count, self._items_at, _, _, _ = HEADER.unpack_from(data)
        except struct.error as error:
            raise Broken(f"document of {len(data)} bytes ends inside its header of {HEADER.size}") from error
        if form != FORM:
            raise Broken(f"document starts with {form!r}; expected {FORM!r}: publish it again or upgrade the node")
        self._data = data

    def render(self, index: int, reader: Reader, page: bytes = b"") -> bytes:
        """Return the JSON of one item for a reader; ``page`` fills the hole of a list page."""
        return self.answer(index, reader, page)[0]

    def outcome(self, index: int, reader: Reader) -> bytes:
        """Return what the reader's rights came to: with ``tag`` it names the rendered bytes.

        Shape: one letter per hole with a market, 16 hexadecimal digits without. A page is not covered by it.
        """
        return self.answer(index, reader)[1]

    def answer(self, index: int, reader: Reader, page: bytes = b"") -> tuple[bytes, bytes]:
        """Return the rendered item and its outcome from one evaluation. Raises: IndexError for no such item."""
        if not 0 <= index < self.item_count:
            raise IndexError(f"item {index} of a document of {self.item_count}")
        data = self._data
        parts = []
        outcome = b""
        last_rights = playability = -1
        try:
            at, stop, holes_at, hole_count, _ = ITEM.unpack_from(data, self._items_at + index * ITEM.size)
            for hole_at, kind, rights in HOLE.iter_unpack(data[holes_at : holes_at + hole_count * HOLE.size]):
                parts.append(data[at:hole_at])
                at = hole_at
                if kind == _PAGE:
                    parts.append(page)
                elif reader.market is None:
                    markets = self._list_playable(rights, reader)
                    parts.append(_render_markets(markets))
                    outcome += markets
                else:
                    if rights != last_rights:
                        playability = self._judge(rights, reader)
                        last_rights = rights
                    parts.append(_MEMBERS[kind][playability])
                    outcome += _OUTCOMES[playability]
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(data)} bytes points outside itself at item {index}") from error
        parts.append(data[at:stop])
        if reader.market is None and outcome:
            outcome = hashlib.blake2b(outcome, digest_size=8).hexdigest().encode()
        return b"".join(parts).replace(BASE_URL_BYTE, reader.base_url), outcome

    def body(self, index: int = 0) -> bytes:
        """Return the bytes of one item as stored, holes empty: for documents that are read rather than served."""
        start, stop, _, _, _ = self._item(index)
        return self._data[start:stop]

    def group(self, index: int) -> int:
        """Return the group of one item."""
        return self._item(index)[4]

    def playability(self, reader: Reader, rights: int = 0) -> Playability:
        """Return whether the reader may stream what the document's rights of this index cover.

        A reader without a market may not: nobody knows where they are.
        """
        if reader.market is None:
            return Playability.MARKET
        try:
            rights_at = HEADER.unpack_from(self._data)[6] + rights * RIGHTS.size
            return Playability(self._judge(rights_at, reader))
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at rights {rights}") from error

    def _item(self, index: int) -> tuple[int, int, int, int, int]:
        if not 0 <= index < self.item_count:
            raise IndexError(f"item {index} of a document of {self.item_count}")
        try:
            row: tuple[int, int, int, int, int] = ITEM.unpack_from(self._data, self._items_at + index * ITEM.size)
        except struct.error as error:
            raise Broken(f"document of {len(self._data)} bytes ends before item {index}") from error
        return row

    def _judge(self, rights_at: int, reader: Reader) -> int:
        """Return the playability of one row of rights for a reader with a market."""
        data = self._data
        territory = _TERRITORY_INDEX[reader.market]  # type: ignore[index]  # callers rule None out; a check costs here
        row = RIGHTS.unpack_from(data, rights_at)
        if _covers(data, row[STREAM_CODES[reader.tier]], territory, reader.now_s):
            verdict = _PLAYABLE
        elif _covers(data, row[OTHER_STREAM_CODES[reader.tier]], territory, reader.now_s):
            verdict = _PRODUCT
        else:
            return _MARKET
        if reader.overlay.denials:
            denied = reader.overlay.denied_bits
            for subject in data[row[SUBJECTS_AT] : row[SUBJECTS_STOP]].split():
                if subject in denied and denied[subject] >> territory & 1:
                    return _MARKET
        return verdict

    def _list_playable(self, rights_at: int, reader: Reader) -> bytes:
        """Return one byte per territory: 1 where the reader's tier may stream now."""
        data = self._data
        row = RIGHTS.unpack_from(data, rights_at)
        map_at = row[STREAM_CODES[reader.tier]]
        if not map_at:
            return bytes(MAP_TERRITORIES)
        numbers = data[map_at : map_at + MAP_TERRITORIES]
        is_on = bytearray(256)
        for number in range(1, data[map_at + MAP_TERRITORIES] + 1):
            is_on[number] = _timeline_covers(data, map_at, number, reader.now_s)
        playable = numbers.translate(is_on)
        if reader.overlay.denials:
            denied = reader.overlay.denied_bits
            bits = 0
            for subject in data[row[SUBJECTS_AT] : row[SUBJECTS_STOP]].split():
                bits |= denied.get(subject, 0)
            if bits:
                playable = bytes(on and not bits >> index & 1 for index, on in enumerate(playable))
        return playable


def _covers(data: bytes, map_at: int, territory: int, now_s: int) -> bool:
    """Tell whether a map (0: none) covers a territory now."""
    if not map_at:
        return False
    number = data[map_at + territory]
    return number != 0 and _timeline_covers(data, map_at, number, now_s)


def _timeline_covers(data: bytes, map_at: int, number: int, now_s: int) -> bool:
    at = MAP_ROWS_AT + (number - 1) * SPAN.size
    while True:
        starts_at, ends_at, more = SPAN.unpack_from(data, map_at + at)
        if starts_at <= now_s < ends_at:
            return True
        if more <= at:  # 0 ends the chain; spans go forwards, so damaged bytes cannot make it a circle
            return False
        at = more


@lru_cache(_MARKET_LISTS_KEPT)
def _render_markets(playable: bytes) -> bytes:
    codes = sorted(territory for territory, is_on in zip(TERRITORIES, playable, strict=False) if is_on)
    return b'"available_markets":[' + ",".join(f'"{code}"' for code in codes).encode() + b"],"
