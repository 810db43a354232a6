"""Dates and times as a message says them: the lexical form is kept and made an instant as late as possible.

A deal that starts on 2026-12-01 starts at local midnight in each of its territories; only ``rights``, which knows the
zones, turns that into instants. Source: ERN 4.3 DealTerms/ValidityPeriod; formats 3.2.
"""

from enum import StrEnum

import msgspec


class MomentKind(StrEnum):
    """What the lexical form leaves open."""

    DATE = "date"
    """A calendar day: local midnight (as a start) or the end of the day (as an end) of each territory."""
    LOCAL = "local_dt"
    """A date and time without a zone: local time of each territory."""
    INSTANT = "instant"
    """A date and time with Z or an offset: the same instant everywhere."""


class Moment(msgspec.Struct, frozen=True):
    """One date or time, as written (``text``, trimmed; an ISO 8601 date or date and time)."""

    text: str
    kind: MomentKind


class ValidityPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """From when until when. No start: already valid. No end: until further notice. A date as end is inclusive."""

    start: Moment | None = None
    end: Moment | None = None
