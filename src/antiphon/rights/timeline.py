"""Intervals of one tier and use laid out in time, for those who ask the same ones over and over.

``available_territories`` looks at every interval. A worldwide deal that starts at local midnight has about thirty,
and a node asks per read, so a document is better asked by one bisection.
"""

from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from antiphon.model.availability import Interval, Tier, Use


class Timeline(msgspec.Struct, frozen=True):
    """When which territories are available. ``territories[i]`` holds from ``instants[i - 1]`` until ``instants[i]``.

    ``instants`` are ascending seconds since the epoch; ``territories`` are bitsets, one more than instants. Neighbours
    differ, so every instant is one at which something changes somewhere.
    """

    instants: tuple[int, ...]
    territories: tuple[int, ...]

    def territories_at(self, now_s: int) -> int:
        """Return the bitset of the territories that are available at a second since the epoch."""
        return self.territories[bisect_right(self.instants, now_s)]


def compute_timeline(intervals: Iterable[Interval], *, tier: Tier, use: Use) -> Timeline:
    """Return the timeline of one tier and use. It agrees with ``available_territories`` at every instant."""
    own = [interval for interval in intervals if interval.tier is tier and interval.use is use]
    bounds = {interval.starts_at for interval in own} | {interval.ends_at for interval in own}
    instants: list[int] = []
    territories = [_united(interval for interval in own if interval.starts_at is None)]
    for at in sorted(bound for bound in bounds if bound is not None):
        now = _united(interval for interval in own if _covers(interval, at))
        if now != territories[-1]:
            instants.append(at)
            territories.append(now)
    return Timeline(tuple(instants), tuple(territories))


def _united(intervals: Iterable[Interval]) -> int:
    bits = 0
    for interval in intervals:
        bits |= interval.territories
    return bits


def _covers(interval: Interval, at: int) -> bool:
    started = interval.starts_at is None or interval.starts_at <= at
    return started and (interval.ends_at is None or at < interval.ends_at)
