"""The one evaluator of intervals: may this listener do this now, why, and until when.

When publishing, explaining and serving ask the same function, they cannot disagree.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

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


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one listener at one instant.

    ``interval`` is the one that decided: of those that grant, the longest lasting; else the next to start, the last
    to have ended, or the other tier's; None where none bears on it. ``changes_at`` is the next second since the
    epoch, UTC, at which ``is_available`` turns by time alone; None: never.
    """

    is_available: bool
    reason: Reason
    interval: Interval | None = None
    changes_at: int | None = None


def evaluate(intervals: Iterable[Interval], *, market: Territory, tier: Tier, use: Use, now: datetime) -> Verdict:
    """Return whether a tier may make a use in a market now, and why. ``now`` is aware.

    A tier's own deals alone count: a premium listener does not fall back on what free listeners may.
    """
    now_s = int(now.timestamp())
    bit = 1 << territory_index(market)
    of_use = [interval for interval in intervals if interval.use is use]
    own = [interval for interval in of_use if interval.tier is tier]
    here = [interval for interval in own if interval.territories & bit]
    granting = [interval for interval in here if _covers(interval, now_s)]
    if granting:
        best = max(granting, key=_end)
        return Verdict(is_available=True, reason=Reason.AVAILABLE, interval=best, changes_at=_end_of_cover(here, now_s))
    coming = [interval for interval in here if interval.starts_at is not None and interval.starts_at > now_s]
    reason, interval = _explain_refusal(own, here, coming, [i for i in of_use if i.territories & bit], now_s)
    changes_at = min((_start(interval) for interval in coming), default=None)
    return Verdict(is_available=False, reason=reason, interval=interval, changes_at=changes_at)


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


def _explain_refusal(
    own: list[Interval], here: list[Interval], coming: list[Interval], of_market: list[Interval], now_s: int
) -> tuple[Reason, Interval | None]:
    of_other_tier = [interval for interval in of_market if _covers(interval, now_s)]
    if of_other_tier:
        return Reason.TIER, max(of_other_tier, key=_end)
    if coming:
        return Reason.NOT_YET, min(coming, key=_start)
    if here:
        return Reason.ENDED, max(here, key=_end)
    return (Reason.NOT_IN_MARKET, None) if own else (Reason.NO_DEAL, None)


def _covers(interval: Interval, at: int) -> bool:
    return _start(interval) <= at < _end(interval)


def _end_of_cover(intervals: list[Interval], now_s: int) -> int | None:
    """Return the first second after now that no interval covers; None: all time to come is covered."""
    until = float(now_s)
    for interval in sorted(intervals, key=_start):
        if _start(interval) <= until:
            until = max(until, _end(interval))
    return None if until == _FOREVER else int(until)


_FOREVER = float("inf")


def _start(interval: Interval) -> int:
    return -(1 << 62) if interval.starts_at is None else interval.starts_at


def _end(interval: Interval) -> float:
    return _FOREVER if interval.ends_at is None else interval.ends_at
