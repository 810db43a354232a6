"""Documents as they are written and checked. Same content, same bytes: the tag and the segment's hash rest on it."""

import hashlib
import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.errors import Broken
from antiphon.model.remembering import remembering
from antiphon.segments.body import Item
from antiphon.segments.document import DocumentKind, DocumentView
from antiphon.segments.items import BETWEEN_ITEMS, Places, check_items, pack_items
from antiphon.segments.layout import (
    FORM,
    HEADER,
    HOLE,
    ITEM,
    KEY_BYTES,
    MARKS,
    MAX_DOCUMENT_BYTES,
    MAX_ITEMS,
    MAX_MARKS,
    NO_MARKS,
    RIGHTS,
    SUBJECTS_AT,
    SUBJECTS_STOP,
    TAG_START,
    TAG_STOP,
)
from antiphon.segments.timelines import check_map, pack_map, unite_spans

_MAPS_KEPT = 1024
"""Sets of packed maps kept per process, with their intervals some 10 KB each: the documents of one release share a few,
and its artists' lists ask for them again."""

_SUBJECTS_KEPT = 256
"""Lists of ids kept per process: the documents of one track have the same."""

_KINDS = frozenset(DocumentKind)

_REUSE_CHARACTERS = 1024
"""How far back ids are looked for that need not be written again: some tracks. Lists have 100,000 sets."""


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What fills a hole: the intervals, and the entity ids by which a denial may name what they cover."""

    intervals: tuple[Interval, ...] = ()
    subjects: tuple[str, ...] = ()


def encode_document(kind: DocumentKind, rights: Sequence[Rights], items: Sequence[Item]) -> bytes:
    """Return the bytes of a document. Holes name their rights by index.

    Raises: Broken (our fault) for a document over a limit, a subject with a blank, or a hole for rights that are not
    there.
    """
    subjects, spans = _pack_subjects(rights)
    marks, mark_count = _find_marks(subjects)
    items_at = HEADER.size
    holes_at = items_at + len(items) * ITEM.size
    marks_at = holes_at + sum(len(item.holes) for item in items) * HOLE.size
    rights_at = marks_at + len(marks)
    maps_at = rights_at + len(rights) * RIGHTS.size
    maps, map_rows, keys = _pack_maps(rights, maps_at)
    subjects_at = maps_at + len(maps)
    bodies_at = subjects_at + len(subjects)
    rights_rows = [
        RIGHTS.pack(*row, subjects_at + start, subjects_at + stop)
        for row, (start, stop) in zip(map_rows, spans, strict=True)
    ]
    item_rows, hole_rows = pack_items(items, Places(holes_at, rights_at, bodies_at), keys)
    bodies = BETWEEN_ITEMS.join(item.body for item in items)
    payload = b"".join((item_rows, hole_rows, marks, *rights_rows, maps, subjects, bodies))
    if len(items) > MAX_ITEMS or HEADER.size + len(payload) > MAX_DOCUMENT_BYTES:
        raise Broken(f"{kind.name} document of {len(items)} items and {len(payload)} bytes is over the limit")
    places = (items_at, holes_at, marks_at, rights_at, maps_at, subjects_at, bodies_at)
    header = HEADER.pack(FORM, kind, bytes(16), len(items), mark_count, *places)
    return header[:TAG_START] + _tag(header, payload) + header[TAG_STOP:] + payload


def check_document(data: bytes) -> None:
    """Check that bytes are a whole and sound document, so that rendering it cannot fail.

    Raises: Broken (our fault, or that of whoever changed the bytes) with what is wrong.
    """
    view = DocumentView(data)
    header = data[: HEADER.size]
    if view.tag != _tag(header, data[HEADER.size :]):
        raise Broken(f"document of {len(data)} bytes does not have the content of its tag {view.tag!r}")
    _, kind, _, count, mark_count, *places = HEADER.unpack(header)
    items_at, holes_at, marks_at, rights_at, maps_at, subjects_at, bodies_at = places
    if kind not in _KINDS:
        raise Broken(f"document has the kind {kind}, which this version does not know; upgrade the node")
    starts = [HEADER.size, *places, len(data)]
    if items_at != HEADER.size or starts != sorted(starts) or len(data) > MAX_DOCUMENT_BYTES:
        raise Broken(f"document of {len(data)} bytes has tables outside itself")
    if items_at + count * ITEM.size != holes_at:
        raise Broken(f"document says it has {count} items; its table has room for {(holes_at - items_at) / ITEM.size}")
    try:
        rows = list(ITEM.iter_unpack(data[items_at:holes_at]))
        check_items(data, rows, Places(holes_at, rights_at, bodies_at), maps_at)
        _check_rights(data, (rights_at, maps_at, subjects_at, bodies_at))
    except struct.error as error:
        raise Broken(f"document of {len(data)} bytes has tables of a broken length") from error
    if (data[marks_at:rights_at], mark_count) != _find_marks(data[subjects_at:bodies_at]):
        raise Broken("document has other marks than its subjects have")


def _check_rights(data: bytes, tables: tuple[int, int, int, int]) -> None:
    rights_at, maps_at, subjects_at, bodies_at = tables
    starts = []
    for row in RIGHTS.iter_unpack(data[rights_at:maps_at]):
        starts += [map_at for map_at in row[:SUBJECTS_AT] if map_at]
        if not subjects_at <= row[SUBJECTS_AT] <= row[SUBJECTS_STOP] <= bodies_at:
            raise Broken("document has subjects outside itself")
    ordered = sorted({*starts})
    if ordered and ordered[0] < maps_at:
        raise Broken("document has a map outside the table of maps")
    for start, stop in pairwise((*ordered, subjects_at)):
        check_map(data[start:stop])


def _tag(header: bytes, payload: bytes) -> bytes:
    digest = hashlib.sha256(header[:TAG_START])
    digest.update(header[TAG_STOP:])
    digest.update(payload)
    return digest.hexdigest()[: TAG_STOP - TAG_START].encode()


def _pack_maps(rights: Sequence[Rights], maps_at: int) -> tuple[bytes, list[list[int]], list[int]]:
    """Return the table of maps; per set of rights where the map of each code is (0: there is none); and its key."""
    packed = [_pack_codes(entry.intervals) for entry in rights]
    starts = {b"": 0}
    if packed and all(one is packed[0] for one in packed):
        table, row, _, key = packed[0]
        return table, [[at + maps_at if at >= 0 else 0 for at in row]] * len(packed), [key] * len(packed)
    for one in packed:
        for own in one.maps:
            if own not in starts:
                starts[own] = maps_at
                maps_at += len(own)
    return b"".join(starts), [[starts[own] for own in one.maps] for one in packed], [one.key for one in packed]


class _PackedCodes(NamedTuple):
    """What a set of intervals comes to: the table of its own maps, where each code's is in it, those maps, their key.

    ``row`` has -1 where a code has no map.
    """

    table: bytes
    row: tuple[int, ...]
    maps: tuple[bytes, ...]
    key: int


@remembering(_MAPS_KEPT)
def _pack_codes(intervals: tuple[Interval, ...]) -> _PackedCodes:
    maps = tuple(pack_map(coverage) for coverage in unite_spans(intervals))
    digest = hashlib.sha256()
    starts: dict[bytes, int] = {}
    size = 0
    for own in maps:
        digest.update(len(own).to_bytes(4, "little") + own)
        if own not in starts:
            starts[own] = size if own else -1
            size += len(own)
    row = tuple(starts[own] for own in maps)
    return _PackedCodes(b"".join(starts), row, maps, int.from_bytes(digest.digest()[:KEY_BYTES], "little"))


def _pack_subjects(rights: Sequence[Rights]) -> tuple[bytes, list[tuple[int, int]]]:
    """Return the ids of all sets of rights, and where each set's start and stop.

    A set whose ids stand together shortly before it is not written again: an album's are among those of its tracks.
    """
    text = " "
    spans = []
    for entry in rights:
        own = _join_subjects(entry.subjects)
        at = text.find(f" {own}", max(0, len(text) - _REUSE_CHARACTERS))
        if at < 0:
            at = len(text) - 1
            text += own
        spans.append((at, at + len(own)))
    return text[1:].encode("ascii"), spans


@lru_cache(_SUBJECTS_KEPT)
def _join_subjects(subjects: tuple[str, ...]) -> str:
    """Return ids, each once and a blank after each. Raises: Broken (our fault) for what is no id."""
    unique = dict.fromkeys(subjects)
    if any(not subject or subject.split() != [subject] for subject in unique):
        raise Broken(f"entity ids have no blanks and are not empty; got {list(unique)}")
    return "".join(f"{subject} " for subject in unique)


def _find_marks(subjects: bytes) -> tuple[bytes, int]:
    return (_pack_few_marks if len(subjects) <= _REUSE_CHARACTERS else _pack_marks)(subjects)


def _pack_marks(subjects: bytes) -> tuple[bytes, int]:
    """Return the marks of subjects, in order, and how many there are."""
    unique = dict.fromkeys(subjects.split())
    if len(unique) > MAX_MARKS:
        return b"", NO_MARKS
    return MARKS[len(unique)].pack(*map(crc32, unique)), len(unique)


_pack_few_marks = lru_cache(_SUBJECTS_KEPT)(_pack_marks)
