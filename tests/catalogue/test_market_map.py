"""The whole market map: every market once, by the judgement that any single question gets."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.catalogue import ExplainedReason, MarketGroup, build_album
from antiphon.model.availability import Tier
from antiphon.model.decisions import Geoblock, Takedown, TargetKind
from antiphon.model.territories import TERRITORIES, Territory
from tests.builders import a_deal, a_statement, changed, some_deals
from tests.catalogue.asking import NO, NOW, SE, explain_statement
from tests.catalogue.statements import a_current

LONG_AGO = "2020-01-01"


def premium(groups: tuple[MarketGroup, ...]) -> list[MarketGroup]:
    return [group for group in groups if group.tier is Tier.PREMIUM]


def test_markets_with_one_answer_are_one_group_and_what_plays_comes_first() -> None:
    statement = a_statement(release_deals=(some_deals(a_deal(start=LONG_AGO, excluded_territories=("SE", "NO"))),))
    plays, not_here = premium(explain_statement(statement).market_map)
    assert (plays.reason, plays.is_playable, len(plays.markets), plays.changes_at) == (
        ExplainedReason.AVAILABLE,
        True,
        248,
        None,
    )
    assert (not_here.reason, not_here.markets) == (ExplainedReason.NOT_IN_MARKET, (NO, SE))


def test_local_midnights_all_over_the_world_are_one_group_by_the_clock_there() -> None:
    statement = a_statement(release_deals=(some_deals(a_deal(start="2026-12-24", end="2027-01-06")),))
    (group,) = premium(explain_statement(statement).market_map)
    assert (group.reason, len(group.markets), group.changes_at) == (
        ExplainedReason.NOT_YET,
        250,
        "2026-12-24T00:00:00",
    )
    over = explain_statement(statement, at=datetime.fromisoformat("2027-02-01T00:00:00Z"))
    (ended,) = premium(over.market_map)
    assert (ended.reason, ended.ended_at, ended.changes_at) == (ExplainedReason.ENDED, "2027-01-07T00:00:00", None)


def test_one_instant_everywhere_is_one_group_in_universal_time() -> None:
    statement = a_statement(release_deals=(some_deals(a_deal(start="2026-12-24T18:00:00Z")),))
    (group,) = premium(explain_statement(statement).market_map)
    assert group.changes_at == "2026-12-24T18:00:00Z"


def test_each_tier_that_is_asked_for_is_mapped() -> None:
    free = a_deal(models=("AdvertisementSupportedModel",), start=LONG_AGO)
    groups = explain_statement(a_statement(release_deals=(some_deals(free),))).market_map
    assert [(group.tier, group.reason) for group in groups] == [
        (Tier.FREE, ExplainedReason.AVAILABLE),
        (Tier.PREMIUM, ExplainedReason.TIER),
    ]


def test_a_market_in_which_another_track_stands_in_says_which() -> None:
    deals = some_deals(a_deal(start=LONG_AGO, territories=("NO", "DK")))
    current, links = a_current(a_statement(release_deals=(deals,)), provider="south")
    album = build_album(current, links, ()).album
    own = a_statement(release_deals=(some_deals(a_deal(start=LONG_AGO, territories=("SE", "DK"))),))
    groups = premium(explain_statement(own, appearances=[(album, album.tracks[0])]).market_map)
    assert [(group.markets, group.stand_in) for group in groups if len(group.markets) < 10] == [
        (("DK", "SE"), ""),
        (("NO",), album.tracks[0].id),
    ]


SOME_MARKETS = st.sets(st.sampled_from(["SE", "NO", "US", "TO", "NP", "PF"]), max_size=4).map(tuple)
DATES = st.sampled_from(["", "2026-11-01", "2026-11-22", "2026-11-23", "2026-12-24T18:00:00Z", "2027-01-06T12:00:00"])


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_the_map_says_of_every_market_what_a_question_about_it_is_answered(data: st.DataObject) -> None:
    models = st.sampled_from([("SubscriptionModel",), ("AdvertisementSupportedModel",)])
    deals = []
    for _ in range(data.draw(st.integers(0, 3))):
        named = data.draw(SOME_MARKETS)
        shape = data.draw(st.sampled_from(["only", "but"]))
        deal = a_deal(
            models=data.draw(models),
            territories=(named or ("Worldwide",)) if shape == "only" else (),
            excluded_territories=() if shape == "only" else (*named, "DE"),
            start=data.draw(DATES),
            end=data.draw(DATES),
        )
        deals.append(changed(deal, is_takedown=data.draw(st.integers(0, 4)) == 4))
    deny = [
        (
            TargetKind.TRACK,
            Takedown(territories=data.draw(SOME_MARKETS)),
            data.draw(st.sampled_from(["", "2026-12-01T00:00:00Z"])),
        )
        for _ in range(data.draw(st.integers(0, 1)))
    ] + [(TargetKind.ALBUM, Geoblock(territories=("NP",)), "") for _ in range(data.draw(st.integers(0, 1)))]
    statement = a_statement(release_deals=(some_deals(*deals),))
    at = NOW + timedelta(days=data.draw(st.integers(-30, 60)))
    groups = explain_statement(statement, at=at, deny=deny).market_map
    for tier in Tier:
        own = [group for group in groups if group.tier is tier]
        assert sorted(market for group in own for market in group.markets) == sorted(TERRITORIES)
        for market in map(Territory, ("SE", "NO", "US", "TO", "NP", "PF", "DE", "JP")):
            (group,) = (group for group in own if market in group.markets)
            answer = explain_statement(statement, market=market, tier=tier, at=at, deny=deny)
            assert (group.reason, group.is_playable) == (answer.reason, answer.is_playable)
            if group.changes_at is not None and group.changes_at.endswith("Z"):
                assert datetime.fromisoformat(group.changes_at).timestamp() == answer.changes_at
