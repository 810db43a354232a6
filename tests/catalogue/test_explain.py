"""Why a track may, or may not, be played: one cause, one sentence, and the deal it rests on."""

from datetime import UTC, datetime

import msgspec
import pytest

from antiphon.catalogue import Asked, ExplainedReason, build_album, explain_track
from antiphon.model.availability import Tier
from antiphon.model.deals import Deal
from antiphon.model.decisions import Effect, Geoblock, Takedown, TargetKind
from antiphon.model.entities import AlbumType
from antiphon.model.statement import Statement
from antiphon.rights import Span
from tests.builders import a_deal, a_statement, some_deals
from tests.catalogue.asking import NO, NOW, SE, explain_current, explain_statement
from tests.catalogue.statements import a_current


def _statement(*deals: Deal) -> Statement:
    return a_statement(release_deals=(some_deals(*deals),) if deals else ())


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_track_its_statement_does_not_describe_has_no_explanation() -> None:
    current, links = a_current(a_statement())
    album = build_album(current, links, ()).album
    gone = msgspec.structs.replace(album.tracks[0], id="x" * 22)
    assert explain_track(current, links, (), (album, gone), Asked(market=SE, tier=Tier.FREE, now=NOW)) is None


def test_a_track_withheld_in_a_market_names_the_deal_that_withholds_it_and_its_line() -> None:
    elsewhere = a_deal(models=("AdvertisementSupportedModel",), territories=("FI",), line=40, path="Deal[1]")
    withheld = a_deal(excluded_territories=("SE",), line=55, path="Deal[2]")
    explanation = explain_statement(_statement(elsewhere, withheld))
    assert (explanation.is_playable, explanation.reason) == (False, ExplainedReason.NOT_IN_MARKET)
    assert explanation.deal is not None
    assert (explanation.deal.message, explanation.deal.line, explanation.deal.path) == ("r/r.xml", 55, "Deal[2]")
    assert [deal.line for deal in explanation.competing] == [40]
    assert "none covers SE" in explanation.sentence


def test_a_track_that_starts_next_week_becomes_playable_at_local_midnight_by_time_alone() -> None:
    statement = _statement(a_deal(start="2026-11-29"))
    before = explain_statement(statement, at=datetime(2026, 11, 28, 22, 59, 59, tzinfo=UTC))
    assert (before.reason, before.changes_at) == (ExplainedReason.NOT_YET, _seconds("2026-11-28T23:00:00Z"))
    assert "from 2026-11-28 23:00:00 UTC (2026-11-29 00:00 in SE)" in before.sentence
    after = explain_statement(statement, at=datetime(2026, 11, 28, 23, 0, tzinfo=UTC))
    assert (after.is_playable, after.reason) == (True, ExplainedReason.AVAILABLE)
    assert after.deal is not None
    assert after.deal.line == 90


@pytest.mark.parametrize(
    ("deals", "reason"),
    [
        ((), ExplainedReason.NO_DEAL),
        ((a_deal(end="2026-11-01"),), ExplainedReason.ENDED),
        ((a_deal(models=("AdvertisementSupportedModel",)),), ExplainedReason.TIER),
        ((a_deal(use_types=("PermanentDownload",)),), ExplainedReason.NO_DEAL),
    ],
)
def test_each_refusal_has_its_reason(deals: tuple[Deal, ...], reason: ExplainedReason) -> None:
    explanation = explain_statement(_statement(*deals))
    assert (explanation.is_playable, explanation.reason) == (False, reason)
    assert explanation.sentence.startswith("“Harbour Light No. 1” on “Harbour Lights” ")


def test_deals_that_follow_each_other_are_one_time_and_the_deal_is_the_one_that_holds_now() -> None:
    first, second = a_deal(end="2026-11-25", line=41), a_deal(start="2026-11-26", end="2026-12-31", line=42)
    explanation = explain_statement(_statement(first, second))
    assert explanation.changes_at == _seconds("2026-12-31T23:00:00Z")
    assert explanation.span == Span(_seconds("2025-12-31T23:00:00Z"), _seconds("2026-12-31T23:00:00Z"))
    assert explanation.deal is not None
    assert explanation.deal.line == 41


@pytest.mark.parametrize("territories", [(), ("SE",)])
@pytest.mark.parametrize("kind", list(TargetKind))
def test_a_takedown_is_told_apart_from_a_missing_deal(kind: TargetKind, territories: tuple[str, ...]) -> None:
    explanation = explain_statement(a_statement(), deny=[(kind, Takedown(territories=territories), "")])
    assert explanation.reason is ExplainedReason.TAKEN_DOWN
    assert [decision.reason for decision in explanation.decisions] == ["court order"]
    assert f"by a decision on the {kind}" in explanation.sentence
    assert explanation.deal is not None


def test_a_takedown_elsewhere_takes_nothing_away_here() -> None:
    deny = [(TargetKind.ALBUM, Takedown(territories=("SE",)), "")]
    assert explain_statement(a_statement(), market=NO, deny=deny).is_playable


def test_a_geoblock_is_told_apart_from_a_takedown_and_says_until_when() -> None:
    deny: list[tuple[TargetKind, Effect, str]] = [
        (TargetKind.ALBUM, Geoblock(territories=("SE",)), "2026-11-30T23:00:00Z")
    ]
    explanation = explain_statement(a_statement(), deny=deny)
    assert (explanation.reason, explanation.changes_at) == (
        ExplainedReason.GEOBLOCKED,
        _seconds("2026-11-30T23:00:00Z"),
    )
    assert "blocked in SE by a decision on the album until 2026-11-30 23:00:00 UTC" in explanation.sentence
    deny.append((TargetKind.TRACK, Takedown(), ""))
    assert explain_statement(a_statement(), deny=deny).reason is ExplainedReason.TAKEN_DOWN


def test_before_a_takedown_was_decided_the_track_played() -> None:
    deny = [(TargetKind.ALBUM, Takedown(), "")]
    explanation = explain_statement(a_statement(), at=datetime(2026, 11, 22, 8, 59, 59, tzinfo=UTC), deny=deny)
    assert explanation.is_playable
    assert explanation.changes_at == _seconds("2026-11-22T09:00:00Z")


def test_what_a_decision_will_keep_back_when_its_deal_starts_is_no_promise() -> None:
    statement = _statement(a_deal(start="2026-12-01"))
    taken = explain_statement(statement, deny=[(TargetKind.ALBUM, Takedown(), "")])
    assert (taken.reason, taken.changes_at) == (ExplainedReason.TAKEN_DOWN, None)
    over = explain_statement(statement, deny=[(TargetKind.ALBUM, Takedown(), "2026-11-25T00:00:00Z")])
    assert (over.reason, over.changes_at) == (ExplainedReason.NOT_YET, _seconds("2026-11-30T23:00:00Z"))
    later = explain_statement(statement, deny=[(TargetKind.ALBUM, Takedown(), "2026-12-05T00:00:00Z")])
    assert (later.reason, later.changes_at) == (ExplainedReason.NOT_YET, _seconds("2026-12-05T00:00:00Z"))


def test_a_release_whose_new_owner_has_not_delivered_it_says_so_and_names_no_deal_of_the_last_one() -> None:
    current, links = a_current(a_statement())
    given = msgspec.structs.replace(current, owner="south")
    explanation = explain_current(given, links)
    assert (explanation.is_playable, explanation.reason) == (False, ExplainedReason.TRANSFERRED)
    assert "given to another provider, which has not delivered it yet" in explanation.sentence
    assert (explanation.deal, explanation.competing) == (None, ())
    assert {group.reason for group in explanation.market_map} == {ExplainedReason.TRANSFERRED}


def test_a_track_without_audio_is_granted_but_not_playable_at_any_time() -> None:
    explanation = explain_statement(a_statement(), has_audio=False)
    assert (explanation.is_playable, explanation.reason) == (False, ExplainedReason.NO_AUDIO)
    assert not any(group.is_playable for group in explanation.market_map)


def test_another_playable_track_of_the_recording_stands_in_and_says_why() -> None:
    current, links = a_current(a_statement(), provider="south")
    album = build_album(current, links, ()).album
    other = (album, album.tracks[0])
    (stand_in,) = explain_statement(_statement(), appearances=[other]).stand_ins
    assert (stand_in.track_id, stand_in.is_served) == (album.tracks[0].id, True)
    assert stand_in.reason == (
        "the same recording, on the single “Harbour Lights” of 2026-01-01, plays to premium listeners in SE: "
        "it is what listeners get instead"
    )
    assert explain_statement(a_statement(), appearances=[other]).stand_ins == ()


def test_where_another_tier_may_play_it_nothing_is_served_instead() -> None:
    current, links = a_current(a_statement(), provider="south")
    album = build_album(current, links, ()).album
    free = _statement(a_deal(models=("AdvertisementSupportedModel",)))
    (stand_in,) = explain_statement(free, appearances=[(album, album.tracks[0])]).stand_ins
    assert not stand_in.is_served


def test_the_artists_own_album_stands_in_before_a_compilation_and_the_older_before_the_newer() -> None:
    current, links = a_current(a_statement(), provider="south")
    album = build_album(current, links, ()).album

    def an_appearance(number: int, **changes: object) -> tuple[object, object]:
        changed_album = msgspec.structs.replace(album, id=f"{number:022}", title=f"No. {number}", **changes)
        return changed_album, msgspec.structs.replace(album.tracks[0], id=f"{number:022}")

    guest = msgspec.structs.replace(album.artists[0], artist_id="g" * 22)
    appearances = [
        an_appearance(1, type=AlbumType.COMPILATION, release_date="1980"),
        an_appearance(2, artists=(guest,), release_date="1981"),
        an_appearance(3, release_date=""),
        an_appearance(4, release_date="1999-05-01"),
        an_appearance(5, type=AlbumType.SINGLE, release_date="1999"),
        an_appearance(6, release_date="1999-05-01"),
    ]
    explanation = explain_statement(_statement(), appearances=appearances)  # type: ignore[arg-type]  # built above
    assert [int(stand_in.track_id) for stand_in in explanation.stand_ins] == [5, 4, 6, 3, 1, 2]
    assert [stand_in.is_served for stand_in in explanation.stand_ins] == [True, *[False] * 5]


@pytest.mark.parametrize(("start", "end"), [("", "0001-01-01"), ("0001-01-01", ""), ("9998-12-31", "9999-01-01")])
def test_a_deal_at_the_edge_of_the_calendar_is_explained_in_every_market(start: str, end: str) -> None:
    explanation = explain_statement(_statement(a_deal(start=start, end=end)))
    assert sum(len(group.markets) for group in explanation.market_map) == 500
