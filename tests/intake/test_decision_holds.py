"""Holds that somebody decided: what waits for them, and how it goes on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from antiphon.intake.decision_holds import release_unheld
from antiphon.intake.holds import clear_hold, reject_held, waive_rule
from antiphon.intake.verdicts import HELD_BY_DECISION
from antiphon.model.decisions import Decision, Hold, TargetKind
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.record import reading, writing
from antiphon.record.deciding import decide, undo
from antiphon.record.instants import format_instant
from antiphon.record.tables import entities
from tests.builders import a_moment, changed
from tests.intake.deliveries import write_xml
from tests.intake.forgeries import a_victim
from tests.intake.installation import PROVIDER, Installation, now
from tests.intake.test_holds import ODD_CASE, SHOUTED, acts_of, bring, held_ids, hold_everything_by, work_off

HOUR = timedelta(hours=1)


def find_ids(site: Installation, kind: TargetKind) -> list[str]:
    with reading(site.engine) as conn:
        query = select(entities.c.id).where(entities.c.kind == kind.value).order_by(entities.c.id)
        return list(conn.execute(query).scalars())


def put_hold(site: Installation, kind: TargetKind, target: str, until: datetime | None = None) -> str:
    decision = Decision(
        id="h1",
        effect=Hold(),
        target_kind=kind,
        target_id=target,
        decided_by="Ada",
        decided_at=format_instant(now()),
        reason="a lawsuit",
        until=format_instant(until) if until else "",
    )
    with writing(site.engine) as conn:
        assert decide(conn, decision, now()) == 0, "what is live stays as it is"
    return decision.id


@pytest.mark.parametrize("kind", [TargetKind.ARTIST, TargetKind.PROVIDER])
def test_deliveries_about_a_held_target_wait_and_go_on_when_the_hold_is_undone(
    site: Installation, kind: TargetKind
) -> None:
    first = bring(site, 1)
    work_off(site, first)
    hold = put_hold(site, kind, PROVIDER if kind is TargetKind.PROVIDER else find_ids(site, kind)[0])
    albums = find_ids(site, TargetKind.ALBUM)
    second = bring(site, 2)
    assert work_off(site, second) == [Stage.HELD]
    assert find_ids(site, TargetKind.ALBUM) == albums
    (finding,) = [found for found in site.findings(second) if found.rule == HELD_BY_DECISION]
    assert (finding.got, "wait" in finding.message) == (hold, True)
    assert site.timeline(second)[-1].detail == f"{HELD_BY_DECISION} {hold}"
    with writing(site.engine) as conn:
        undo(conn, hold, by="Ben", now=now())
    with site.worker():
        assert site.wait_for_end(second, ends=2) == [Stage.COMMITTED]
    assert [act.action for act in acts_of(site, second)] == ["release"]
    assert [act.action for act in acts_of(site, hold)] == ["undo", "hold"]


def test_a_goalie_cannot_clear_what_a_decision_holds_and_may_still_end_it(site: Installation) -> None:
    put_hold(site, TargetKind.PROVIDER, PROVIDER)
    delivery = bring(site, 1)
    assert work_off(site, delivery) == [Stage.HELD]
    with pytest.raises(Refused, match="decision h1 by Ada: a lawsuit"):
        clear_hold(site.engine, site.queue, delivery, by="Ben", reason="looks fine", now=now())
    with pytest.raises(Refused, match="cannot be waived"):
        waive_rule(site.engine, site.queue, delivery, HELD_BY_DECISION, by="Ben", reason="hm", now=now())
    reject_held(site.engine, delivery, by="Ben", reason="not ours to publish", now=now())
    assert site.stages(delivery)[-1] is Stage.REJECTED
    assert release_unheld(site.engine, site.queue, now() + HOUR) == ()


def test_a_hold_ends_at_its_instant_and_what_was_cleared_before_it_stays_cleared(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    until = now() + HOUR
    put_hold(site, TargetKind.PROVIDER, PROVIDER, until)
    delivery = bring(site, 1, titles=SHOUTED)
    assert work_off(site, delivery) == [Stage.HELD]
    clear_hold(site.engine, site.queue, delivery, by="Ben", reason="they shout", now=now())
    assert work_off(site, delivery, ends=2) == [Stage.HELD]
    assert release_unheld(site.engine, site.queue, until - timedelta(microseconds=1)) == ()
    assert held_ids(site) == [delivery]
    with site.worker(clock=lambda: max(now(), until)):
        assert site.wait_for_end(delivery, ends=3) == [Stage.COMMITTED]


def test_a_hold_does_not_stop_what_only_takes_music_down(site: Installation) -> None:
    first = bring(site, 1)
    work_off(site, first)
    put_hold(site, TargetKind.ALBUM, find_ids(site, TargetKind.ALBUM)[0])
    folder = site.inbox / "down"
    folder.mkdir()
    statement = a_victim(1)
    header = changed(statement.header, message_id="down", created=a_moment("2027-01-01T00:00:00Z"))
    write_xml(folder, changed(statement, header=header, release_deals=()))
    (receipt,) = site.accept(folder)
    assert work_off(site, receipt.delivery_id)[0] in (Stage.COMMITTED, Stage.LIVE)
