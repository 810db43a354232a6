"""The eight ways in which providers take music down, each explained by what really did it."""

from datetime import UTC, datetime

import pytest

from antiphon.catalogue import CurrentStatement, ExplainedReason, Explanation
from antiphon.catalogue.current import withdraw_deals
from antiphon.model.deals import Deal
from antiphon.model.periods import ValidityPeriod
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from tests.builders import a_deal, a_period, a_statement, changed, some_deals
from tests.catalogue.asking import NO, NOW, SE, explain_current
from tests.catalogue.statements import a_current

GRANT = changed(a_deal(), line=41, path="grant")


def a_taking(**changes: object) -> Deal:
    """Return an ERN 3 deal that takes down, in Sweden from November on unless told otherwise."""
    bare = changed(
        a_deal(models=(), use_types=(), territories=("SE",)),
        is_takedown=True,
        periods=(a_period("2026-11-01"),),
        line=77,
        path="taking",
    )
    return changed(bare, **changes)


def explain(
    statement: Statement, *, market: Territory = SE, at: datetime = NOW, purged: bool = False, track: int = 0
) -> Explanation:
    current, links = a_current(statement)
    if purged:
        current = CurrentStatement(
            provider=current.provider,
            release_key=current.release_key,
            delivery_id="the purge",
            order=current.order,
            statement=withdraw_deals(statement),
            media=current.media,
            is_purged=True,
        )
    return explain_current(current, links, market=market, at=at, track=track)


def test_a_message_without_deals() -> None:
    found = explain(a_statement(release_deals=()))
    assert (found.reason, found.deal) == (ExplainedReason.NO_DEAL, None)
    assert "newest message about the release has none at all" in found.sentence


def test_b_deals_that_have_ended() -> None:
    found = explain(a_statement(release_deals=(some_deals(changed(a_deal(end="2026-10-31"), line=41)),)))
    assert found.reason is ExplainedReason.ENDED
    assert found.deal is not None
    assert found.deal.line == 41
    assert "until 2026-10-31 23:00:00 UTC" in found.sentence


def test_c_an_end_that_is_still_to_come() -> None:
    statement = a_statement(release_deals=(some_deals(changed(a_deal(end="2026-11-30"), line=41)),))
    before, after = explain(statement), explain(statement, at=datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert (before.is_playable, after.is_playable) == (True, False)
    assert "until 2026-11-30 23:00:00 UTC" in before.sentence
    assert after.reason is ExplainedReason.ENDED


@pytest.mark.parametrize("deals", [(GRANT, a_taking()), (a_taking(),), (a_taking(territories=()),)])
def test_d_a_deal_that_takes_down_in_its_territories_from_its_start(deals: tuple[Deal, ...]) -> None:
    statement = a_statement(release_deals=(some_deals(*deals),))
    found = explain(statement)
    assert found.reason is ExplainedReason.WITHDRAWN
    assert found.deal is not None
    assert (found.deal.line, found.deal.message) == (77, "r/r.xml")
    assert "taken down in SE by a deal" in found.sentence
    if GRANT in deals:
        assert explain(statement, market=NO).is_playable
        assert explain(statement, at=datetime(2026, 10, 1, tzinfo=UTC)).is_playable


def test_e_all_deals_cancelled() -> None:
    cancelled = changed(
        a_taking(territories=("Worldwide",), periods=(ValidityPeriod(),)),
        is_takedown=False,
        is_all_deals_cancelled=True,
    )
    found = explain(a_statement(release_deals=(some_deals(cancelled),)))
    assert found.reason is ExplainedReason.WITHDRAWN
    assert found.deal is not None
    assert found.deal.line == 77
    assert "all its deals cancelled" in found.sentence


def test_f_a_territory_that_the_new_deals_leave_out() -> None:
    found = explain(a_statement(release_deals=(some_deals(changed(a_deal(territories=("NO", "DK")), line=41)),)))
    assert found.reason is ExplainedReason.NOT_IN_MARKET
    assert found.deal is not None
    assert found.deal.line == 41
    assert "none covers SE" in found.sentence


def test_g_a_track_that_has_lost_its_deal_while_others_keep_theirs() -> None:
    statement = a_statement(release_deals=(some_deals(GRANT, on=("R2",)),))
    assert explain(statement, track=1).is_playable
    found = explain(statement)
    assert (found.reason, found.deal) == (ExplainedReason.NO_DEAL, None)
    assert "no deal of its own" in found.sentence
    assert "other tracks of the release have" in found.sentence


def test_h_a_purge() -> None:
    found = explain(a_statement(release_deals=(some_deals(GRANT),)), purged=True)
    assert (found.reason, found.is_playable) == (ExplainedReason.PURGED, False)
    assert "was purged by its provider" in found.sentence


def test_a_deal_that_was_over_before_the_takedown_has_ended_and_was_not_taken_down() -> None:
    over = changed(a_deal(end="2026-10-15"), line=41, path="grant")
    found = explain(a_statement(release_deals=(some_deals(over, a_taking(periods=(a_period("2026-12-01"),))),)))
    assert found.reason is ExplainedReason.ENDED
    assert found.deal is not None
    assert found.deal.line == 41
