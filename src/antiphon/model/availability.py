"""Availability as intervals: what the deals of a track come to, and what an evaluation of them answers."""

from enum import StrEnum

import msgspec


class Tier(StrEnum):
    """What a listener pays with: attention or a subscription. A client's tier is a claim of its token."""

    FREE = "free"
    PREMIUM = "premium"


class Use(StrEnum):
    """What a listener does."""

    STREAM = "stream"
    OFFLINE = "offline"
    DOWNLOAD = "download"


class Interval(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One right: this tier may make this use in these territories in this half-open span of time.

    ``territories`` is a bitset: bit i is ``TERRITORIES[i]``. ``starts_at`` and ``ends_at`` are seconds since the epoch,
    UTC; None: no bound. ``deal_line`` and ``deal_path`` name the deal in the message of the statement it comes from.
    """

    tier: Tier
    use: Use
    territories: int
    starts_at: int | None = None
    ends_at: int | None = None
    deal_line: int = 0
    deal_path: str = ""
