"""What an explanation tells to whom."""

import msgspec

from antiphon.catalogue import DealPlace
from antiphon.surfaces.explain.answers import AnsweredDecision, AnsweredInterval, ExplainAnswer

PLACE = DealPlace(message="A1/A1.xml", line=88, path="DealList/ReleaseDeal[1]")
TOLD_TO_THE_OWNER = {"provider", "delivery_id", "deal", "competing", "decisions"}


def test_the_public_learns_verdict_reason_and_interval_but_no_deal_line_message_or_decision() -> None:
    decision = AnsweredDecision(
        id="d1",
        kind="takedown",
        target="track t1",
        decided_by="ada",
        decided_at="2026-01-01T00:00:00Z",
        until="",
        reason="letter",
        territories=(),
    )
    whole = ExplainAnswer(
        track_id="t1",
        album_id="a1",
        market="NO",
        tier="premium",
        at="2026-01-02T00:00:00Z",
        local_at="2026-01-02T01:00:00+01:00",
        zone="Europe/Oslo",
        is_playable=False,
        reason="taken_down",
        sentence="It was taken down.",
        interval=AnsweredInterval(starts_at="2026-01-01T00:00:00Z", ends_at=None),
        changes_at=None,
        stand_ins=(),
        market_map=(),
        provider="north",
        delivery_id="delivery-1",
        deal=PLACE,
        competing=(PLACE,),
        decisions=(decision,),
    )
    told, told_everyone = (msgspec.to_builtins(answer) for answer in (whole, whole.for_everyone()))
    assert told.keys() - told_everyone.keys() == TOLD_TO_THE_OWNER
    assert told_everyone == {name: value for name, value in told.items() if name not in TOLD_TO_THE_OWNER}
