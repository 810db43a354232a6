"""Moments as rules compare them: near enough to say that two contradict, without zones, which are for ``rights``."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from antiphon.model.deals import Deal
from antiphon.model.periods import Moment, MomentKind

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_PARTIAL_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")

MOMENT_LENGTH_LIMIT = 64
"""Characters of a date and time. The longest sensible one has 35; what is longer must not fill the cache."""

EASTERNMOST_OFFSET = timedelta(hours=14)
"""The zone whose clocks are first to show a time (Kiribati)."""

ZONE_SLACK = timedelta(hours=26)
"""How far apart two clocks of the Earth can be (UTC-12 to UTC+14): what a comparison without zones must allow for."""


def read_moment(moment: Moment) -> datetime | None:
    """Return a moment as the clock there shows it, without a zone (a date: midnight); None: it cannot be read."""
    return _read_moment(moment) if len(moment.text) <= MOMENT_LENGTH_LIMIT else None


@lru_cache(maxsize=4096)
def _read_moment(moment: Moment) -> datetime | None:
    text = moment.text
    try:
        if moment.kind is MomentKind.DATE:
            match = _DATE.fullmatch(text)
            return datetime.fromisoformat(match[1]) if match else None
        hour_24 = "T24:00:00" in text
        shown = datetime.fromisoformat(text.replace("T24:00:00", "T00:00:00")).replace(tzinfo=None)
        return shown + timedelta(days=1) if hour_24 else shown
    except (ValueError, OverflowError):
        return None


def earliest_instant(moment: Moment) -> datetime | None:
    """Return the earliest instant a moment can mean, whatever zone it leaves out; None: it cannot be read."""
    shown = read_moment(moment)
    if shown is None:
        return None
    try:
        if moment.kind is MomentKind.INSTANT:
            return shown.replace(tzinfo=datetime.fromisoformat(moment.text.replace("T24:", "T00:")).tzinfo)
        return shown.replace(tzinfo=UTC) - EASTERNMOST_OFFSET
    except OverflowError:
        return None


def precedes(end: Moment, start: Moment) -> bool:
    """Tell whether a period with this start and this end certainly has no length; unreadable ones: not certain."""
    if end.text.startswith("9999"):
        return False
    started, ended = read_moment(start), read_moment(end)
    if started is None or ended is None:
        return False
    if end.kind is MomentKind.DATE:
        ended += timedelta(days=1)
    if MomentKind.INSTANT in (start.kind, end.kind) and start.kind is not end.kind:
        ended += ZONE_SLACK
    return ended <= started


def is_later(one: Moment, other: Moment) -> bool:
    """Tell whether one date is later than another, as far as both are given ("2010" and "2010-05-01": not)."""
    first, second = _PARTIAL_DATE.match(one.text), _PARTIAL_DATE.match(other.text)
    if first is None or second is None:
        return False
    shared = min(len(first[0]), len(second[0]))
    return first[0][:shared] > second[0][:shared]


def find_first_start(deals: Iterable[Deal]) -> Moment | None:
    """Return the earliest start among deals as clocks show it, orders ahead apart; None: no start can be read."""
    starts = {period.start for deal in deals if not deal.is_pre_order for period in deal.periods}
    readable = [(shown, start) for start in starts if start and (shown := read_moment(start)) is not None]
    return min(readable, key=lambda pair: pair[0], default=(None, None))[1]


def count_business_days(first: date, last: date) -> int:
    """Return the days from Monday to Friday after the first day up to the last; 0 where that is not later."""
    weeks, rest = divmod(max(0, (last - first).days), 7)
    return weeks * 5 + sum((first + timedelta(days=day)).isoweekday() <= 5 for day in range(1, rest + 1))
