"""What a goalie does with a held delivery: clear the hold, reject it, or waive the rule that holds it.

Each is one act with a name and a reason, in the audit and, where it moves a delivery, in its timeline. A waiver is a
decision that lasts: later deliveries of that provider are not held by that rule either, until it ends or is undone.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.intake.decision_holds import find_hold
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.verdicts import HELD_BY_DECISION, UNWAIVABLE_RULES, is_waived
from antiphon.intake.work import Task
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.model.findings import Finding, Severity
from antiphon.record.audit import record_act
from antiphon.record.deliveries import find_delivery
from antiphon.record.engine import reading, writing
from antiphon.record.held import HELD_LIMIT, HeldDelivery, find_release_keys, list_held
from antiphon.record.instants import format_instant
from antiphon.record.timeline import append_timeline, load_findings, load_timeline
from antiphon.record.waivers import Waiver, add_waiver, undo_waiver, waivers_in_force
from antiphon.telemetry import definitions, log_event

RELEASED_AT_ONCE = 50
"""Deliveries put back into the queue in one transaction, some 50 ms, for which every other writer waits."""

WAIVER_ID_BYTES = 6
"""bytes; 12 hex digits, as a finding's id has: they are read out on the phone too."""


class WaiverOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a waiver came to. ``released``: the deliveries that go on; ``still_held_by``: what else holds this one."""

    waiver: Waiver
    released: tuple[str, ...] = ()
    still_held_by: tuple[str, ...] = ()


def clear_hold(engine: Engine, queue: DeliveryQueue, delivery_id: str, *, by: str, reason: str, now: datetime) -> int:
    """Let a held delivery go on, its holds forgiven, and return the number of the run that was queued.

    It is checked again, and the entry of that check names who cleared it. Clearing the same hold twice is once.
    Raises: Refused if the delivery is not held, a hold in force stops it anyway, or nobody or no reason is named.
    """
    clearance = _sign("hold cleared", by, reason)
    with writing(engine) as connection:
        run = _count_holds(connection, delivery_id) + 1
        _check_not_decided(connection, delivery_id, now)
        queue.enqueue(connection, Task(delivery_id=delivery_id, run=run, clearance=clearance))
        _record(connection, "clear", delivery_id, by=by, detail=reason, now=now)
    log_event(definitions.DELIVERY_DECIDED, delivery_id=delivery_id, action="clear", decided_by=by)
    return run


def reject_held(engine: Engine, delivery_id: str, *, by: str, reason: str, now: datetime) -> None:
    """End a held delivery as rejected. Raises: Refused as ``clear_hold`` does."""
    detail = _sign("rejected", by, reason)
    with writing(engine) as connection:
        _count_holds(connection, delivery_id)
        entry = TimelineEntry(stage=Stage.REJECTED, at=format_instant(now), detail=detail)
        append_timeline(connection, delivery_id, entry)
        _record(connection, "reject", delivery_id, by=by, detail=reason, now=now)
    log_event(definitions.DELIVERY_DECIDED, delivery_id=delivery_id, action="reject", decided_by=by)


def waive_rule(
    engine: Engine,
    queue: DeliveryQueue,
    delivery_id: str,
    rule: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    until: datetime | None = None,
    is_for_release: bool = False,
) -> WaiverOutcome:
    """Let a rule hold no delivery of this one's provider any more, and let go on what nothing else holds.

    ``until``: the end of it, exclusive; None: until it is undone. ``is_for_release``: only deliveries of this release.
    Raises: Refused if the delivery is not held by that rule, the rule cannot be waived, or name or reason is missing.
    """
    _sign("waived", by, reason)
    if until is not None and until <= now:
        raise Refused("WaiverOver", f"{until.isoformat()} is over; name a time to come, or none")
    with writing(engine) as connection:
        _count_holds(connection, delivery_id)
        waiver = _make_waiver(connection, delivery_id, rule, is_for_release=is_for_release)
        waiver = msgspec.structs.replace(
            waiver,
            waived_by=by.strip(),
            waived_at=format_instant(now),
            until=format_instant(until) if until else "",
            reason=reason.strip(),
        )
        add_waiver(connection, waiver)
        _record(connection, "waive", waiver.id, by=by, detail=f"{rule}: {reason}", now=now, provider=waiver.provider)
    log_event(definitions.DELIVERY_DECIDED, delivery_id=delivery_id, action="waive", decided_by=by)
    released = release_waived(engine, queue, waiver.provider, by=by, now=now)
    with reading(engine) as connection:
        holding = _list_holding(connection, delivery_id, waiver.provider, now)
    still_held_by = () if delivery_id in released else tuple(sorted({finding.rule for finding in holding}))
    return WaiverOutcome(waiver=waiver, released=released, still_held_by=still_held_by)


def lift_waiver(engine: Engine, waiver_id: str, *, by: str, now: datetime) -> Waiver:
    """Undo a waiver and return it so; what it has let through stays. Raises: Refused if it does not hold."""
    with writing(engine) as connection:
        waiver = undo_waiver(connection, waiver_id, by=by, now=now)
        _record(connection, "unwaive", waiver_id, by=by, detail=waiver.rule, now=now, provider=waiver.provider)
    return waiver


def release_waived(engine: Engine, queue: DeliveryQueue, provider: str, *, by: str, now: datetime) -> tuple[str, ...]:
    """Let every held delivery of a provider go on that nothing holds but what is waived; return which.

    Doing it again is once. Each is checked again, and its timeline names the waiver.
    """
    with reading(engine) as connection:
        held = list_held(connection, provider=provider, limit=HELD_LIMIT)
        free = [one for one in held if not _list_holding(connection, one.id, provider, now)]
    for start in range(0, len(free), RELEASED_AT_ONCE):
        with writing(engine) as connection:
            for one in free[start : start + RELEASED_AT_ONCE]:
                _requeue(connection, queue, one, by=by, now=now)
    return tuple(one.id for one in free)


def _requeue(connection: Connection, queue: DeliveryQueue, held: HeldDelivery, *, by: str, now: datetime) -> None:
    stages = [entry.stage for entry in load_timeline(connection, held.id)]
    if stages[-1] is Stage.HELD:
        _record(connection, "release", held.id, by=by, detail="by a waiver", now=now, provider=held.provider)
        queue.enqueue(connection, Task(delivery_id=held.id, run=stages.count(Stage.HELD) + 1))


def _make_waiver(connection: Connection, delivery_id: str, rule: str, *, is_for_release: bool) -> Waiver:
    if rule in UNWAIVABLE_RULES:
        raise Refused(
            "RuleNotWaivable", f"{rule} cannot be waived; clear this delivery, or mend what the finding names"
        )
    held_by = {f.rule for f in load_findings(connection, delivery_id) if f.severity is Severity.HOLD}
    if rule not in held_by:
        listed = ", ".join(sorted(held_by)) or "nothing"
        raise Refused("NotHeldByRule", f"delivery {delivery_id} is not held by {rule}; it is held by {listed}")
    delivery = find_delivery(connection, delivery_id)
    key = find_release_keys(connection, [delivery_id]).get(delivery_id, "") if is_for_release else ""
    return Waiver(
        id=secrets.token_hex(WAIVER_ID_BYTES),
        provider=delivery.provider if delivery else "",
        rule=rule,
        release_key=key,
        waived_by="",
        waived_at="",
        reason="",
        delivery_id=delivery_id,
    )


def _list_holding(connection: Connection, delivery_id: str, provider: str, now: datetime) -> Iterable[Finding]:
    """Return the findings that hold a delivery and are not waived now."""
    key = find_release_keys(connection, [delivery_id]).get(delivery_id, "")
    rules = {w.rule for w in waivers_in_force(connection, provider, now) if w.covers(w.rule, (key,))}
    found = load_findings(connection, delivery_id)
    decided = HELD_BY_DECISION if find_hold(connection, delivery_id, now) is None else ""
    return [f for f in found if f.severity is Severity.HOLD and not is_waived(f, rules) and f.rule != decided]


def _count_holds(connection: Connection, delivery_id: str) -> int:
    """Return how often the delivery was held so far. Raises: Refused if it is not held now."""
    stages = [entry.stage for entry in load_timeline(connection, delivery_id)]
    if not stages or stages[-1] is not Stage.HELD:
        state = stages[-1].value if stages else "unknown"
        raise Refused("NotHeld", f"delivery {delivery_id} is {state}; only a held one is cleared or rejected")
    return stages.count(Stage.HELD)


def _check_not_decided(connection: Connection, delivery_id: str, now: datetime) -> None:
    decision = find_hold(connection, delivery_id, now)
    if decision is not None:
        raise Refused(
            "HoldInForce",
            f"delivery {delivery_id} waits for decision {decision.id} by {decision.decided_by}: {decision.reason}; "
            "undo that decision, and everything that waits for it goes on",
        )


def _record(
    connection: Connection, action: str, subject: str, *, by: str, detail: str, now: datetime, provider: str = ""
) -> None:
    if not provider:
        delivery = find_delivery(connection, subject)
        provider = delivery.provider if delivery else ""
    record_act(connection, action, by=by, provider=provider, subject=subject, now=now, detail=detail.strip())


def _sign(what: str, by: str, reason: str) -> str:
    if not by.strip() or not reason.strip():
        raise Refused("NoReason", "say who decides and why: both stay in the delivery's timeline")
    return f"{what} by {by.strip()}: {reason.strip()}"
