"""One provider's flood and the others: turns in the queue, how many may wait, and updates counted by day."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.intake import flood
from antiphon.intake.agreements import change_policy
from antiphon.intake.batches import Priority
from antiphon.intake.flood import TURNS_PER_PRIORITY, TooManyWaiting, take_place
from antiphon.model.delivery import Stage
from antiphon.model.statement import Statement
from antiphon.record import reading, writing
from antiphon.record.providers import Provider, add_provider
from antiphon.record.turns import count_update, find_update_count, reach_turn, take_turn
from antiphon.rules import Policy
from antiphon.rules.policy import Terms
from tests.builders import a_moment, changed
from tests.intake.deliveries import write_xml
from tests.intake.effects import ask, ask_column
from tests.intake.forgeries import a_victim
from tests.intake.installation import DPID, PROVIDER, Installation, now

OTHER, OTHER_DPID = "other", "PADPIDA20260417021"


@pytest.fixture
def street(site: Installation) -> Installation:
    """Return an installation with a second provider."""
    with writing(site.engine) as connection:
        add_provider(connection, Provider(id=OTHER, name="Other", dpids=(OTHER_DPID,)), now())
    return site


def write_message(root: Path, number: int, sender: str = DPID, day: int = 1) -> Path:
    statement: Statement = a_victim(number)
    header = changed(
        statement.header,
        message_id=f"M-{number}-{day}",
        created=a_moment(f"2026-01-{day:02}T09:00:00Z"),
        sender=changed(statement.header.sender, dpid=sender),
    )
    folder = root / f"{number}-{day}"
    folder.mkdir(parents=True)
    write_xml(folder, changed(statement, header=header))
    return folder


def queued(site: Installation) -> list[str]:
    """Return the ids of the deliveries that wait, the next one first, as the queue takes them."""
    rows = ask(
        site.engine, "SELECT workflow_uuid FROM workflow_status WHERE status = 'ENQUEUED' ORDER BY priority, created_at"
    )
    return [str(row[0]) for row in rows]


def test_a_provider_with_more_waiting_than_it_may_have_is_told_to_come_later(
    street: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "WAITING_MAX", 3)
    accepted = [street.accept(write_message(street.inbox, number))[0] for number in (1, 2, 3)]
    with pytest.raises(TooManyWaiting, match="at most 3 may"):
        street.accept(write_message(street.inbox, 4))
    assert street.accept(street.inbox / "3-1")[0].delivery_id == accepted[2].delivery_id, "a repeat is no flood"
    assert len(street.accept(write_message(street.inbox, 9, OTHER_DPID), OTHER)) == 1
    assert ask_column(street.engine, "SELECT count(*) FROM deliveries") == {4}
    with street.worker():
        street.wait_for_end(*(receipt.delivery_id for receipt in accepted))
    assert len(street.accept(street.inbox / "4-1")) == 1


def test_a_single_of_another_provider_is_next_however_many_wait(street: Installation) -> None:
    crowd = [street.accept(write_message(street.inbox, number))[0].delivery_id for number in range(1, 9)]
    (single,) = street.accept(write_message(street.inbox, 20, OTHER_DPID), OTHER)
    assert queued(street).index(single.delivery_id) <= 1
    with street.worker():
        street.wait_for_end(*crowd[:4])
    (second,) = street.accept(write_message(street.inbox, 21, OTHER_DPID), OTHER)
    waiting = queued(street)
    assert not waiting or waiting.index(second.delivery_id) <= 1


def test_turns_are_shared_evenly_and_nobody_saves_any_up(street: Installation) -> None:
    with writing(street.engine) as connection:
        crowd = [take_turn(connection, PROVIDER) for _ in range(1_000)]
        single = take_turn(connection, OTHER)
        assert [turn.number for turn in crowd] == list(range(1, 1_001))
        assert [turn.ahead for turn in crowd] == list(range(1, 1_001))
        assert (single.number, single.ahead) == (1, 1)
        reach_turn(connection, 500)
        reach_turn(connection, 3)
        assert take_turn(connection, OTHER).number == 501, "who was silent has no turns in the past"
        assert take_turn(connection, PROVIDER).ahead == 501


def test_withdrawals_go_before_every_turn(street: Installation) -> None:
    with writing(street.engine) as connection:
        places = [take_place(connection, PROVIDER, Priority.NORMAL)[1] for _ in range(100)]
        _, urgent = take_place(connection, PROVIDER, Priority.HIGH)
        _, withdrawal = take_place(connection, PROVIDER, Priority.WITHDRAWAL)
    assert withdrawal < urgent < min(places)
    assert max(Priority) * TURNS_PER_PRIORITY < 2**31, "the queue's numbers end there"


def test_updates_are_counted_by_provider_and_day_once_each(street: Installation) -> None:
    late = datetime(2026, 1, 5, 23, 59, 59, tzinfo=UTC)
    with writing(street.engine) as connection:
        for _ in range(3):
            count_update(connection, PROVIDER, late)
    with reading(street.engine) as connection:
        assert find_update_count(connection, PROVIDER, late) == 3
        assert find_update_count(connection, OTHER, late) == 0
        assert find_update_count(connection, PROVIDER, datetime(2026, 1, 6, tzinfo=UTC)) == 0


def test_updates_beyond_what_was_agreed_for_a_day_are_told(street: Installation) -> None:
    policy = Policy(terms=(Terms(extra_updates_per_day=1),))
    change_policy(street.engine, PROVIDER, policy, by="Ada", reason="a small label", now=now())
    told = []
    for day in (1, 2, 3):
        (delivery_id,) = street.deliver(write_message(street.inbox, 1, day=day))
        told.append("D16" in {finding.rule for finding in street.findings(delivery_id)})
    assert told == [False, False, True]


def test_an_update_counts_and_a_first_delivery_does_not(street: Installation) -> None:
    for day in (1, 2, 3):
        (delivery_id,) = street.deliver(write_message(street.inbox, 1, day=day))
        assert street.stages(delivery_id)[-1] is not Stage.REJECTED
    with reading(street.engine) as connection:
        assert find_update_count(connection, PROVIDER, now()) == 2
