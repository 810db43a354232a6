"""Rules about deals that contradict each other: what one of them says, another takes back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, product
from typing import NamedTuple

from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.periods import MomentKind, ValidityPeriod
from antiphon.model.territories import WORLDWIDE
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_withdrawal
from antiphon.rules.dates import ZONE_SLACK, read_moment
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

PAIRS_LIMIT = 5_000
"""Pairs of deals that are compared in one message, in some 10 ms. A release has a few withdrawals and prices."""


_BEGINNING, _END = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - clocks without a zone, as read_moment has
"""Of time, for periods without a start or an end."""


class _Span(NamedTuple):
    """When a period begins and ends, as clocks show it; ``is_instant``: clocks of one zone, not of each territory."""

    start: datetime
    end: datetime
    is_instant: bool


class _Reach(NamedTuple):
    """Where and when a deal holds. Without territories: everywhere but in the excluded ones, if there are any."""

    territories: frozenset[str]
    excluded: frozenset[str]
    spans: tuple[_Span, ...]


@rule(
    "P14",
    "No two deals of a release contradict each other",
    severity=Severity.HOLD,
    source="our reading of ValidityPeriod and PriceInformation; formats 3.1",
    confidence=Confidence.INFERRED,
    fix="leave out the deal that no longer holds, or end the one where the other begins",
    ack_code=AckCode.CONFLICTING_AVAILABILITY_PERIODS,
    why="Deals add up, so two that merely overlap are no fault. But where one grants what another withdraws, or both "
    "name a price, a platform has to guess which of them is meant.",
)
def has_no_contradicting_deals(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per deal that meets another of its release in territory and time and says otherwise.

    Two prices only warn: a listener hears the same for either.
    """
    told: set[str] = set()
    # Tracks mostly share their deals, which are then compared once.
    lists = {tuple(map(id, deals)): deals for deals in evidence.deals.values()}.values()
    suspects = (pair for deals in lists for pair in _list_suspects(deals))
    reaches: dict[int, _Reach] = {}
    for later, earlier in islice(suspects, PAIRS_LIMIT):
        if later.path not in told and _disagree(later, earlier) and _meet(later, earlier, reaches):
            told.add(later.path)
            yield _explain(later, earlier)


def _list_suspects(deals: Sequence[Deal]) -> Iterator[tuple[Deal, Deal]]:
    """Yield the pairs of a release's deals that may contradict each other, if they meet."""
    withdrawals = [deal for deal in deals if is_withdrawal(deal)]
    grants = [deal for deal in deals if deal.has_terms and not is_withdrawal(deal)] if withdrawals else []
    yield from product(withdrawals, grants)
    for group in _group_by_price(deals):
        for number, later in enumerate(group):
            yield from ((later, earlier) for earlier in group[:number])


def _group_by_price(deals: Sequence[Deal]) -> Iterator[list[Deal]]:
    """Yield the deals that name different prices for the same model and use in territories they share."""
    priced = [deal for deal in deals if deal.prices and not deal.is_pre_order and not is_withdrawal(deal)]
    if len(priced) < 2:
        return
    groups: dict[object, list[Deal]] = defaultdict(list)
    for deal in priced:
        groups[(deal.commercial_models, deal.use_types, deal.distribution_channels)].append(deal)
    for group in groups.values():
        if len({deal.prices for deal in group}) > 1 and _share_territories(group):
            yield group


def _share_territories(deals: Sequence[Deal]) -> bool:
    """Tell whether any two of many deals may share a territory; mostly each is for its own, which is quick to see."""
    if any(deal.excluded_territories or WORLDWIDE in deal.territories for deal in deals):
        return True
    return len({code for deal in deals for code in deal.territories}) < sum(len(deal.territories) for deal in deals)


def _disagree(later: Deal, earlier: Deal) -> bool:
    return is_withdrawal(later) or later.prices != earlier.prices


def _meet(later: Deal, earlier: Deal, reaches: dict[int, _Reach]) -> bool:
    """Tell whether two deals hold in some territory at some time. ``reaches``: what was read of deals before."""
    one = reaches.get(id(later)) or reaches.setdefault(id(later), _read_reach(later))
    other = reaches.get(id(earlier)) or reaches.setdefault(id(earlier), _read_reach(earlier))
    meet_in_time = any(_overlap(first, second) for first in one.spans for second in other.spans)
    return meet_in_time and _share_territory(one, other)


def _read_reach(deal: Deal) -> _Reach:
    spans = tuple(span for period in deal.periods if (span := _read_span(period)) is not None)
    return _Reach(frozenset(deal.territories), frozenset(deal.excluded_territories), spans)


def _read_span(period: ValidityPeriod) -> _Span | None:
    """Return a period's span; no bound is the beginning or end of time. None: it cannot be read."""
    start = read_moment(period.start) if period.start else _BEGINNING
    end = read_moment(period.end) if period.end else _END
    if start is None or end is None:
        return None
    is_whole_day = period.end is not None and period.end.kind is MomentKind.DATE
    is_instant = any(bound and bound.kind is MomentKind.INSTANT for bound in (period.start, period.end))
    return _Span(start, end.replace(hour=23, minute=59) if is_whole_day else end, is_instant)


def _overlap(one: _Span, other: _Span) -> bool:
    """Tell whether two spans certainly have time in common, whatever the zones of clocks they leave out."""
    slack = timedelta(0) if one.is_instant is other.is_instant else ZONE_SLACK
    return min(one.end, other.end) - max(one.start, other.start) > slack


def _share_territory(one: _Reach, other: _Reach) -> bool:
    if one.territories and other.territories:
        is_everywhere = WORLDWIDE in one.territories or WORLDWIDE in other.territories
        return is_everywhere or not one.territories.isdisjoint(other.territories)
    if one.territories or other.territories:
        named, excluding = (one, other) if one.territories else (other, one)
        return bool(excluding.excluded) and bool(named.territories - excluding.excluded)
    return bool(one.excluded and other.excluded)


def _explain(later: Deal, earlier: Deal) -> Breach:
    if is_withdrawal(later):
        got = f"a withdrawal of what the deal of line {earlier.line} grants"
        return breach_at(later, got=got, expected="one of them", message="One deal withdraws what another grants.")
    prices = [
        ", ".join(f"{price.code} {price.amount} {price.currency}".strip() for price in deal.prices)
        for deal in (later, earlier)
    ]
    return breach_at(
        later,
        got=f"price {prices[0]}",
        expected=f"{prices[1]}, as the deal of line {earlier.line} has it",
        message="Two deals name different prices for the same.",
        severity=Severity.WARN,
    )


RULES = (has_no_contradicting_deals,)
