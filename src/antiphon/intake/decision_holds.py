"""What a hold that somebody decided does to deliveries: they wait where they would go live, and go on when it ends.

A goalie weighs what rules find; this comes after, in the transaction that would change the catalogue. So a hold that is
decided while a delivery is being rendered still stops it, whatever was waived or cleared. What only takes music down is
never held.
"""

from datetime import datetime

from sqlalchemy import Connection, Engine

from antiphon.catalogue import correct_links, needed_links
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.verdicts import HELD_BY_DECISION
from antiphon.intake.work import Task
from antiphon.model.decisions import Decision, DecisionKind, Hold, TargetKind
from antiphon.model.delivery import Delivery
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.audit import list_acts, record_act
from antiphon.record.decisions import decisions_bearing_on, find_decision, has_any
from antiphon.record.deliveries import load_delivery
from antiphon.record.engine import reading, writing
from antiphon.record.held import count_holds, list_held_for
from antiphon.record.instants import format_instant
from antiphon.record.links import load_links
from antiphon.rules.anatomy import is_takedown

RELEASED_AT_ONCE = 50
"""Deliveries put back into the queue in one transaction, some 50 ms, for which every other writer waits."""


class HeldByDecision(Exception):
    """A hold is in force about what a delivery would change. ``finding`` is what its sender is told."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"held by decision {decision.id}")
        self.finding = Finding(
            rule=HELD_BY_DECISION,
            severity=Severity.HOLD,
            got=decision.id,
            expected="no hold in force about the release, what is on it, or its provider",
            fix="nothing to do for the sender; the delivery goes on when the hold ends or is undone",
            message=f"Deliveries about this {decision.target_kind} wait, by decision {decision.id}.",
        )


def refuse_held(conn: Connection, delivery: Delivery, statement: Statement, release: str, now: datetime) -> None:
    """Let nothing new about a held target into the catalogue. Its links must have been stored.

    Raises: HeldByDecision where a hold is in force about the release, its provider, or anything on it.
    """
    if not has_any(conn, DecisionKind.HOLD) or statement.kind is MessageKind.PURGE or is_takedown(statement):
        return
    at, links = format_instant(now), load_links(conn, delivery.provider, needed_links(statement, release))
    bearing = decisions_bearing_on(conn, delivery.provider, set(links.values()))
    meant = correct_links(delivery.provider, release, links, bearing)
    named = {(kind.value, entity_id) for (kind, _), entity_id in meant.items()}
    named.add((TargetKind.PROVIDER.value, delivery.provider))
    for decision in bearing:
        is_named = (decision.target_kind.value, decision.target_id) in named
        if isinstance(decision.effect, Hold) and is_named and decision.is_in_force(at):
            raise HeldByDecision(decision)


def find_hold(conn: Connection, delivery_id: str, now: datetime) -> Decision | None:
    """Return the hold in force for which a delivery waits; None: it waits for none, or for none any more."""
    decision_id = dict(list_held_for(conn, HELD_BY_DECISION, delivery_id)).get(delivery_id)
    decision = find_decision(conn, decision_id) if decision_id else None
    return decision if decision is not None and decision.is_in_force(format_instant(now)) else None


def release_unheld(engine: Engine, queue: DeliveryQueue, now: datetime) -> tuple[str, ...]:
    """Let every delivery go on whose hold was undone or has ended; return which. Doing it again is once.

    Each is checked again, and what a goalie had cleared stays cleared.
    """
    with reading(engine) as conn:
        if not has_any(conn, DecisionKind.HOLD):
            return ()
        waiting = [delivery_id for delivery_id, _ in list_held_for(conn, HELD_BY_DECISION)]
        free = [delivery_id for delivery_id in waiting if find_hold(conn, delivery_id, now) is None]
    for start in range(0, len(free), RELEASED_AT_ONCE):
        with writing(engine) as conn:
            for delivery_id in free[start : start + RELEASED_AT_ONCE]:
                _requeue(conn, queue, delivery_id, now)
    return tuple(free)


def _requeue(conn: Connection, queue: DeliveryQueue, delivery_id: str, now: datetime) -> None:
    cleared = next((act for act in list_acts(conn, subject=delivery_id) if act.action == "clear"), None)
    clearance = f"hold cleared by {cleared.done_by}: {cleared.detail}" if cleared is not None else ""
    queue.enqueue(conn, Task(delivery_id=delivery_id, run=count_holds(conn, delivery_id) + 1, clearance=clearance))
    owner = load_delivery(conn, delivery_id).provider
    record_act(conn, "release", by="antiphon", provider=owner, subject=delivery_id, now=now, detail="the hold is over")
