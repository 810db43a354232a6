"""The one evaluator: reasons, turning points, and its quick forms."""

from datetime import UTC, datetime

import pytest

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.territories import Territory
from antiphon.rights import (
    Reason,
    Verdict,
    available_territories,
    bitset_of,
    compute_intervals,
    evaluate,
    territory_index,
)
from tests.builders import a_deal, a_period

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DE, SE = Territory("DE"), Territory("SE")


def verdict(*deals: Deal, market: Territory = DE, tier: Tier = Tier.PREMIUM, use: Use = Use.STREAM) -> Verdict:
    return evaluate(compute_intervals(deals), market=market, tier=tier, use=use, now=NOW)


def a_premium_deal(start: str, end: str = "", *, line: int = 1, territories: tuple[str, ...] = ("DE",)) -> Deal:
    return a_deal(models=("SubscriptionModel",), territories=territories, start=start, end=end, line=line)


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_without_a_deal_for_the_use_the_reason_is_no_deal() -> None:
    assert verdict() == Verdict(is_available=False, reason=Reason.NO_DEAL)
    assert verdict(a_deal(), use=Use.DOWNLOAD).reason is Reason.NO_DEAL


def test_a_market_no_deal_names_is_not_in_market() -> None:
    assert verdict(a_deal(territories=("SE",))) == Verdict(is_available=False, reason=Reason.NOT_IN_MARKET)


def test_a_deal_that_starts_later_is_not_yet_and_says_when() -> None:
    answer = verdict(a_premium_deal("2026-12-01", line=7), a_premium_deal("2027-01-01", line=8))
    assert (answer.is_available, answer.reason) == (False, Reason.NOT_YET)
    assert answer.changes_at == seconds("2026-11-30T23:00:00Z")
    assert answer.interval is not None
    assert answer.interval.deal_line == 7


def test_deals_that_are_over_are_ended_and_the_last_of_them_is_named() -> None:
    answer = verdict(a_premium_deal("2020-01-01", "2021-01-01"), a_premium_deal("2020-01-01", "2026-05-31", line=9))
    assert (answer.reason, answer.changes_at) == (Reason.ENDED, None)
    assert answer.interval is not None
    assert answer.interval.deal_line == 9


def test_what_only_the_other_tier_may_is_a_matter_of_tier() -> None:
    free = a_deal(models=("AdvertisementSupportedModel",), territories=("DE",), line=5)
    answer = verdict(free)
    assert (answer.is_available, answer.reason, answer.changes_at) == (False, Reason.TIER, None)
    assert verdict(free, a_premium_deal("2027-01-01")).changes_at == seconds("2026-12-31T23:00:00Z")
    assert verdict(free, tier=Tier.FREE).is_available


def test_an_available_track_names_the_longest_deal_and_when_the_last_of_an_unbroken_row_ends() -> None:
    answer = verdict(
        a_premium_deal("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z", line=1),
        a_premium_deal("2026-01-01T00:00:00Z", "2026-08-01T00:00:00Z", line=2),
        a_premium_deal("2026-08-01T00:00:00Z", "2026-09-01T00:00:00Z", line=3),
        a_premium_deal("2026-10-01T00:00:00Z", line=4),
    )
    assert answer.is_available
    assert answer.reason is Reason.AVAILABLE
    assert answer.interval is not None
    assert answer.interval.deal_line == 2
    assert answer.changes_at == seconds("2026-09-01T00:00:00Z")


def test_what_has_no_end_never_changes() -> None:
    assert verdict(a_deal()).changes_at is None


@pytest.mark.parametrize(("at", "is_available"), [("11:59:59", False), ("12:00:00", True), ("12:00:01", True)])
def test_an_interval_is_half_open_at_its_start(at: str, is_available: bool) -> None:
    interval = Interval(tier=Tier.FREE, use=Use.STREAM, territories=bitset_of((DE,)), starts_at=int(NOW.timestamp()))
    now = datetime.fromisoformat(f"2026-06-01T{at}Z")
    assert evaluate([interval], market=DE, tier=Tier.FREE, use=Use.STREAM, now=now).is_available is is_available


def test_an_interval_is_half_open_at_its_end() -> None:
    end = Interval(tier=Tier.FREE, use=Use.STREAM, territories=bitset_of((DE,)), ends_at=int(NOW.timestamp()))
    assert evaluate([end], market=DE, tier=Tier.FREE, use=Use.STREAM, now=NOW).reason is Reason.ENDED


def test_the_quick_form_agrees_with_the_evaluator_at_every_turning_point() -> None:
    deals = [
        a_deal(start="2026-01-01", end="2026-03-29"),
        a_deal(start="2026-03-20", territories=("US", "SE", "DE")),
        a_deal(start="2026-06-01", territories=("SE",), is_takedown=True),
        a_deal(
            models=("SubscriptionModel",), use_types=("ConditionalDownload",), periods=(a_period("", "2026-02-01"),)
        ),
    ]
    intervals = compute_intervals(deals)
    bounds = {bound for i in intervals for bound in (i.starts_at, i.ends_at) if bound is not None}
    for tier in Tier:
        for use in Use:
            for now_s in sorted({bound + shift for bound in bounds for shift in (-1, 0)}):
                expected = available_territories(intervals, tier=tier, use=use, now_s=now_s)
                now = datetime.fromtimestamp(now_s, UTC)
                for market in (DE, SE, Territory("US")):
                    answer = evaluate(intervals, market=market, tier=tier, use=use, now=now)
                    assert answer.is_available is bool(expected >> territory_index(market) & 1)
