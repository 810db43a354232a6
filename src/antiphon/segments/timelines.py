"""Intervals turned by territory: which timeline each territory has, and the spans of each timeline.

Documents name no deals, so spans that overlap or touch unite; what is left says exactly when a tier may make a use.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.errors import Broken
from antiphon.segments.layout import CODES, MAP_ROWS_AT, MAP_TERRITORIES, SPAN, UNBOUNDED_END, UNBOUNDED_START

Span = tuple[int, int]
"""A half-open span in seconds since the epoch."""

Coverage = tuple[tuple[Span, int], ...]
"""The spans of a set of intervals, ascending, each once and with all the territories that have it, as a bitset."""

Timeline = tuple[Span, ...]
"""Spans: ascending, disjoint, never touching."""

_COVERAGES_KEPT = 1024
"""Coverages whose maps are remembered, some 6 KB each: tiers and uses mostly have the same, and so have releases that
come out on one day."""

_BITSETS_KEPT = 4096
"""Sets of territories whose bytes are remembered, some 300 B each: the clocks on earth, for each way in which deals
name territories."""


def unite_spans(intervals: Iterable[Interval]) -> list[Coverage]:
    """Return what intervals cover for each tier and use, in the order of their codes."""
    by_code: dict[tuple[Tier, Use], dict[Span, int]] = {code: {} for code in CODES}
    for interval in intervals:
        starts_at = UNBOUNDED_START if interval.starts_at is None else interval.starts_at
        ends_at = UNBOUNDED_END if interval.ends_at is None else interval.ends_at
        if starts_at < ends_at and interval.territories:
            spans = by_code[interval.tier, interval.use]
            spans[starts_at, ends_at] = spans.get((starts_at, ends_at), 0) | interval.territories
    return [tuple(sorted(spans.items())) for spans in by_code.values()]


@lru_cache(_COVERAGES_KEPT)
def pack_map(coverage: Coverage) -> bytes:
    """Return the map of what is covered; empty where that is nothing.

    Same coverage, same bytes: numbers go by the first territory that has a timeline.
    """
    timelines = _find_timelines(coverage)
    if not timelines:
        return b""
    # Each territory has one timeline, so no byte is added to twice.
    numbered = sum(number * _spread(territories) for number, territories in enumerate(timelines.values(), 1))
    territories = numbered.to_bytes(MAP_TERRITORIES, "little")
    return territories + bytes((len(timelines),)) + _pack_timelines(list(timelines))


@lru_cache(_COVERAGES_KEPT)
def check_map(data: bytes) -> None:
    """Check that a map is sound: numbers have rows, chains of spans go forwards and end.

    Raises: Broken (our fault).
    """
    if len(data) < MAP_ROWS_AT:
        raise Broken("document ends inside a map of territories")
    count = data[MAP_TERRITORIES]
    if max(data[:MAP_TERRITORIES]) > count or MAP_ROWS_AT + count * SPAN.size > len(data):
        raise Broken(f"document has a map of {count} timelines that names others")
    for first in range(MAP_ROWS_AT, MAP_ROWS_AT + count * SPAN.size, SPAN.size):
        at = first
        while at:
            _, _, more = SPAN.unpack_from(data, at)
            if more and not at < more <= len(data) - SPAN.size:
                raise Broken("document has a timeline whose spans do not go forwards")
            at = more


def _find_timelines(coverage: Coverage) -> dict[Timeline, int]:
    """Return each timeline with the territories that have it, by the first of these."""
    groups: list[tuple[int, Timeline]] = []
    covered = 0
    for span, territories in coverage:
        if territories & covered:
            groups = [part for group in groups for part in _split(group, territories, span)]
        if territories & ~covered:
            groups.append((territories & ~covered, (span,)))
        covered |= territories
    found: dict[Timeline, int] = {}
    for territories, own in groups:
        timeline = own if len(own) == 1 else _unite(own)
        found[timeline] = found.get(timeline, 0) | territories
    return dict(sorted(found.items(), key=lambda item: item[1] & -item[1]))


def _split(group: tuple[int, Timeline], territories: int, span: Span) -> Iterator[tuple[int, Timeline]]:
    """Yield the part of a group that has one more span, and the part that has not."""
    own, spans = group
    if own & territories:
        yield own & territories, (*spans, span)
    if own & ~territories:
        yield own & ~territories, spans


@lru_cache(_BITSETS_KEPT)
def _spread(territories: int) -> int:
    """Return a number that has 1 in the byte of each territory of a bitset."""
    spread = 0
    while territories:
        lowest = territories & -territories
        spread |= 1 << 8 * (lowest.bit_length() - 1)
        territories ^= lowest
    return spread


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
