"""Rights read back from a document, as intervals: for whoever lists what was granted, not for readers."""

from functools import lru_cache

from antiphon.model.availability import Interval
from antiphon.segments.encoding import Rights
from antiphon.segments.layout import (
    CODES,
    HEADER,
    MAP_ROWS_AT,
    MAP_TERRITORIES,
    RIGHTS,
    SPAN,
    SUBJECTS_AT,
    SUBJECTS_STOP,
    UNBOUNDED_END,
    UNBOUNDED_START,
)

_READ_KEPT = 4096
"""Sets of maps kept with their intervals, some 10 KB each: a catalogue has few distinct ones."""


def read_rights(document: bytes, index: int = 0) -> Rights:
    """Return the rights of a document at an index; empty where it has none of that index.

    Intervals are united: one per tier, use and span, ordered by them, naming no deals. ``document`` has been checked
    (``encoding.check_document``).
    """
    *_, rights_at, maps_at, subjects_at, _ = HEADER.unpack_from(document)
    row_at = rights_at + index * RIGHTS.size
    if row_at >= maps_at:
        return Rights()
    row = RIGHTS.unpack_from(document, row_at)
    places = tuple(map_at - maps_at if map_at else None for map_at in row[:SUBJECTS_AT])
    subjects = document[row[SUBJECTS_AT] : row[SUBJECTS_STOP]].decode("ascii")
    return Rights(intervals=_read_maps(document[maps_at:subjects_at], places), subjects=tuple(subjects.split()))


@lru_cache(_READ_KEPT)
def _read_maps(maps: bytes, places: tuple[int | None, ...]) -> tuple[Interval, ...]:
    """Return the intervals of the maps of each tier and use (None: it has none), in the order of ``CODES``."""
    return tuple(
        Interval(tier=tier, use=use, territories=bits, starts_at=starts_at, ends_at=ends_at)
        for (tier, use), map_at in zip(CODES, places, strict=True)
        if map_at is not None
        for (starts_at, ends_at), bits in _read_map(maps[map_at:]).items()
    )


def _read_map(data: bytes) -> dict[tuple[int | None, int | None], int]:
    """Return the territories of each span of the map that bytes begin with, the earliest span first."""
    bits_of: dict[int, int] = {}
    for index, number in enumerate(data[:MAP_TERRITORIES]):
        bits_of[number] = bits_of.get(number, 0) | 1 << index
    spans: dict[tuple[int, int], int] = {}
    for number in range(1, data[MAP_TERRITORIES] + 1):
        at = MAP_ROWS_AT + (number - 1) * SPAN.size
        while at:
            starts_at, ends_at, at = SPAN.unpack_from(data, at)
            spans[starts_at, ends_at] = spans.get((starts_at, ends_at), 0) | bits_of[number]
    return {
        (None if starts_at == UNBOUNDED_START else starts_at, None if ends_at == UNBOUNDED_END else ends_at): bits
        for (starts_at, ends_at), bits in sorted(spans.items())
    }
