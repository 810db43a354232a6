"""Moments as a message writes them, made instants: seconds since the epoch, UTC, territory by territory.

A date or a local time is a different instant in each zone, and many zones share one, so the answer is a short list of
(instant, territories): about 40 pairs for a date, a single one for a time with an offset.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from math import ceil, floor
from zoneinfo import ZoneInfo

from antiphon.model.periods import Moment, MomentKind
from antiphon.model.territories import Territory
from antiphon.rights.territory_bits import WORLD, bitset_of, territory_index
from antiphon.rights.zones import load_zone, zone_names

MOMENTS_KEPT = 4096
"""How many moments stay resolved: feeds repeat a few dates over thousands of deals. About 4 KB each, 16 MB in all."""

MOMENT_LENGTH_LIMIT = 64
"""Characters of a date and time. The longest sensible one has 35; what is longer must not fill the cache."""

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_FAR_YEAR = 9999
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the zero of local wall clocks
_SECOND = timedelta(seconds=1)

Instants = tuple[tuple[int, int], ...]
"""(seconds since the epoch, territory bitset) pairs by ascending instant; the bitsets do not overlap."""


class Edge(StrEnum):
    """Which edge of a validity period a moment is."""

    START = "start"
    END = "end"


class UnreadableMoment(ValueError):
    """The text is no ISO 8601 date or date and time. The provider's fault."""


def is_open_end(moment: Moment) -> bool:
    """Tell whether an end lies in the year 9999, which is how senders write "until further notice"."""
    return moment.text.startswith(str(_FAR_YEAR))


def resolve_moment(moment: Moment, edge: Edge) -> Instants:
    """Return the instant of a moment in every territory.

    A date starts at its local midnight and, as an end, lasts until the next one. A local time that clocks skip is the
    first instant after the gap; one they show twice is the first of the two. Fractions of a second round inwards, so
    that nothing begins early or ends late.
    Raises: UnreadableMoment. Source: formats 3.2.
    """
    if len(moment.text) > MOMENT_LENGTH_LIMIT:
        raise UnreadableMoment(moment.text[:MOMENT_LENGTH_LIMIT])
    return _resolve_moment(moment, edge)


def instant_in(moment: Moment, market: Territory) -> int:
    """Return the instant of a moment in one market: of a date, its local midnight. Raises: UnreadableMoment."""
    bit = 1 << territory_index(market)
    return next(at for at, territories in resolve_moment(moment, Edge.START) if territories & bit)


@lru_cache(maxsize=MOMENTS_KEPT)
def _resolve_moment(moment: Moment, edge: Edge) -> Instants:
    try:
        if moment.kind is MomentKind.INSTANT:
            return ((_round(datetime.fromisoformat(moment.text).astimezone(UTC).timestamp(), edge), WORLD),)
        local = _local_midnight(moment.text, edge) if moment.kind is MomentKind.DATE else _local_time(moment.text)
    except (ValueError, OverflowError) as error:
        raise UnreadableMoment(moment.text) from error
    instants: dict[int, int] = {}
    for territory, name in zone_names().items():
        at = _round(_first_instant(local, load_zone(name)), edge)
        instants[at] = instants.get(at, 0) | bitset_of((territory,))
    return tuple(sorted(instants.items()))


def _local_midnight(text: str, edge: Edge) -> datetime:
    # A date with an offset ("2026-12-01Z") is still a calendar day: the standard gives days to territories.
    match = _DATE.fullmatch(text)
    if not match:
        raise UnreadableMoment(text)
    day = date.fromisoformat(match[1])
    return datetime.combine(day + timedelta(days=1) if edge is Edge.END else day, time())


def _local_time(text: str) -> datetime:
    # XML Schema writes the end of a day as 24:00:00, which Python does not read.
    is_midnight_after = "T24:00:00" in text
    local = datetime.fromisoformat(text.replace("T24:00:00", "T00:00:00"))
    if local.tzinfo is not None or "T" not in text:
        raise UnreadableMoment(text)
    return local + timedelta(days=1) if is_midnight_after else local


def _first_instant(local: datetime, zone: ZoneInfo) -> float:
    """Return the first instant at which clocks in the zone show the local time or, where they skip it, a later one."""
    wall = (local - _EPOCH) / _SECOND
    before, after = (_offset(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if before >= after:
        return wall - before
    # In a gap: the clocks were put forward somewhere in (wall - after, wall - before].
    low, high = floor(wall - after), ceil(wall - before)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, zone)) == after:
            high = middle
        else:
            low = middle
    return high


def _offset(moment: datetime) -> float:
    return (moment.utcoffset() or timedelta()) / _SECOND


def _round(instant: float, edge: Edge) -> int:
    return ceil(instant) if edge is Edge.START else floor(instant)
