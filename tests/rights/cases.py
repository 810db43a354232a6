"""Generated cases: deals, a question about them, and the deals of the case said in other ways.

A case is read off a row of bytes, so that hypothesis makes one draw for it instead of fifty: that is what lets twenty
thousand of them run in seconds. Zeros, towards which it shrinks, choose the first of all options.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.claims import Role
from antiphon.model.deals import Deal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.model.territories import TERRITORIES
from antiphon.rights import compute_intervals, deal_territories, territories_of, territory_index
from tests.builders import changed

T = TypeVar("T")

MARKETS = {
    "WS": "Pacific/Apia",
    "TO": "Pacific/Tongatapu",
    "NZ": "Pacific/Auckland",
    "NP": "Asia/Kathmandu",
    "LB": "Asia/Beirut",
    "SE": "Europe/Stockholm",
    "GB": "Europe/London",
    "BR": "America/Sao_Paulo",
    "CL": "America/Santiago",
    "CU": "America/Havana",
    "US": "America/New_York",
    "PF": "Pacific/Tahiti",
}
"""Markets from UTC-10 to UTC+14, with clocks that move at midnight, and what their zones are."""

DAYS = {
    "2026-06-15": "2026-06-15T00:00:00Z",  # nothing happens
    "2011-12-30": "2011-12-30T10:00:00Z",  # Samoa skips this day
    "2018-02-18": "2018-02-18T02:00:00Z",  # Brazil puts its clocks back at midnight
    "2018-11-04": "2018-11-04T03:00:00Z",  # and forward at midnight
    "2020-01-15": "2020-01-14T10:00:00Z",  # it is midnight in Samoa, at UTC+14
    "2024-02-29": "2024-02-29T23:00:00Z",  # a leap day ends in Sweden
    "2026-03-08": "2026-03-08T05:00:00Z",  # Cuba goes forward at midnight
    "2026-03-29": "2026-03-28T22:00:00Z",  # Lebanon goes forward at midnight, Europe three hours later
    "2026-09-06": "2026-09-06T04:00:00Z",  # Chile goes forward at midnight
    "2026-10-25": "2026-10-25T01:00:00Z",  # Europe goes back
    "2026-11-01": "2026-11-01T05:00:00Z",  # Cuba goes back to a second midnight
    "2026-12-31": "2026-12-31T10:00:00Z",  # a year ends in Tahiti
}
"""Days on which clocks do something, and when."""

CLOCKS = ("00:00:00", "00:30:00", "01:00:00", "01:30:00", "02:30:00", "12:00:00", "23:30:00", "23:59:00")
MODELS = ("SubscriptionModel", "AdvertisementSupportedModel", "FreeOfChargeModel", "PayAsYouGoModel")
USE_TYPES = ("OnDemandStream", "Stream", "ConditionalDownload", "PermanentDownload", "NonInteractiveStream")
FLAGS = ("", "", "", "", "is_takedown", "is_pre_order", "is_all_deals_cancelled")
PIECES = ("commercial_models", "use_types", "territories", "periods", "time")
"""By what a deal may be said in pieces."""

CASE_BYTES = 112
"""Enough for four deals with two periods each; what is read beyond the end is zero."""


class Case(NamedTuple):
    """Deals, what they come to, and a question about them."""

    deals: tuple[Deal, ...]
    intervals: tuple[Interval, ...]
    market: str
    tier: Tier
    use: Use
    now: datetime


class Dice:
    """Choices, read off bytes."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def count(self, below: int) -> int:
        """Return a number from 0, less than ``below``, which is at most 256."""
        return next(self._left, 0) % below

    def choose(self, options: Sequence[T]) -> T:
        """Return one of some options."""
        return options[self.count(len(options))]

    def choose_some(self, options: Sequence[T], most: int) -> tuple[T, ...]:
        """Return at least one and at most ``most`` options, in some order, each once."""
        return tuple(dict.fromkeys(self.choose(options) for _ in range(1 + self.count(most))))

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """Return items in some order."""
        return [item for _, item in sorted(((self.count(256), item) for item in items), key=lambda pair: pair[0])]


def read_case(data: bytes) -> Case:
    """Return the case that some bytes stand for.

    Half of all questions are asked within a second of where something begins or ends in the market.
    """
    dice = Dice(data)
    day = dice.choose(tuple(DAYS))
    deals = tuple(_read_deal(dice, day, line) for line in range(1, 2 + dice.count(4)))
    market, tier, use = dice.choose(tuple(MARKETS)), dice.choose(tuple(Tier)), dice.choose((Use.STREAM, *Use))
    now = datetime.fromisoformat(DAYS[day]) + timedelta(minutes=dice.choose((0, -60, -31, -30, -1, 1, 15, 30, 45, 60)))
    intervals = compute_intervals(deals)
    turns = find_turns(intervals, market)
    if turns and dice.count(2):
        now = datetime.fromtimestamp(dice.choose(turns[:256]) + dice.choose((0, -1, 1)), now.tzinfo)
    elif dice.count(2):
        now += timedelta(minutes=15 * (dice.count(256) - 128), seconds=dice.count(60))
    return Case(deals, intervals, market, tier, use, now)


CASES = st.binary(min_size=CASE_BYTES, max_size=CASE_BYTES).map(read_case)


def find_turns(intervals: Sequence[Interval], market: str) -> list[int]:
    """Return every instant at which an interval begins or ends in a market, ascending."""
    bit = 1 << territory_index(TERRITORIES[TERRITORIES.index(market)])
    bounds = {bound for i in intervals if i.territories & bit for bound in (i.starts_at, i.ends_at)}
    return sorted(bound for bound in bounds if bound is not None)


def _read_deal(dice: Dice, day: str, line: int) -> Deal:
    shape, some = dice.count(4), dice.choose_some(tuple(MARKETS), 4)
    flag = dice.choose(FLAGS)
    return Deal(
        commercial_models=tuple(Role(value=value) for value in dice.choose_some(MODELS, 3)),
        use_types=tuple(Role(value=value) for value in dice.choose_some(USE_TYPES, 3)),
        territories=((("Worldwide",), some, ("Worldwide",), ())[shape]),
        excluded_territories=some if shape >= 2 else (),
        periods=tuple(_read_period(dice, day) for _ in range(1 + dice.count(2))),
        is_takedown=flag == "is_takedown",
        is_pre_order=flag == "is_pre_order",
        is_all_deals_cancelled=flag == "is_all_deals_cancelled",
        line=line,
    )


def _read_period(dice: Dice, day: str) -> ValidityPeriod:
    return ValidityPeriod(start=_read_moment(dice, day), end=_read_moment(dice, day))


def _read_moment(dice: Dice, day: str) -> Moment | None:
    kind = dice.choose((None, *MomentKind, MomentKind.DATE))
    if kind is None:
        return None
    date = datetime.fromisoformat(day).date() + timedelta(days=dice.choose((0, -1, 1)))
    if kind is MomentKind.DATE:
        return Moment(date.isoformat(), kind)
    text = f"{date}T{dice.choose(CLOCKS)}"
    return Moment(text + dice.choose(("Z", "+14:00", "-10:00", "+05:45")) if kind is MomentKind.INSTANT else text, kind)


def say_otherwise(deals: Sequence[Deal], data: bytes) -> list[Deal]:
    """Return deals that mean the same: in another order, some of them twice, some in pieces."""
    dice = Dice(data)
    said: list[Deal] = []
    for deal in deals:
        pieces = [deal]
        for _ in range(dice.count(4)):
            by = dice.choose(PIECES)
            pieces = [piece for whole in pieces for piece in split_deal(whole, by, dice)]
        said += pieces
    said += [changed(deal, line=40 + number) for number, deal in enumerate(said) if not dice.count(3)]
    return dice.shuffle([changed(deal, line=100 + dice.count(100)) for deal in said])


def split_deal(deal: Deal, by: str, dice: Dice) -> list[Deal]:
    """Return deals that grant, or take, together what one does."""
    if by == "territories":
        if deal.is_takedown and not (deal.territories and not deal.excluded_territories):
            return [deal]
        codes = deal.territories if deal.is_takedown else territories_of(deal_territories(deal))
        at = dice.count(1 + len(codes))
        halves = [tuple(half) for half in (codes[:at], codes[at:]) if half]
        return [changed(deal, territories=half, excluded_territories=()) for half in halves] or [deal]
    if by == "time":
        return [deal] if deal.is_takedown else [changed(deal, periods=tuple(_cut_periods(deal, dice)))]
    return [changed(deal, **{by: (part,)}) for part in getattr(deal, by)]


def _cut_periods(deal: Deal, dice: Dice) -> list[ValidityPeriod]:
    """Return the periods of a deal, each cut in two that touch, where it has a day between to be cut at."""
    cut: list[ValidityPeriod] = []
    for period in deal.periods:
        days = [moment.text[:10] for moment in (period.start, period.end) if moment is not None]
        kinds = {moment.kind for moment in (period.start, period.end) if moment is not None}
        first = datetime.fromisoformat(days[0]) if days else datetime.fromisoformat("2026-06-15")
        day = first + timedelta(days=1 + dice.count(3) if period.start or not days else -2)
        is_inside = period.end is None or day < datetime.fromisoformat(period.end.text[:10])
        if not is_inside or (MomentKind.INSTANT in kinds and len(kinds) > 1):
            cut.append(period)
        elif kinds == {MomentKind.INSTANT}:
            noon = Moment(f"{day.date()}T12:00:00Z", MomentKind.INSTANT)
            is_between = (
                period.start is None or datetime.fromisoformat(period.start.text) < datetime.fromisoformat(noon.text)
            ) and (period.end is None or datetime.fromisoformat(noon.text) < datetime.fromisoformat(period.end.text))
            cut += [changed(period, end=noon), changed(period, start=noon)] if is_between else [period]
        else:
            eve = Moment((day - timedelta(days=1)).date().isoformat(), MomentKind.DATE)
            morning = Moment(day.date().isoformat(), MomentKind.DATE)
            cut += [changed(period, end=eve), changed(period, start=morning)]
    return cut
