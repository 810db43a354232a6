"""Documents as they are read: find, evaluate, splice. This is the hot path of every node.

Nothing here checks a document: ``encoding.check_document`` did, before the node stored it.
"""

import struct
from enum import IntEnum

from antiphon.model.errors import Broken
from antiphon.segments.body import BASE_URL_BYTE, HOLE_BYTES, HoleKind
from antiphon.segments.evaluation import Playability, deny, find_filling, find_ruling, judge_rights, list_markets
from antiphon.segments.layout import (
    FORM,
    HEADER,
    HOLE,
    ITEM,
    MARKS,
    NO_MARKS,
    OUTLINE,
    RIGHTS,
    RIGHTS_AT,
    START,
    ItemRow,
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
    """A full episode, its show embedded as a card; the second item is the simplified one, which search shows."""
    AUDIOBOOK = 14
    """A full audiobook; its chapters are a hole for a page."""
    AUDIOBOOK_CHAPTERS = 15
    AUDIOBOOK_CARD = 16
    CHAPTER = 17
    """A full chapter, its audiobook embedded as a card."""
    CLIENT = 18
    """What a node must know of a client to give it a token: its secret's hash, tier and roles. Never served."""


_PAGE = int(HoleKind.PAGE)
_PAGE_BYTE = HOLE_BYTES[HoleKind.PAGE]
_PAGE_BIT = 1 << HoleKind.PAGE
_KEY_PREFIXES = {kind: bytes((kind,)) for kind in DocumentKind}
_NOBODY: frozenset[int] = frozenset({-1})
"""The denied of no overlay: no mark is negative."""

_unpack_start = START.unpack_from
_unpack_outline = OUTLINE.unpack_from
_unpack_item = ITEM.unpack_from
_iter_holes = HOLE.iter_unpack
_unpack_marks = tuple(marks.unpack_from for marks in MARKS)
_ITEM_BYTES = ITEM.size
_HOLE_ROW_BYTES = HOLE.size
"""Bound once: looking them up was a tenth of a read."""


def document_key(kind: DocumentKind, entity_id: str) -> bytes:
    """Return the key of a document: one per kind and entity."""
    return _KEY_PREFIXES[kind] + entity_id.encode()


def answer_document(data: bytes, reader: Reader, page: bytes = b"") -> tuple[bytes, str, str]:
    """Return a document of one item as a reader gets it, its entity tag, and the outcome that is part of that.

    The same as a ``DocumentView`` gives, made without one where all holes are filled alike and nothing is denied: that
    is nearly always. The tag does not cover the page. Raises: Broken (our fault), as a view does.
    """
    try:
        form, tag, count, mark_count, marks_at, start, stop, run, rights_at, key = _unpack_start(data)
        denied = reader.denied_marks
        if (
            form != FORM
            or count != 1
            or not run
            or (denied and (mark_count == NO_MARKS or not denied.isdisjoint(_unpack_marks[mark_count](data, marks_at))))
        ):
            return _answer_view(data, reader, page)
        replacements, outcome = reader.fillings.get(key) or find_filling(data, rights_at, key, reader)
    except (struct.error, IndexError) as error:
        raise Broken(f"document of {len(data)} bytes is no document of one item") from error
    body = data[start:stop]
    for mark, members in replacements:
        body = body.replace(mark, members)
    body = body.replace(BASE_URL_BYTE, reader.base_url)
    if key & _PAGE_BIT:
        body = body.replace(_PAGE_BYTE, page)
    return body, f'"{tag.decode()}-{outcome}"', outcome


def _answer_view(data: bytes, reader: Reader, page: bytes) -> tuple[bytes, str, str]:
    view = DocumentView(data)
    body, outcome = view.answer(0, reader, page)
    return body, f'"{view.tag.decode()}-{outcome}"', outcome


class DocumentView:
    """A document's bytes, ready to be rendered.

    Raises Broken (our fault) from any method for bytes that are no document or end too early. ``tag`` is the hash of
    the content (16 hexadecimal digits); with an outcome it makes an ETag.
    """

    __slots__ = ("_asked_about", "_data", "_is_named", "_items_at", "_mark_count", "_marks_at", "item_count", "tag")

    def __init__(self, data: bytes) -> None:
        try:
            form, self.tag, self.item_count, self._mark_count, self._items_at, self._marks_at = _unpack_outline(data)
        except struct.error as error:
            raise Broken(f"document of {len(data)} bytes ends inside its header of {HEADER.size}") from error
        if form != FORM:
            raise Broken(f"document starts with {form!r}; expected {FORM!r}: publish it again or upgrade the node")
        self._data = data
        self._asked_about = _NOBODY

    def render(self, index: int, reader: Reader, page: bytes = b"") -> bytes:
        """Return the JSON of one item for a reader; ``page`` fills the hole of a list page."""
        return self.answer(index, reader, page)[0]

    def answer(self, index: int, reader: Reader, page: bytes = b"") -> tuple[bytes, str]:
        """Return the rendered item and its outcome from one evaluation. Raises: IndexError for no such item.

        The outcome is what the reader's rights came to: with ``tag`` and the market it names the rendered bytes. It is
        a letter with a market, 16 hexadecimal digits without, several where the item has rights of several kinds,
        nothing where it has none. A page is not covered by it.
        """
        self._check_index(index)
        try:
            body, outcome, _ = self._fill(index, index + 1, reader, page)
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at item {index}") from error
        return body.replace(BASE_URL_BYTE, reader.base_url), outcome

    def answer_items(self, start: int, stop: int, reader: Reader) -> tuple[bytes, str]:
        """Return the items from ``start`` to before ``stop``, a comma between them, and the outcome of them all.

        Fewer where the document has fewer. Those with the same rights are filled at once.
        """
        stop = min(stop, self.item_count)
        parts, outcomes = [], []
        at = start
        try:
            while at < stop:
                body, outcome, at = self._fill(at, stop, reader, b"")
                parts.append(body)
                outcomes.append(outcome)
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at item {at}") from error
        return b",".join(parts).replace(BASE_URL_BYTE, reader.base_url), ".".join(outcomes)

    def body(self, index: int = 0) -> bytes:
        """Return the bytes of one item as stored, holes unfilled: for documents that are read rather than served."""
        start, stop, *_ = self._row(index)
        return self._data[start:stop]

    def group(self, index: int) -> int:
        """Return the group of one item."""
        return self._row(index)[4]

    def playability(self, reader: Reader, rights: int = 0) -> Playability:
        """Return whether the reader may stream what the document's rights of this index cover.

        A reader without a market may not: nobody knows where they are.
        """
        if reader.market is None:
            return Playability.MARKET
        try:
            return Playability(judge_rights(self._data, self._rights_at(rights), reader))
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at rights {rights}") from error

    def markets(self, reader: Reader, rights: int = 0) -> bytes:
        """Return where the reader's tier may stream now what the document's rights of this index cover.

        Shape: a byte for each of ``TERRITORIES``, and some more: 1 where it may. The reader's market is of no matter.
        """
        try:
            return list_markets(self._data, self._rights_at(rights), reader)
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes points outside itself at rights {rights}") from error

    def _rights_at(self, rights: int) -> int:
        starts_at: int = HEADER.unpack_from(self._data)[RIGHTS_AT]
        return starts_at + rights * RIGHTS.size

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.item_count:
            raise IndexError(f"item {index} of a document of {self.item_count}")

    def _row(self, index: int) -> ItemRow:
        self._check_index(index)
        try:
            row: ItemRow = ITEM.unpack_from(self._data, self._items_at + index * ITEM.size)
        except struct.error as error:
            raise Broken(f"document of {len(self._data)} bytes ends before item {index}") from error
        return row

    def _fill(self, index: int, stop: int, reader: Reader, page: bytes) -> tuple[bytes, str, int]:
        """Return as many items as can be filled at once, before ``stop``, their outcome, and which item is next."""
        data = self._data
        row = _unpack_item(data, self._items_at + index * _ITEM_BYTES)
        start, end, _, _, _, run, rights_at, key = row
        is_named = self._is_named if self._asked_about is reader.denied_marks else self._find_named(reader)
        if is_named or not run:
            body, outcome = self._splice(row, reader, page, is_named=is_named)
            return body, outcome, index + 1
        following = min(index + run, stop)
        if following > index + 1:
            end = _unpack_item(data, self._items_at + (following - 1) * _ITEM_BYTES)[1]
        replacements, outcome = reader.fillings.get(key) or find_filling(data, rights_at, key, reader)
        body = data[start:end]
        for mark, members in replacements:
            body = body.replace(mark, members)
        if key & _PAGE_BIT:
            body = body.replace(_PAGE_BYTE, page)
        return body, outcome, following

    def _splice(self, row: ItemRow, reader: Reader, page: bytes, *, is_named: bool) -> tuple[bytes, str]:
        """Return an item with each hole filled by itself, and its outcome."""
        data = self._data
        parts = []
        outcomes = []
        at, stop, holes_at, hole_count, *_ = row
        for hole_at, kind, rights_at, key in _iter_holes(data[holes_at : holes_at + hole_count * _HOLE_ROW_BYTES]):
            parts.append(data[at:hole_at])
            at = hole_at + 1
            if kind == _PAGE:
                parts.append(page)
                continue
            ruling = find_ruling(data, rights_at, key, reader)
            if is_named:
                ruling = deny(ruling, data, rights_at, reader)
            parts.append(ruling.members[kind])
            outcomes.append(ruling.outcome)
        parts.append(data[at:stop])
        is_uniform = len(set(outcomes)) == 1
        return b"".join(parts), outcomes[0] if is_uniform else "".join(outcomes)

    def _find_named(self, reader: Reader) -> bool:
        """Tell whether a denial may name a subject of the document: nearly never, and found out once for all items."""
        denied = self._asked_about = reader.denied_marks
        count = self._mark_count
        try:
            self._is_named = bool(denied) and (
                count == NO_MARKS or not denied.isdisjoint(_unpack_marks[count](self._data, self._marks_at))
            )
        except (struct.error, IndexError) as error:
            raise Broken(f"document of {len(self._data)} bytes ends before its marks") from error
        return self._is_named
