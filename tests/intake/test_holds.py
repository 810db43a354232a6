"""The goalie's three words: clear, reject, waive; each recorded, and what a waiver lets through."""

from datetime import timedelta

import pytest

from antiphon.intake.agreements import write_policy
from antiphon.intake.holds import clear_hold, lift_waiver, reject_held, waive_rule
from antiphon.model.claims import ScopedText
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.record import reading, writing
from antiphon.record.agreements import add_agreement, list_agreements
from antiphon.record.audit import Act, list_acts
from antiphon.record.held import is_let_go, list_held
from antiphon.record.waivers import list_waivers
from antiphon.rules import Policy
from tests.builders import changed
from tests.intake.deliveries import write_xml
from tests.intake.forgeries import a_victim
from tests.intake.installation import PROVIDER, Installation, now

ODD_CASE, NO_C_LINE = "T1", "L4"
"""Two rules that only warn, unless something else was agreed."""

SHOUTED = (ScopedText(value="harbour LIGHTS"),)


def agree(site: Installation, policy: Policy) -> None:
    with writing(site.engine) as connection:
        add_agreement(connection, PROVIDER, write_policy(policy), by="Ada", reason="a test", now=now())


def hold_everything_by(site: Installation, *rules: str) -> None:
    agree(site, Policy(severities=dict.fromkeys(rules, Severity.HOLD)))


def bring(site: Installation, number: int, **changes: object) -> str:
    """Accept a release some of whose facts are others; return the delivery's id."""
    statement = a_victim(number)
    main = changed(statement.releases[0], **changes)
    statement = changed(statement, releases=(main, *statement.releases[1:]))
    folder = site.inbox / f"{number}"
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (receipt,) = site.accept(folder)
    return receipt.delivery_id


def acts_of(site: Installation, subject: str) -> list[Act]:
    with reading(site.engine) as connection:
        return list(list_acts(connection, subject=subject))


def held_ids(site: Installation) -> list[str]:
    with reading(site.engine) as connection:
        return [held.id for held in list_held(connection)]


def work_off(site: Installation, *ids: str, ends: int = 1) -> list[Stage]:
    with site.worker():
        return site.wait_for_end(*ids, ends=ends)


def test_a_policy_decides_what_holds_a_providers_deliveries_and_every_version_is_kept(site: Installation) -> None:
    first = bring(site, 1, titles=SHOUTED)
    assert work_off(site, first) == [Stage.COMMITTED]
    hold_everything_by(site, ODD_CASE)
    second = bring(site, 2, titles=SHOUTED)
    assert work_off(site, second) == [Stage.HELD]
    agree(site, Policy())
    with reading(site.engine) as connection:
        assert [agreement.version for agreement in list_agreements(connection, PROVIDER)] == [2, 1]


def test_a_policy_made_from_an_older_version_is_refused(site: Installation) -> None:
    agree(site, Policy())
    with pytest.raises(Refused, match="version 1, yours was made from 0"), writing(site.engine) as connection:
        add_agreement(connection, PROVIDER, "{}", by="Ada", reason="late", now=now(), after=0)


def test_a_waived_rule_lets_go_what_it_held_and_holds_no_later_delivery(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    first = bring(site, 1, titles=SHOUTED)
    assert work_off(site, first) == [Stage.HELD]
    second = bring(site, 2, titles=SHOUTED)
    assert work_off(site, second) == [Stage.HELD]
    assert held_ids(site) == [first, second], "the oldest first"
    outcome = waive_rule(site.engine, site.queue, first, ODD_CASE, by="Ada", reason="a jazz label", now=now())
    assert sorted(outcome.released) == sorted([first, second])
    assert held_ids(site) == [], "what was let go waits for nobody"
    third = bring(site, 3, titles=SHOUTED)
    with site.worker():
        assert site.wait_for_end(first, second, ends=2) == [Stage.COMMITTED, Stage.COMMITTED]
        assert site.wait_for_end(third) == [Stage.COMMITTED]
    told = [entry.detail for entry in site.timeline(third) if entry.stage is Stage.CHECKED]
    assert told == [f"{ODD_CASE} waived by Ada: a jazz label"]
    assert [finding.severity for finding in site.findings(third) if finding.rule == ODD_CASE] == [Severity.HOLD]


def test_a_waiver_for_one_release_holds_for_no_other(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    first, second = bring(site, 1, titles=SHOUTED), bring(site, 2, titles=SHOUTED)
    work_off(site, first, second)
    outcome = waive_rule(
        site.engine, site.queue, first, ODD_CASE, by="Ada", reason="spoken word", now=now(), is_for_release=True
    )
    assert outcome.released == (first,)
    assert held_ids(site) == [second]


def test_what_another_rule_holds_stays_held(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE, NO_C_LINE)
    both = bring(site, 1, titles=SHOUTED, c_lines=())
    work_off(site, both)
    outcome = waive_rule(site.engine, site.queue, both, ODD_CASE, by="Ada", reason="a jazz label", now=now())
    assert (outcome.released, outcome.still_held_by) == ((), (NO_C_LINE,))
    outcome = waive_rule(site.engine, site.queue, both, NO_C_LINE, by="Ada", reason="public domain", now=now())
    assert outcome.released == (both,)


def test_a_waiver_ends_at_its_time_and_when_it_is_undone(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    first = bring(site, 1, titles=SHOUTED)
    work_off(site, first)
    tomorrow = now() + timedelta(days=1)
    outcome = waive_rule(
        site.engine, site.queue, first, ODD_CASE, by="Ada", reason="back catalogue", now=now(), until=tomorrow
    )
    assert outcome.waiver.is_in_force(outcome.waiver.waived_at)
    assert not outcome.waiver.is_in_force(outcome.waiver.until)
    lift_waiver(site.engine, outcome.waiver.id, by="Ben", now=now())
    with pytest.raises(Refused, match="was undone by Ben"):
        lift_waiver(site.engine, outcome.waiver.id, by="Ben", now=now())
    second = bring(site, 2, titles=SHOUTED)
    assert work_off(site, second) == [Stage.HELD]
    with reading(site.engine) as connection:
        assert [waiver.undone_by for waiver in list_waivers(connection, PROVIDER)] == ["Ben"]


def test_only_what_holds_a_delivery_is_waived_with_a_name_a_reason_and_a_time_to_come(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    delivery_id = bring(site, 1, titles=SHOUTED)
    work_off(site, delivery_id)

    def waive(rule: str = ODD_CASE, reason: str = "fine", **more: object) -> None:
        waive_rule(site.engine, site.queue, delivery_id, rule, by="Ada", reason=reason, now=now(), **more)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="it is held by T1"):
        waive(NO_C_LINE)
    with pytest.raises(Refused, match="who decides and why"):
        waive(reason=" ")
    with pytest.raises(Refused, match="is over"):
        waive(until=now() - timedelta(seconds=1))
    reject_held(site.engine, delivery_id, by="Ada", reason="no capitals, no music", now=now())
    with pytest.raises(Refused, match="is rejected"):
        waive()


def test_every_act_is_in_the_audit_with_its_name_its_reason_and_its_time(site: Installation) -> None:
    hold_everything_by(site, ODD_CASE)
    cleared, rejected, waived = (bring(site, number, titles=SHOUTED) for number in (1, 2, 3))
    work_off(site, cleared, rejected, waived)
    at = now()
    clear_hold(site.engine, site.queue, cleared, by="Ada", reason="fine", now=at)
    reject_held(site.engine, rejected, by="Ben", reason="not theirs", now=at)
    outcome = waive_rule(site.engine, site.queue, waived, ODD_CASE, by="Cleo", reason="jazz", now=at)
    lift_waiver(site.engine, outcome.waiver.id, by="Dan", now=at)
    assert [(act.action, act.done_by, act.detail) for act in acts_of(site, cleared)] == [("clear", "Ada", "fine")]
    assert [(act.action, act.done_by, act.detail) for act in acts_of(site, rejected)] == [
        ("reject", "Ben", "not theirs")
    ]
    assert [(act.action, act.done_by) for act in acts_of(site, waived)] == [("release", "Cleo")]
    assert [(act.action, act.done_by) for act in acts_of(site, outcome.waiver.id)] == [
        ("unwaive", "Dan"),
        ("waive", "Cleo"),
    ]
    with reading(site.engine) as connection:
        assert is_let_go(connection, cleared)
        assert not is_let_go(connection, rejected)
