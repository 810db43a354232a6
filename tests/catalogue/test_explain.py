"""Why a track may, or may not, be played, and who is told what."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from antiphon.catalogue import ExplainedReason, Explanation, build_album, explain_track
from antiphon.model.availability import Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.entities import EntityKind, Track
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from tests.builders import a_deal, a_statement, some_deals
from tests.catalogue.statements import a_current

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SE, NO = Territory("SE"), Territory("NO")


def _statement(*deals: Deal) -> Statement:
    return a_statement(release_deals=(some_deals(*deals),) if deals else ())


def _explain(
    statement: Statement,
    *,
    market: Territory = SE,
    tier: Tier = Tier.PREMIUM,
    now: datetime = NOW,
    takedown: tuple[EntityKind, tuple[str, ...]] | None = None,
    has_audio: bool = True,
    alternatives: Iterable[Track] = (),
) -> Explanation:
    current, links = a_current(statement, media=None if has_audio else {})
    album = build_album(current, links, ()).album
    track = album.tracks[0]
    decisions: tuple[Decision, ...] = ()
    if takedown is not None:
        targets = {EntityKind.ALBUM: album.id, EntityKind.RECORDING: track.recording_id}
        decisions = (_decide(takedown[0], targets[takedown[0]], takedown[1]),)
    explanation = explain_track(
        current,
        links,
        decisions,
        track.id,
        market=market,
        tier=tier,
        use=Use.STREAM,
        now=now,
        message_file="r/r.xml",
        alternatives=alternatives,
    )
    assert explanation is not None
    return explanation


def _decide(kind: EntityKind, target: str, territories: tuple[str, ...]) -> Decision:
    return Decision(
        id="d1",
        effect=Takedown(territories=territories),
        target_kind=TargetKind(kind.value),
        target_id=target,
        decided_by="ana",
        decided_at="2026-11-22T09:00:00Z",
        reason="court order",
    )


def test_a_track_the_release_does_not_have_has_no_explanation() -> None:
    current, links = a_current(a_statement())
    assert explain_track(current, links, (), "x" * 22, market=SE, tier=Tier.FREE, use=Use.STREAM, now=NOW) is None


def test_a_track_withheld_in_a_market_names_the_deal_that_withholds_it_and_its_line() -> None:
    elsewhere = a_deal(models=("AdvertisementSupportedModel",), territories=("FI",), line=40, path="Deal[1]")
    withheld = a_deal(excluded_territories=("SE",), line=55, path="Deal[2]")
    explanation = _explain(_statement(elsewhere, withheld))
    assert (explanation.is_playable, explanation.reason) == (False, ExplainedReason.NOT_IN_MARKET)
    assert explanation.deal is not None
    assert (explanation.deal.message, explanation.deal.line, explanation.deal.path) == ("r/r.xml", 55, "Deal[2]")
    assert [deal.line for deal in explanation.competing] == [40]
    assert "SE" not in explanation.markets
    assert len(explanation.markets) == 249
    assert "none covers SE" in explanation.sentence


def test_a_track_that_starts_next_week_becomes_playable_at_local_midnight_by_time_alone() -> None:
    statement = _statement(a_deal(start="2026-11-29"))
    before = _explain(statement, now=datetime(2026, 11, 28, 22, 59, 59, tzinfo=UTC))
    assert (before.reason, before.changes_at) == (
        ExplainedReason.NOT_YET,
        int(datetime(2026, 11, 28, 23, 0, tzinfo=UTC).timestamp()),
    )
    assert "2026-11-28 23:00:00 UTC" in before.sentence
    after = _explain(statement, now=datetime(2026, 11, 28, 23, 0, tzinfo=UTC))
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
    explanation = _explain(_statement(*deals))
    assert (explanation.is_playable, explanation.reason) == (False, reason)
    assert explanation.sentence.startswith("“Harbour Light No. 1” on “Harbour Lights” ")


@pytest.mark.parametrize("territories", [(), ("SE",)])
@pytest.mark.parametrize("kind", [EntityKind.ALBUM, EntityKind.RECORDING])
def test_a_takedown_is_told_apart_from_a_missing_deal(kind: EntityKind, territories: tuple[str, ...]) -> None:
    explanation = _explain(a_statement(), takedown=(kind, territories))
    assert explanation.reason is ExplainedReason.TAKEN_DOWN
    assert [decision.reason for decision in explanation.decisions] == ["court order"]
    assert f"by a decision on the {kind}" in explanation.sentence
    assert explanation.deal is not None


def test_a_takedown_elsewhere_takes_nothing_away_here() -> None:
    assert _explain(a_statement(), market=NO, takedown=(EntityKind.ALBUM, ("SE",))).is_playable


def test_a_track_without_audio_is_granted_but_not_playable() -> None:
    explanation = _explain(a_statement(), has_audio=False)
    assert (explanation.is_playable, explanation.reason) == (False, ExplainedReason.NO_AUDIO)
    assert explanation.markets == ()


def test_another_playable_track_of_the_recording_is_an_alternative() -> None:
    current, links = a_current(a_statement(), provider="south")
    other = build_album(current, links, ()).album.tracks[0]
    assert _explain(_statement(), alternatives=(other,)).alternatives == (other.id,)
    assert _explain(a_statement(), alternatives=(other,)).alternatives == ()
