"""Deals to intervals: what grants, where, and what takes away."""

from itertools import permutations

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.territories import Territory
from antiphon.rights import WORLD, bitset_of, compute_intervals, deal_territories, territories_of
from tests.builders import a_deal, a_moment, a_period, changed, some_roles

NEW_YEAR = 1767225600
"""2026-01-01T00:00:00Z."""


def granted(*deals: Deal, our_dpids: tuple[str, ...] = ()) -> set[tuple[Tier, Use]]:
    return {(interval.tier, interval.use) for interval in compute_intervals(deals, our_dpids=our_dpids)}


def codes(bitset: int) -> set[str]:
    return set(territories_of(bitset))


def only(deal: Deal) -> Interval:
    (interval,) = compute_intervals([deal])
    return interval


AT_ONCE = a_deal(models=("SubscriptionModel",), start="2026-01-01T00:00:00Z")
"""One deal that comes to one interval, since it starts at the same instant everywhere."""


def test_no_deal_grants_nothing() -> None:
    assert compute_intervals([]) == ()


def test_a_deal_without_model_use_territory_or_period_grants_nothing() -> None:
    assert granted(a_deal(models=())) == set()
    assert granted(a_deal(use_types=())) == set()
    assert granted(a_deal(territories=())) == set()
    assert granted(a_deal(periods=())) == set()


def test_words_that_are_no_playback_grant_nothing() -> None:
    assert granted(a_deal(models=("RightsClaimModel", "PayAsYouGoModel", "AsPerContract"))) == set()
    assert granted(a_deal(use_types=("NonInteractiveStream", "UserMakeAvailableLabelProvided", "Use", "Dub"))) == set()


def test_pre_orders_cancellations_rights_claims_and_deals_without_terms_grant_nothing() -> None:
    assert granted(a_deal(is_pre_order=True)) == set()
    assert granted(a_deal(is_all_deals_cancelled=True)) == set()
    assert granted(a_deal(rights_claim_policies=("Monetize",))) == set()
    assert granted(a_deal(has_terms=False)) == set()


def test_models_make_tiers_and_use_types_make_uses_and_they_multiply() -> None:
    assert granted(a_deal(models=("FreeOfChargeModel",))) == {(Tier.FREE, Use.STREAM)}
    assert granted(a_deal(use_types=("Stream", "TetheredDownload"))) == {
        (tier, use) for tier in Tier for use in (Use.STREAM, Use.OFFLINE)
    }
    assert granted(a_deal(models=("SubscriptionModel",), use_types=("Download",))) == {
        (Tier.PREMIUM, Use.OFFLINE),
        (Tier.PREMIUM, Use.DOWNLOAD),
    }


def test_a_deal_for_anothers_channel_does_not_apply_to_us() -> None:
    deal = a_deal(distribution_channels=("PADPIDA2013022804B",))
    assert granted(deal) == set()
    assert granted(deal, our_dpids=("PADPIDA2014120301Q",)) == set()
    assert granted(deal, our_dpids=("PA-DPIDA-2013022804-B",)) != set()


def test_a_channel_that_is_excluded_by_name_does_not_apply_to_us() -> None:
    deal = a_deal(excluded_distribution_channels=("DPID:PADPIDA2013022804B",))
    assert granted(deal, our_dpids=("PADPIDA2013022804B",)) == set()
    assert granted(deal) != set()


def test_worldwide_is_all_territories_and_exclusions_are_taken_away() -> None:
    assert deal_territories(a_deal(territories=("worldwide",))) == WORLD
    assert codes(deal_territories(a_deal(territories=(), excluded_territories=("SE", "US")))) == codes(WORLD) - {
        "SE",
        "US",
    }
    assert deal_territories(a_deal(territories=(), excluded_territories=("Worldwide",))) == 0


def test_unknown_and_withdrawn_codes_grant_nothing_and_leave_the_others_alone() -> None:
    assert codes(deal_territories(a_deal(territories=("DE", "QX", "AN", "YU", "")))) == {"DE"}
    assert codes(deal_territories(a_deal(territories=("uk", " fr ")))) == {"GB", "FR"}


def test_tis_codes_grant_nothing() -> None:
    assert deal_territories(a_deal(territories=("2136",))) == 0
    assert deal_territories(a_deal(territories=("276", "DE"), territory_scheme="TIS")) == 0


def test_a_part_of_a_country_does_not_grant_the_country_but_withholds_it() -> None:
    assert deal_territories(a_deal(territories=("ES-CN",))) == 0
    assert codes(deal_territories(a_deal(territories=("ES", "ES-CN")))) == {"ES"}
    assert codes(deal_territories(a_deal(territories=("ES", "PT"), excluded_territories=("ES-CN",)))) == {"PT"}


def test_an_exclusion_that_cannot_be_read_voids_the_deal_and_a_withdrawn_one_excludes_its_successors() -> None:
    assert deal_territories(a_deal(excluded_territories=("2136",))) == 0
    assert deal_territories(a_deal(excluded_territories=("QX",))) == 0
    assert codes(WORLD) - codes(deal_territories(a_deal(excluded_territories=("AN",)))) == {"BQ", "CW", "SX"}


def test_a_takedown_cuts_its_territories_out_of_every_deal_from_its_start_on() -> None:
    takedown = a_deal(models=(), use_types=(), territories=("SE", "NO"), start="2026-02-01T00:00:00Z", is_takedown=True)
    ended, running = compute_intervals([takedown, AT_ONCE])
    assert (codes(ended.territories), ended.ends_at) == ({"NO", "SE"}, 1769904000)
    assert (running.territories, running.ends_at) == (WORLD & ~ended.territories, None)


def test_of_two_takedowns_the_earlier_one_counts() -> None:
    late = a_deal(territories=("SE",), start="2026-03-01T00:00:00Z", is_takedown=True)
    early = a_deal(territories=("SE",), start="2026-02-01T00:00:00Z", is_takedown=True)
    for deals in permutations((AT_ONCE, late, early)):
        assert compute_intervals(deals)[0].ends_at == 1769904000


def test_a_takedown_before_the_start_without_a_start_or_unreadable_leaves_nothing() -> None:
    before = a_deal(start="2025-12-31T00:00:00Z", is_takedown=True)
    for takedown in (before, a_deal(periods=(), is_takedown=True), a_deal(start="soon", is_takedown=True)):
        assert compute_intervals([AT_ONCE, takedown]) == ()


def test_a_takedown_of_codes_that_cannot_be_read_takes_down_everywhere() -> None:
    assert compute_intervals([AT_ONCE, a_deal(territories=("2136",), periods=(), is_takedown=True)]) == ()


def test_a_takedown_addressed_to_somebody_else_is_not_ours() -> None:
    takedown = a_deal(periods=(), is_takedown=True, distribution_channels=("PADPIDA2013022804B",))
    assert compute_intervals([AT_ONCE, takedown]) == compute_intervals([AT_ONCE])


def test_a_period_that_cannot_be_read_or_ends_before_it_starts_grants_nothing() -> None:
    assert granted(a_deal(start="next week")) == set()
    assert granted(a_deal(start="2026-13-40")) == set()
    assert granted(a_deal(start="2026-02-01", end="2026-01-01")) == set()


def test_no_start_is_already_valid_and_no_end_or_the_year_9999_is_until_further_notice() -> None:
    assert only(changed(AT_ONCE, periods=(a_period(),))).starts_at is None
    assert only(AT_ONCE).starts_at == NEW_YEAR
    assert only(AT_ONCE).ends_at is None
    assert only(changed(AT_ONCE, periods=(a_period("", "9999-12-31"),))).ends_at is None


def test_a_day_as_both_bounds_lasts_one_day_in_each_territory() -> None:
    intervals = compute_intervals([a_deal(models=("SubscriptionModel",), start="2026-01-01", end="2026-01-01")])
    assert {(i.ends_at or 0) - (i.starts_at or 0) for i in intervals} == {86400}
    assert sum(i.territories for i in intervals) == WORLD


def test_territories_that_share_their_instants_share_an_interval() -> None:
    intervals = compute_intervals([a_deal(models=("SubscriptionModel",), territories=("DE", "FR", "GB"))])
    assert [(codes(i.territories), i.starts_at) for i in intervals] == [
        ({"DE", "FR"}, NEW_YEAR - 3600),
        ({"GB"}, NEW_YEAR),
    ]


def test_intervals_of_different_deals_are_not_merged_and_name_their_deal() -> None:
    first, second = changed(AT_ONCE, line=10, path="a"), changed(AT_ONCE, line=20, path="b")
    assert [(i.deal_line, i.deal_path) for i in compute_intervals([second, first])] == [(10, "a"), (20, "b")]


def test_two_periods_of_one_deal_are_two_intervals() -> None:
    periods = (a_period("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), a_period("2026-06-01T00:00:00Z"))
    assert len(compute_intervals([changed(AT_ONCE, periods=periods)])) == 2


def test_the_order_of_deals_and_of_words_inside_them_does_not_matter() -> None:
    deals = [
        a_deal(territories=("SE", "DE")),
        a_deal(territories=("US",), use_types=("PermanentDownload", "Stream"), line=95),
        a_deal(territories=("SE",), start="2026-05-01", is_takedown=True),
    ]
    expected = compute_intervals(deals)
    assert all(compute_intervals(order) == expected for order in permutations(deals))
    mirrored = changed(deals[0], territories=("DE", "SE"), commercial_models=deals[0].commercial_models[::-1])
    assert compute_intervals([mirrored, *deals[1:]]) == expected


def test_bitsets_go_back_and_forth() -> None:
    some = (Territory("DE"), Territory("SE"), Territory("XK"))
    assert territories_of(bitset_of(reversed(some))) == some
    assert territories_of(0) == ()
    assert len(territories_of(WORLD)) == 250


def test_a_model_in_a_user_defined_wrapper_grants_nothing() -> None:
    assert granted(changed(a_deal(), commercial_models=some_roles("UserDefined"))) == set()
    assert a_moment("2026-01-01T00:00:00Z").kind.value == "instant"
