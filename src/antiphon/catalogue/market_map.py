"""Where a track plays and where it does not: one answer for each of the 250 markets, equal ones together.

The world is first cut into the largest areas that nothing about the track tells apart, so that each is judged once, by
the judgement that any single question gets: 250 markets are mostly three areas, or one per midnight.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from antiphon.catalogue.judgement import Bearings, ExplainedReason, Question, judge
from antiphon.catalogue.stand_ins import StandIns
from antiphon.catalogue.takedowns import denied_territories
from antiphon.model.availability import Tier, Use
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
    return tuple(
        group for tier in tiers for group in _map_tier(bearings, stand_ins, areas, Question(_ANY, tier, use, now))
    )


_ANY = Territory("AD")
"""Stands where a question has no market yet."""


def cut_world(sets: Iterable[int]) -> tuple[int, ...]:
    """Return the largest areas that lie wholly inside or wholly outside each of some sets of territories."""
    areas = [WORLD]
    for bits in dict.fromkeys(sets):
        areas = [part for area in areas for part in (area & bits, area & ~bits) if part]
    return tuple(areas)


def _telling_sets(bearings: Bearings, stand_ins: StandIns) -> Iterator[int]:
    yield from (interval.territories for interval in (*bearings.granted, *bearings.untaken, *bearings.kept))
    yield from (denied_territories(denial) for denial in bearings.denials)
    yield from (withheld_territories(d) for d in bearings.deals if d.is_takedown or d.is_all_deals_cancelled)
    yield from stand_ins.territories()


def _map_tier(
    bearings: Bearings, stand_ins: StandIns, areas: tuple[int, ...], question: Question
) -> Iterator[MarketGroup]:
    found: dict[_Answer, list[_Area]] = {}
    for area in areas:
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
