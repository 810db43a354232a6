"""Where a track plays and where it does not: one answer for each of the 250 markets, equal ones together.

The world is first cut into the largest areas that nothing about the track tells apart, so that each is judged once, by
the judgement that any single question gets: 250 markets are mostly three areas, or one per midnight.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from antiphon.catalogue.judgement import Bearings, ExplainedReason, Question, judge
from antiphon.catalogue.stand_ins import StandIns
from antiphon.catalogue.takedowns import denied_territories
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.rights import WORLD, clocks_at, territories_of, utc_time, withheld_territories


class MarketGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Markets with one answer for a tier. ``markets`` are in the order of ``TERRITORIES``.

    ``changes_at``: when the answer turns by time alone; ``ended_at``: since when nothing is granted any more. Both are
    ISO 8601: with Z one instant for all of them; without an offset what each market's own clocks show. None: never,
    and that it has not ended. ``stand_in``: the track that listeners get instead; empty: none.
    """

    tier: Tier
    reason: ExplainedReason
    is_playable: bool
    markets: tuple[Territory, ...]
    changes_at: str | None = None
    ended_at: str | None = None
    stand_in: str = ""


class _Answer(NamedTuple):
    """What the markets of a group have in common, but for their clocks."""

    reason: ExplainedReason
    stand_in: str


class _Area(NamedTuple):
    """Territories that get one answer, and the instant it turns or turned at; None: it has none."""

    territories: int
    turns_at: int | None


def map_markets(
    bearings: Bearings, stand_ins: StandIns, *, tiers: Iterable[Tier], use: Use, now: datetime
) -> tuple[MarketGroup, ...]:
    """Return the answer in every market for some tiers, each market once per tier.

    Shape: by tier as given; what plays comes first, then the groups of most markets.
    """
    areas = cut_world(_telling_sets(bearings, stand_ins))
    local = _split_bearings(bearings, areas, use)
    return tuple(
        group for tier in tiers for group in _map_tier(local, stand_ins, areas, Question(_ANY, tier, use, now))
    )


_ANY = Territory("AD")
"""Stands where a question has no market yet."""


def cut_world(sets: Iterable[int]) -> tuple[int, ...]:
    """Return the largest areas that lie wholly inside or wholly outside each of some sets of territories."""
    areas = [WORLD]
    for bits in dict.fromkeys(sets):
        areas = [part for area in areas for part in (area & bits, area & ~bits) if part]
    return tuple(areas)


def _split_bearings(bearings: Bearings, areas: Sequence[int], use: Use) -> list[Bearings]:
    """Return for each area what bears on it: a release may have a deal for each territory, and hundreds of them."""
    granted = _split_intervals(bearings.granted, areas, use)
    untaken = granted if bearings.untaken is bearings.granted else _split_intervals(bearings.untaken, areas, use)
    kept = granted if bearings.kept is bearings.granted else _split_intervals(bearings.kept, areas, use)
    return [
        msgspec.structs.replace(bearings, granted=granted[area], untaken=untaken[area], kept=kept[area])
        for area in areas
    ]


def _split_intervals(intervals: Iterable[Interval], areas: Iterable[int], use: Use) -> dict[int, tuple[Interval, ...]]:
    """Return the intervals of a use in each area, and one of each tier wherever it is: it tells that there are some."""
    of_use = [interval for interval in intervals if interval.use is use]
    first_bits = {area & -area: area for area in areas}
    all_first_bits = sum(first_bits)
    witnesses = list({interval.tier: interval for interval in of_use}.values())
    found = {area: list(witnesses) for area in areas}
    for interval in of_use:
        left = interval.territories & all_first_bits
        while left:
            bit = left & -left
            found[first_bits[bit]].append(interval)
            left ^= bit
    return {area: tuple(own) for area, own in found.items()}


def _telling_sets(bearings: Bearings, stand_ins: StandIns) -> Iterator[int]:
    yield from (interval.territories for interval in (*bearings.granted, *bearings.untaken, *bearings.kept))
    yield from (denied_territories(denial) for denial in bearings.denials)
    yield from (withheld_territories(d) for d in bearings.deals if d.is_takedown or d.is_all_deals_cancelled)
    yield from stand_ins.territories()


def _map_tier(
    local: Sequence[Bearings], stand_ins: StandIns, areas: Sequence[int], question: Question
) -> Iterator[MarketGroup]:
    found: dict[_Answer, list[_Area]] = {}
    for area, bearings in zip(areas, local, strict=True):
        market = TERRITORIES[(area & -area).bit_length() - 1]
        judgement = judge(bearings, msgspec.structs.replace(question, market=market))
        has_ended = judgement.reason is ExplainedReason.ENDED and judgement.bearing.span is not None
        turns_at = judgement.bearing.span.ends_at if has_ended and judgement.bearing.span else judgement.changes_at
        served = stand_ins.find_served(market, question.tier)
        found.setdefault(_Answer(judgement.reason, served), []).append(_Area(area, turns_at))
    groups = [group for answer, parts in found.items() for group in _group_by_clock(answer, parts, question.tier)]
    yield from sorted(groups, key=lambda group: (not group.is_playable, -len(group.markets), group.markets))


def _group_by_clock(answer: _Answer, areas: list[_Area], tier: Tier) -> list[MarketGroup]:
    """Return the groups of one answer, by the instant or by what local clocks show then, whichever are fewer."""
    by_instant: dict[str | None, int] = {}
    for area in areas:
        instant = say_instant(area.turns_at)
        by_instant[instant] = by_instant.get(instant, 0) | area.territories
    by_clock: dict[str | None, int] = {}
    for area in areas if len(by_instant) > 1 else ():
        for shown, territories in clocks_at(area.turns_at) if area.turns_at is not None else ((None, WORLD),):
            if there := territories & area.territories:
                by_clock[shown] = by_clock.get(shown, 0) | there
    fewer = by_clock if 0 < len(by_clock) < len(by_instant) else by_instant
    has_ended = answer.reason is ExplainedReason.ENDED
    return [
        MarketGroup(
            tier=tier,
            reason=answer.reason,
            is_playable=answer.reason is ExplainedReason.AVAILABLE,
            markets=territories_of(bits),
            changes_at=None if has_ended else shown,
            ended_at=shown if has_ended else None,
            stand_in=answer.stand_in,
        )
        for shown, bits in fewer.items()
    ]


def say_instant(at: int | None) -> str | None:
    """Return an instant as ISO 8601 text in UTC; None stays None."""
    return None if at is None else utc_time(at).strftime("%Y-%m-%dT%H:%M:%SZ")
