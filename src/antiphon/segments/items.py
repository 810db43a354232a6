"""The items of a document as they are written and checked: their rows, their holes, and the runs filled at once."""

from collections.abc import Sequence
from typing import NamedTuple

from antiphon.model.errors import Broken
from antiphon.segments.body import HOLE_BYTES, Hole, HoleKind, Item
from antiphon.segments.layout import HOLE, ITEM, KINDS_MASK, MAX_HOLES_PER_ITEM, RIGHTS, ItemRow

BETWEEN_ITEMS = b","
"""Stands between the bodies of items, so that a run of them is a piece of a JSON array as it is."""

_HOLE_BYTES = b"".join(HOLE_BYTES)
_EVALUATED = frozenset(HoleKind) - {HoleKind.PAGE}
"""The kinds of holes that rights fill."""

HoleRow = tuple[int, int, int, int]


class Places(NamedTuple):
    """Where the parts of a document start that its items name."""

    holes: int
    rights: int
    bodies: int


def pack_items(items: Sequence[Item], places: Places, keys: Sequence[int]) -> tuple[bytes, bytes]:
    """Return the table of items and the table of holes; ``keys`` are those of the rights rows.

    Raises: Broken (our fault) for an item with too many holes, or a hole for rights that are not there.
    """
    body_at, hole_at = places.bodies, places.holes
    rows: list[ItemRow] = []
    holes: list[HoleRow] = []
    for item in items:
        if len(item.holes) > MAX_HOLES_PER_ITEM:
            raise Broken(f"{len(item.holes)} holes in one item; the format has room for {MAX_HOLES_PER_ITEM}")
        own = [_place_hole(hole, body_at, places.rights, keys) for hole in item.holes]
        stop = body_at + len(item.body)
        rights_at, key = _find_key(own)
        run = 0 if key is None else 1
        rows.append((body_at, stop, hole_at, len(own), item.group, run, rights_at, key or 0))
        holes += own
        hole_at += len(own) * HOLE.size
        body_at = stop + len(BETWEEN_ITEMS)
    packed_rows = b"".join(ITEM.pack(*row) for row in _count_runs(rows))
    return packed_rows, b"".join(HOLE.pack(*hole) for hole in holes)


def check_items(data: bytes, rows: Sequence[ItemRow], places: Places, maps_at: int) -> None:
    """Check that items, holes and bodies of a document fit each other, so that what fills them fits too.

    ``maps_at``: where the rights end. Raises: Broken (our fault, or that of whoever changed the bytes).
    """
    expected: list[ItemRow] = []
    body_at, hole_at = places.bodies, places.holes
    for row in rows:
        start, stop, first_hole, count, group, *_ = row
        holes_stop = first_hole + count * HOLE.size
        if start != body_at or not start <= stop <= len(data) or first_hole != hole_at or holes_stop > places.rights:
            raise Broken("document has an item outside itself")
        holes = list(HOLE.iter_unpack(data[first_hole:holes_stop]))
        _check_holes(data[start:stop], holes, (start, places.rights, maps_at))
        rights_at, key = _find_key(holes)
        expected.append((start, stop, first_hole, count, group, 0 if key is None else 1, rights_at, key or 0))
        body_at, hole_at = stop + len(BETWEEN_ITEMS), holes_stop
        if stop < len(data) and data[stop:body_at] != BETWEEN_ITEMS:
            raise Broken("document has something else than a comma between its items")
    if list(rows) != _count_runs(expected):
        raise Broken("document has items with other runs or keys than their holes give")


def _place_hole(hole: Hole, body_at: int, rights_at: int, keys: Sequence[int]) -> HoleRow:
    if hole.kind is HoleKind.PAGE:
        return (body_at + hole.offset, hole.kind, 0, 0)
    if hole.rights >= len(keys):
        raise Broken(f"hole names rights {hole.rights} of {len(keys)}")
    return (body_at + hole.offset, hole.kind, rights_at + hole.rights * RIGHTS.size, keys[hole.rights])


def _find_key(holes: Sequence[HoleRow]) -> tuple[int, int | None]:
    """Return the first rights row of an item and its key; None for the key: it has rights of several kinds."""
    kinds = 0
    first: HoleRow | None = None
    for hole in holes:
        kinds |= 1 << hole[1]
        if hole[1] != HoleKind.PAGE:
            first = first or hole
            if hole[3] != first[3]:
                return 0, None
    return (0, kinds) if first is None else (first[2], first[3] & ~KINDS_MASK | kinds)


def _count_runs(rows: Sequence[ItemRow]) -> list[ItemRow]:
    """Return rows whose run is 1 or 0 with how far each run goes from there."""
    counted: list[ItemRow] = []
    following = 0
    key = -1
    for row in reversed(rows):
        following = (following + 1 if row[7] == key else 1) if row[5] else 0
        key = row[7] if row[5] else -1
        counted.append((*row[:5], following, *row[6:]))
    return counted[::-1]


def _check_holes(body: bytes, holes: Sequence[HoleRow], places: tuple[int, int, int]) -> None:
    body_at, rights_at, maps_at = places
    at = body_at
    for hole_at, kind, rights, _ in holes:
        is_filled = kind == HoleKind.PAGE or (
            kind in _EVALUATED and rights_at <= rights < maps_at and (rights - rights_at) % RIGHTS.size == 0
        )
        if not is_filled or hole_at < at or body[hole_at - body_at : hole_at - body_at + 1] != HOLE_BYTES[kind]:
            raise Broken(f"document has a hole of kind {kind} that nothing fills")
        at = hole_at + 1
    if len(body) - len(body.translate(None, _HOLE_BYTES)) != len(holes):
        raise Broken("document has bytes that stand for holes it does not name")
