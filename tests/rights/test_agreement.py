"""The evaluator agrees with a plain reference on generated deals, and its turning points are where things turn."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.model.availability import Tier, Use
from antiphon.model.claims import Role
from antiphon.model.deals import Deal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.model.territories import Territory
from antiphon.rights import available_territories, compute_intervals, evaluate, territory_index
from antiphon.rights.instants import Edge, resolve_moment
from tests.rights.reference import has_shown, is_available

MANY = settings(max_examples=300, derandomize=True, deadline=None, database=None)
SOME = settings(MANY, max_examples=80)
"""The same cases in every run: a failure here is never somebody else's luck."""

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
    "2011-12-30": "2011-12-30T10:00:00Z",  # Samoa skips this day
    "2018-02-18": "2018-02-18T02:00:00Z",  # Brazil puts its clocks back at midnight
    "2018-11-04": "2018-11-04T03:00:00Z",  # and forward at midnight
    "2020-01-15": "2020-01-14T10:00:00Z",  # it is midnight in Samoa, at UTC+14
    "2024-02-29": "2024-02-29T23:00:00Z",  # a leap day ends in Sweden
    "2026-03-08": "2026-03-08T05:00:00Z",  # Cuba goes forward at midnight
    "2026-03-29": "2026-03-28T22:00:00Z",  # Lebanon goes forward at midnight, Europe three hours later
    "2026-09-06": "2026-09-06T04:00:00Z",  # Chile goes forward at midnight
    "2026-11-01": "2026-11-01T05:00:00Z",  # Cuba goes back to a second midnight
    "2026-12-31": "2026-12-31T10:00:00Z",  # a year ends in Tahiti
}
"""Days on which clocks do something, and when."""

CLOCKS = ["00:00:00", "00:30:00", "01:00:00", "01:30:00", "02:30:00", "12:00:00", "23:30:00", "23:59:00"]


@pytest.fixture(scope="module")
def zones() -> Iterator[dict[str, ZoneInfo]]:
    """Return the markets' zones by Python's own lookup, kept from the system's files."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    yield {market: ZoneInfo.no_cache(name) for market, name in MARKETS.items()}
    zoneinfo.reset_tzpath(before)


@st.composite
def moments(draw: st.DrawFn, day: str) -> Moment:
    date = datetime.fromisoformat(day).date() + timedelta(days=draw(st.integers(-1, 1)))
    kind = draw(st.sampled_from(MomentKind))
    if kind is MomentKind.DATE:
        return Moment(date.isoformat(), kind)
    text = f"{date}T{draw(st.sampled_from(CLOCKS))}"
    if kind is MomentKind.LOCAL:
        return Moment(text, kind)
    return Moment(text + draw(st.sampled_from(["Z", "+14:00", "-10:00", "+05:45"])), kind)


@st.composite
def deals(draw: st.DrawFn, day: str) -> Deal:
    some_markets = st.sets(st.sampled_from(sorted(MARKETS)), min_size=1, max_size=4).map(tuple)
    territories, excluded = draw(
        st.one_of(
            st.just((("Worldwide",), ())),
            st.tuples(some_markets, st.just(())),
            st.tuples(st.sampled_from([(), ("Worldwide",)]), some_markets),
        )
    )
    bound = st.none() | moments(day)
    periods = st.builds(ValidityPeriod, start=bound, end=bound)
    flag = draw(st.sampled_from(["", "", "", "", "is_takedown", "is_pre_order", "is_all_deals_cancelled"]))
    models = ["SubscriptionModel", "AdvertisementSupportedModel", "FreeOfChargeModel", "PayAsYouGoModel"]
    use_types = ["OnDemandStream", "Stream", "ConditionalDownload", "PermanentDownload", "NonInteractiveStream"]
    return Deal(
        commercial_models=tuple(Role(value=v) for v in draw(st.sets(st.sampled_from(models), min_size=1))),
        use_types=tuple(Role(value=v) for v in draw(st.sets(st.sampled_from(use_types), min_size=1))),
        territories=territories,
        excluded_territories=excluded,
        periods=tuple(draw(st.lists(periods, min_size=1, max_size=2))),
        is_takedown=flag == "is_takedown",
        is_pre_order=flag == "is_pre_order",
        is_all_deals_cancelled=flag == "is_all_deals_cancelled",
        line=draw(st.integers(1, 3)),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Deal], datetime]:
    day = draw(st.sampled_from(sorted(DAYS)))
    minutes = draw(st.sampled_from([-60, -31, -30, -1, 0, 1, 15, 29, 30, 45, 59, 60]) | st.integers(-3000, 3000))
    now = datetime.fromisoformat(DAYS[day]) + timedelta(minutes=minutes)
    return draw(st.lists(deals(day), min_size=1, max_size=4)), now


@pytest.mark.slow
@MANY
@given(case=cases(), tier=st.sampled_from(Tier), use=st.sampled_from(Use))
def test_it_agrees_with_the_reference(
    zones: dict[str, ZoneInfo], case: tuple[list[Deal], datetime], tier: Tier, use: Use
) -> None:
    given_deals, now = case
    intervals = compute_intervals(given_deals)
    quick = available_territories(intervals, tier=tier, use=use, now_s=int(now.timestamp()))
    for market, zone in zones.items():
        expected = is_available(given_deals, market, zone, tier, use, now)
        verdict = evaluate(intervals, market=Territory(market), tier=tier, use=use, now=now)
        assert verdict.is_available is expected, (market, verdict)
        assert bool(quick >> territory_index(Territory(market)) & 1) is expected


@SOME
@given(case=cases(), tier=st.sampled_from(Tier), market=st.sampled_from(sorted(MARKETS)))
def test_nothing_changes_before_it_says_so_and_then_it_does(
    case: tuple[list[Deal], datetime], tier: Tier, market: str
) -> None:
    given_deals, now = case
    intervals = compute_intervals(given_deals)
    index = territory_index(Territory(market))

    def is_available_at(at: int) -> bool:
        return bool(available_territories(intervals, tier=tier, use=Use.STREAM, now_s=at) >> index & 1)

    instants = {bound for each in intervals for bound in (each.starts_at, each.ends_at) if bound is not None}
    verdict = evaluate(intervals, market=Territory(market), tier=tier, use=Use.STREAM, now=now)
    now_s = int(now.timestamp())
    until = verdict.changes_at if verdict.changes_at is not None else now_s + 10**9
    points = [at for at in (now_s, *instants) if now_s <= at < until]
    assert {is_available_at(at) for at in points} == {verdict.is_available}
    if verdict.changes_at is not None:
        assert is_available_at(verdict.changes_at) is not verdict.is_available


@SOME
@given(case=cases(), data=st.data())
def test_the_order_of_deals_does_not_matter(case: tuple[list[Deal], datetime], data: st.DataObject) -> None:
    given_deals, _ = case
    shuffled = data.draw(st.permutations(given_deals))
    assert compute_intervals(shuffled) == compute_intervals(given_deals)


@SOME
@given(case=cases(), extra=deals("2026-03-29"))
def test_a_further_grant_never_takes_anything_away(case: tuple[list[Deal], datetime], extra: Deal) -> None:
    given_deals, now = case
    if extra.is_takedown:
        return
    now_s = int(now.timestamp())
    before, after = compute_intervals(given_deals), compute_intervals([*given_deals, extra])
    for tier in Tier:
        granted = available_territories(before, tier=tier, use=Use.STREAM, now_s=now_s)
        assert granted & ~available_territories(after, tier=tier, use=Use.STREAM, now_s=now_s) == 0


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
