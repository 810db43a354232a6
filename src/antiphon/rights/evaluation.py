"""The one evaluator of intervals: may this listener do this now, why, and until when.

When publishing, explaining and serving ask the same function, they cannot disagree.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.territories import Territory
from antiphon.rights.territory_bits import territory_index


class Reason(StrEnum):
    """Why a verdict is as it is. The first that fits is given, in this order."""

    AVAILABLE = "available"
    TIER = "tier"
    """Listeners of another tier may, in this market, now."""
    NOT_YET = "not_yet"
    """A deal covers this market and starts later."""
    ENDED = "ended"
    """Deals covered this market and all have ended."""
    NOT_IN_MARKET = "not_in_market"
    """Deals for this tier and use exist, for other markets."""
    NO_DEAL = "no_deal"
    """No deal grants this use to this tier anywhere."""


class Span(NamedTuple):
    """A half-open span of time in seconds since the epoch, UTC; None: no bound."""

    starts_at: int | None
    ends_at: int | None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one listener at one instant.

    ``interval`` is the one that decided: of those that grant, the longest lasting; else the next to start, the last
    to have ended, or the other tier's; None where none bears on it. ``span`` is the unbroken time that it is part of,
    whatever deals it is made of: those that overlap or touch are one. ``changes_at`` is the next second since the
    epoch, UTC, at which ``is_available`` turns by time alone; None: never.
    """

    is_available: bool
    reason: Reason
    interval: Interval | None = None
    span: Span | None = None
    changes_at: int | None = None


def evaluate(intervals: Iterable[Interval], *, market: Territory, tier: Tier, use: Use, now: datetime) -> Verdict:
    """Return whether a tier may make a use in a market now, and why. ``now`` is aware.

    A tier's own deals alone count: a premium listener does not fall back on what free listeners may. Deals said twice,
    or in pieces, change nothing but ``interval``.
    """
    now_s = int(now.timestamp())
    bit = 1 << territory_index(market)
    of_use = [interval for interval in intervals if interval.use is use]
    own = [interval for interval in of_use if interval.tier is tier]
    here = [interval for interval in own if interval.territories & bit]
    spans = join_spans(here)
    if any(_covers(interval, now_s) for interval in here):
        span = _last_begun(spans, now_s)
        interval = _longest([interval for interval in here if _covers(interval, now_s)])
        return Verdict(
            is_available=True, reason=Reason.AVAILABLE, interval=interval, span=span, changes_at=span.ends_at
        )
    coming = next((span for span in spans if _start(span) > now_s), None)
    changes_at = coming.starts_at if coming is not None else None
    others = [interval for interval in of_use if interval.territories & bit]
    of_other_tier = [interval for interval in others if _covers(interval, now_s)]
    if of_other_tier:
        reason, interval, span = Reason.TIER, _longest(of_other_tier), _last_begun(join_spans(others), now_s)
    elif coming is not None:
        reason, span = Reason.NOT_YET, coming
        interval = min((i for i in here if _start(i) > now_s), key=_start)
    elif here:
        reason, interval, span = Reason.ENDED, _longest(here), spans[-1]
    else:
        return Verdict(is_available=False, reason=Reason.NOT_IN_MARKET if own else Reason.NO_DEAL)
    return Verdict(is_available=False, reason=reason, interval=interval, span=span, changes_at=changes_at)


def join_spans(intervals: Iterable[Interval]) -> tuple[Span, ...]:
    """Return the time that some intervals cover: ascending, and what overlaps or touches is one span."""
    joined: list[Span] = []
    for span in sorted((Span(i.starts_at, i.ends_at) for i in intervals), key=_start):
        if joined and _start(span) <= _end(joined[-1]):
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1], span, key=_end).ends_at)
        else:
            joined.append(span)
    return tuple(joined)


def available_territories(intervals: Sequence[Interval], *, tier: Tier, use: Use, now_s: int) -> int:
    """Return, as a bitset, the territories in which a tier may make a use at a second since the epoch.

    Agrees with ``evaluate`` for every market; this is the form that serving asks, once per document and read.
    """
    bits = 0
    for interval in intervals:
        if interval.tier is tier and interval.use is use:
            starts_at, ends_at = interval.starts_at, interval.ends_at
            if (starts_at is None or starts_at <= now_s) and (ends_at is None or now_s < ends_at):
                bits |= interval.territories
    return bits


def _last_begun(spans: Sequence[Span], now_s: int) -> Span:
    return max((span for span in spans if _start(span) <= now_s), key=_start)


def _longest(intervals: Sequence[Interval]) -> Interval:
    return max(intervals, key=_end)


def _covers(interval: Interval, at: int) -> bool:
    return _start(interval) <= at < _end(interval)


def _start(span: Interval | Span) -> float:
    return float("-inf") if span.starts_at is None else span.starts_at


def _end(span: Interval | Span) -> float:
    return float("inf") if span.ends_at is None else span.ends_at
