"""What an explanation tells to whom."""

import msgspec
import pytest

from antiphon.catalogue import DealPlace, Explanation, build_album
from antiphon.model.decisions import Takedown, TargetKind
from antiphon.surfaces.explain.answers import AnsweredDecision, AnsweredInterval, ExplainAnswer, write_answer
from antiphon.surfaces.reads.description import describe
from antiphon.surfaces.reads.schemas import ref
from tests.builders import a_deal, a_statement, some_deals
from tests.catalogue.asking import explain_statement
from tests.catalogue.statements import a_current
from tests.surfaces.reads.test_description import find_faults

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


def _elsewhere() -> Explanation:
    current, links = a_current(a_statement(), provider="south")
    album = build_album(current, links, ()).album
    return explain_statement(a_statement(release_deals=()), appearances=[(album, album.tracks[0])])


EXPLAINED = {
    "playable": explain_statement(a_statement()),
    "not yet": explain_statement(a_statement(release_deals=(some_deals(a_deal(start="2026-12-24")),))),
    "ended": explain_statement(a_statement(release_deals=(some_deals(a_deal(end="2026-10-31")),))),
    "taken down": explain_statement(
        a_statement(), deny=[(TargetKind.ALBUM, Takedown(territories=("SE",)), "2026-12-24T00:00:00Z")]
    ),
    "on another album": _elsewhere(),
}


@pytest.mark.parametrize("name", EXPLAINED)
@pytest.mark.parametrize("is_owner", [True, False])
def test_an_explanation_has_the_documented_shape(name: str, is_owner: bool) -> None:
    current, links = a_current(a_statement())
    album = build_album(current, links, ()).album
    answer = write_answer(EXPLAINED[name], (album, album.tracks[0]))
    told = msgspec.json.decode(msgspec.json.encode(answer if is_owner else answer.for_everyone()))
    assert find_faults(describe("https://music.example"), ref("Explanation"), told) == []
