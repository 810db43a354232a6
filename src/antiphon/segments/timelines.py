"""Intervals turned by territory: which timeline each territory has, and the spans of each timeline.

Documents name no deals, so spans that overlap or touch unite; what is left says exactly when a tier may make a use.
"""

from collections.abc import Iterable

from antiphon.model.availability import Interval
from antiphon.model.errors import Broken
from antiphon.segments.layout import MAP_ROWS_AT, MAP_TERRITORIES, SPAN, UNBOUNDED_END, UNBOUNDED_START

Timeline = tuple[tuple[int, int], ...]
"""Half-open spans in seconds since the epoch: ascending, disjoint, never touching."""


def pack_map(intervals: Iterable[Interval]) -> bytes:
    """Return the map of intervals of one tier and use; empty where they cover nothing.

    Same coverage, same bytes: numbers go by the first territory that has a timeline.
    """
    timelines = _timelines_by_territory(intervals)
    distinct = dict.fromkeys(timelines[index] for index in sorted(timelines))
    if not distinct:
        return b""
    numbers = {timeline: number for number, timeline in enumerate(distinct, 1)}
    territories = bytearray(MAP_TERRITORIES)
    for index, timeline in timelines.items():
        territories[index] = numbers[timeline]
    return bytes(territories) + bytes((len(distinct),)) + _pack_timelines(list(distinct))


def check_map(data: bytes, map_at: int) -> None:
    """Check that the map at an offset is sound: numbers have rows, chains of spans go forwards and end.

    Raises: Broken (our fault).
    """
    room = len(data) - map_at
    if room < MAP_ROWS_AT:
        raise Broken("document ends inside a map of territories")
    count = data[map_at + MAP_TERRITORIES]
    if max(data[map_at : map_at + MAP_TERRITORIES]) > count or MAP_ROWS_AT + count * SPAN.size > room:
        raise Broken(f"document has a map of {count} timelines that names others")
    for first in range(MAP_ROWS_AT, MAP_ROWS_AT + count * SPAN.size, SPAN.size):
        at = first
        while at:
            _, _, more = SPAN.unpack_from(data, map_at + at)
            if more and not at < more <= room - SPAN.size:
                raise Broken("document has a timeline whose spans do not go forwards")
            at = more


def _timelines_by_territory(intervals: Iterable[Interval]) -> dict[int, Timeline]:
    """Return the timeline of each territory that has one, by the territory's number."""
    spans: dict[tuple[int, int], int] = {}
    for interval in intervals:
        starts_at = UNBOUNDED_START if interval.starts_at is None else interval.starts_at
        ends_at = UNBOUNDED_END if interval.ends_at is None else interval.ends_at
        if starts_at < ends_at:
            spans[starts_at, ends_at] = spans.get((starts_at, ends_at), 0) | interval.territories
    by_territory: dict[int, list[tuple[int, int]]] = {}
    for span, bits in sorted(spans.items()):
        while bits:
            lowest = bits & -bits
            by_territory.setdefault(lowest.bit_length() - 1, []).append(span)
            bits ^= lowest
    return {index: tuple(own) if len(own) == 1 else _unite(own) for index, own in by_territory.items()}


def _unite(spans: Iterable[tuple[int, int]]) -> Timeline:
    united: list[tuple[int, int]] = []
    for starts_at, ends_at in spans:
        if united and starts_at <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], ends_at))
        else:
            united.append((starts_at, ends_at))
    return tuple(united)


def _pack_timelines(timelines: list[Timeline]) -> bytes:
    """Return the first span of each timeline in order, then the spans that follow those."""
    first: list[bytes] = []
    rest: list[bytes] = []
    for timeline in timelines:
        for place, (starts_at, ends_at) in enumerate(timeline):
            is_last = place == len(timeline) - 1
            after = MAP_ROWS_AT + (len(timelines) + len(rest) + (1 if place else 0)) * SPAN.size
            row = SPAN.pack(starts_at, ends_at, 0 if is_last else after)
            (rest if place else first).append(row)
    return b"".join(first + rest)
