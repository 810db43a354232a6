"""Documents as they are read: find, evaluate, splice. This is the hot path of every node.

Nothing here checks a document: ``encoding.check_document`` did, before the node stored it.
"""

import hashlib
import struct
from enum import IntEnum

from antiphon.model.errors import Broken
from antiphon.segments.body import BASE_URL_BYTE, HoleKind
from antiphon.segments.evaluation import (
    Playability,
    is_denied,
    judge_deals,
    judge_rights,
    list_markets,
    render_markets,
)
from antiphon.segments.layout import FORM, HEADER, HOLE, ITEM, OUTLINE, RIGHTS
from antiphon.segments.members import NOWHERE
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
    REDIRECT = 8
    """The id that stands for this one since the two were found to be one: its body is that id, in ASCII."""
    RECORDING_TRACKS = 9
    """The ids of the tracks that are one recording, where there are several: a JSON array."""
    SHOW = 10
    """A full show; its episodes are a hole for a page."""
    SHOW_EPISODES = 11
    """The episodes of a show, newest first, simplified: an item each."""
    SHOW_CARD = 12
    EPISODE = 13
    """A full episode, its show embedded as a card."""
    AUDIOBOOK = 14
    """A full audiobook; its chapters are a hole for a page."""
    AUDIOBOOK_CHAPTERS = 15
    AUDIOBOOK_CARD = 16
    CHAPTER = 17
    """A full chapter, its audiobook embedded as a card."""
    CLIENT = 18
    """What a node must know of a client to give it a token: its secret's hash, tier and roles. Never served."""


_PAGE = int(HoleKind.PAGE)
_EPISODE = int(HoleKind.EPISODE)
_CHAPTER = int(HoleKind.CHAPTER)
_MARKET = int(Playability.MARKET)

_OUTCOMES = ("y", "m", "p")
_KEY_PREFIXES = {kind: bytes((kind,)) for kind in DocumentKind}
_NOBODY: frozenset[bytes] = frozenset({b""})
"""The denied of no overlay: no subject is empty."""

_unpack_outline = OUTLINE.unpack_from
_unpack_item = ITEM.unpack_from
_iter_holes = HOLE.iter_unpack
_ITEM_BYTES = ITEM.size
_HOLE_BYTES = HOLE.size
"""Bound once: looking them up was a tenth of a read."""


def document_key(kind: DocumentKind, entity_id: str) -> bytes:
    """Return the key of a document: one per kind and entity."""
    return _KEY_PREFIXES[kind] + entity_id.encode()


class DocumentView:
    """A document's bytes, ready to be rendered.

    Raises Broken (our fault) from any method for bytes that are no document or end too early. ``tag`` is the hash of
    the content (16 hexadecimal digits); with an outcome it makes an ETag.
    """

    __slots__ = ("_asked_about", "_bodies_at", "_data", "_is_named", "_items_at", "_subjects_at", "item_count", "tag")

    def __init__(self, data: bytes) -> None:
        try:
            form, self.tag, self.item_count, self._items_at, self._subjects_at, self._bodies_at = _unpack_outline(data)
        except struct.error as error:
            raise Broken(f"document of {len(data)} bytes ends inside its header of {HEADER.size}") from error
        if form != FORM:
            raise Broken(f"document starts with {form!r}; expected {FORM!r}: publish it again or upgrade the node")
        self._data = data
        self._asked_about = _NOBODY

    def render(self, index: int, reader: Reader, page: bytes = b"") -> bytes:
        """Return the JSON of one item for a reader; ``page`` fills the hole of a list page."""
        return self.answer(index, reader, page)[0]

    def outcome(self, index: int, reader: Reader) -> str:
        """Return what the reader's rights came to: with ``tag`` and the market it names the rendered bytes.

        Shape: one letter per hole with a market, 16 hexadecimal digits without. A page is not covered by it.
        """
        return self.answer(index, reader)[1]

    def answer(self, index: int, reader: Reader, page: bytes = b"") -> tuple[bytes, str]:
        """Return the rendered item and its outcome from one evaluation. Raises: IndexError for no such item."""
        if not 0 <= index < self.item_count:
            raise IndexError(f"item {index} of a document of {self.item_count}")
        try:
            splice = self._splice_lists if reader.market is None else self._splice_verdicts
            parts, outcome = splice(index, reader, page)
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at item {index}") from error
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
            return Playability(judge_rights(self._data, rights_at, reader))
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

    def _splice_verdicts(self, index: int, reader: Reader, page: bytes) -> tuple[list[bytes], str]:
        """Return the pieces of an item with its holes filled for a market, and what the rights of each came to."""
        data = self._data
        verdicts = reader.verdicts
        members = reader.members
        is_named = self._is_named if self._asked_about is reader.denied_ids else self._find_named(reader)
        parts = []
        outcome = ""
        at, stop, holes_at, hole_count, _ = _unpack_item(data, self._items_at + index * _ITEM_BYTES)
        for hole_at, kind, rights_at, key in _iter_holes(data[holes_at : holes_at + hole_count * _HOLE_BYTES]):
            parts.append(data[at:hole_at])
            at = hole_at
            if kind == _PAGE:
                parts.append(page)
                continue
            verdict = verdicts.get(key)
            if verdict is None:
                verdict = verdicts[key] = judge_deals(data, rights_at, reader)
            if is_named and verdict != _MARKET and is_denied(data, rights_at, reader):
                verdict = _MARKET
            parts.append(members[kind][verdict])
            outcome += _OUTCOMES[verdict]
        parts.append(data[at:stop])
        return parts, outcome

    def _splice_lists(self, index: int, reader: Reader, page: bytes) -> tuple[list[bytes], str]:
        """Return the pieces of an item with its holes filled with lists of markets, and a hash of those."""
        data = self._data
        parts = []
        listed = b""
        at, stop, holes_at, hole_count, _ = _unpack_item(data, self._items_at + index * _ITEM_BYTES)
        for hole_at, kind, rights_at, _ in _iter_holes(data[holes_at : holes_at + hole_count * _HOLE_BYTES]):
            parts.append(data[at:hole_at])
            at = hole_at
            if kind == _PAGE:
                parts.append(page)
                continue
            if kind in (_EPISODE, _CHAPTER):
                parts.append(NOWHERE)
            if kind != _EPISODE:
                markets = list_markets(data, rights_at, reader)
                parts.append(render_markets(markets))
                listed += markets
        parts.append(data[at:stop])
        return parts, hashlib.blake2b(listed, digest_size=8).hexdigest() if listed else ""

    def _find_named(self, reader: Reader) -> bool:
        """Tell whether a denial names any subject of the document: nearly never, and found out once for all items."""
        denied_ids = self._asked_about = reader.denied_ids
        self._is_named = not denied_ids.isdisjoint(self._data[self._subjects_at : self._bodies_at].split())
        return self._is_named
