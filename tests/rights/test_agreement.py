"""The evaluator agrees with a plain reference on generated deals, and its turning points are where things turn."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.model.availability import Tier, Use
from antiphon.model.periods import Moment, MomentKind
from antiphon.model.territories import Territory
from antiphon.rights import available_territories, compute_intervals, evaluate, territory_index
from antiphon.rights.instants import Edge, resolve_moment
from antiphon.segments import DocumentKind, Item, Rights, encode_document
from tests.rights.cases import CASE_BYTES, CASES, CLOCKS, DAYS, MARKETS, Case, find_turns, say_otherwise
from tests.rights.reference import has_shown, is_available

TWENTY_THOUSAND = settings(max_examples=20_000, derandomize=True, deadline=None, database=None)
"""The same cases in every run: a failure here is never somebody else's luck."""

SOME = settings(TWENTY_THOUSAND, max_examples=300)
LONG = settings(TWENTY_THOUSAND, max_examples=200_000)


@pytest.fixture(scope="module")
def zones() -> Iterator[dict[str, ZoneInfo]]:
    """Return the markets' zones by Python's own lookup, kept from the system's files."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    yield {market: ZoneInfo.no_cache(name) for market, name in MARKETS.items()}
    zoneinfo.reset_tzpath(before)


def check_agreement(zones: dict[str, ZoneInfo], case: Case) -> None:
    deals, intervals, market, tier, use, now = case
    expected = is_available(deals, market, zones[market], tier, use, now)
    verdict = evaluate(intervals, market=Territory(market), tier=tier, use=use, now=now)
    quick = available_territories(intervals, tier=tier, use=use, now_s=int(now.timestamp()))
    assert verdict.is_available is expected, verdict
    assert bool(quick >> territory_index(Territory(market)) & 1) is expected


@pytest.mark.slow
@TWENTY_THOUSAND
@given(case=CASES)
def test_it_agrees_with_the_reference_on_twenty_thousand_cases(zones: dict[str, ZoneInfo], case: Case) -> None:
    check_agreement(zones, case)


@pytest.mark.fuzz
@pytest.mark.timeout(1200)
@settings(LONG, derandomize=False, print_blob=True)
@given(case=CASES)
def test_it_agrees_with_the_reference_on_two_hundred_thousand_more(zones: dict[str, ZoneInfo], case: Case) -> None:
    check_agreement(zones, case)


@SOME
@given(case=CASES)
def test_it_agrees_with_the_reference_in_every_market(zones: dict[str, ZoneInfo], case: Case) -> None:
    for market in MARKETS:
        check_agreement(zones, case._replace(market=market))


@SOME
@given(case=CASES)
def test_nothing_changes_before_it_says_so_and_then_it_does(case: Case) -> None:
    intervals = case.intervals
    index = territory_index(Territory(case.market))

    def is_available_at(at: int) -> bool:
        return bool(available_territories(intervals, tier=case.tier, use=case.use, now_s=at) >> index & 1)

    verdict = evaluate(intervals, market=Territory(case.market), tier=case.tier, use=case.use, now=case.now)
    now_s = int(case.now.timestamp())
    until = verdict.changes_at if verdict.changes_at is not None else now_s + 10**9
    points = [at for at in (now_s, *find_turns(intervals, case.market), until - 1) if now_s <= at < until]
    assert {is_available_at(at) for at in points} == {verdict.is_available}
    if verdict.changes_at is not None:
        assert is_available_at(verdict.changes_at) is not verdict.is_available


@SOME
@given(case=CASES, data=st.binary(min_size=CASE_BYTES, max_size=CASE_BYTES))
def test_deals_in_another_order_said_twice_or_in_pieces_change_no_answer_and_no_byte_that_is_published(
    case: Case, data: bytes
) -> None:
    said, otherwise = case.intervals, compute_intervals(say_otherwise(case.deals, data))
    for market in map(Territory, MARKETS):
        for tier in Tier:
            for use in Use:
                one, other = (
                    evaluate(intervals, market=market, tier=tier, use=use, now=case.now)
                    for intervals in (said, otherwise)
                )
                assert (one.is_available, one.reason, one.span, one.changes_at) == (
                    other.is_available,
                    other.reason,
                    other.span,
                    other.changes_at,
                )
    first, second = (
        encode_document(DocumentKind.TRACK_MEDIA, [Rights(intervals=i, subjects=())], [Item(body=b"{}")])
        for i in (said, otherwise)
    )
    assert first == second


@SOME
@given(case=CASES, extra=CASES)
def test_a_further_grant_never_takes_anything_away(case: Case, extra: Case) -> None:
    grants = [deal for deal in extra.deals if not deal.is_takedown]
    before, after = case.intervals, compute_intervals([*case.deals, *grants])
    for tier in Tier:
        granted, still = (
            available_territories(intervals, tier=tier, use=Use.STREAM, now_s=int(case.now.timestamp()))
            for intervals in (before, after)
        )
        assert granted & ~still == 0


@pytest.mark.parametrize("day", sorted(DAYS))
def test_every_date_and_time_counts_from_the_second_its_wall_clock_first_shows_it(
    zones: dict[str, ZoneInfo], day: str
) -> None:
    date = datetime.fromisoformat(day).date()
    texts = [date.isoformat(), *(f"{date}T{clock}" for clock in CLOCKS)]
    for text in texts:
        moment = Moment(text, MomentKind.LOCAL if "T" in text else MomentKind.DATE)
        for edge, days in ((Edge.START, 0), (Edge.END, 1)):
            for at, territories in resolve_moment(moment, edge):
                now = datetime.fromtimestamp(at, UTC)
                for market, zone in zones.items():
                    if territories >> territory_index(Territory(market)) & 1:
                        assert has_shown(moment, zone, now, days), (text, market, now)
                        assert not has_shown(moment, zone, now - timedelta(seconds=1), days), (text, market, now)
