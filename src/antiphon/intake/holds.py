"""What a goalie does with a held delivery: clear the hold, or reject it. The timeline says which, who and why."""

from datetime import datetime

from sqlalchemy import Connection, Engine

from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.work import Task
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.record.engine import writing
from antiphon.record.instants import format_instant
from antiphon.record.timeline import append_timeline, load_timeline


def clear_hold(engine: Engine, queue: DeliveryQueue, delivery_id: str, *, by: str, reason: str) -> int:
    """Let a held delivery go on, its holds forgiven, and return the number of the run that was queued.

    It is checked again, and the entry of that check names who cleared it. Clearing the same hold twice is once.
    Raises: Refused if the delivery is not held, or nobody or no reason is named.
    """
    clearance = _sign("hold cleared", by, reason)
    with writing(engine) as connection:
        run = _count_holds(connection, delivery_id) + 1
        queue.enqueue(connection, Task(delivery_id=delivery_id, run=run, clearance=clearance))
    return run


def reject_held(engine: Engine, delivery_id: str, *, by: str, reason: str, now: datetime) -> None:
    """End a held delivery as rejected. Raises: Refused as ``clear_hold`` does."""
    detail = _sign("rejected", by, reason)
    with writing(engine) as connection:
        _count_holds(connection, delivery_id)
        entry = TimelineEntry(stage=Stage.REJECTED, at=format_instant(now), detail=detail)
        append_timeline(connection, delivery_id, entry)


def _count_holds(connection: Connection, delivery_id: str) -> int:
    """Return how often the delivery was held so far. Raises: Refused if it is not held now."""
    stages = [entry.stage for entry in load_timeline(connection, delivery_id)]
    if not stages or stages[-1] is not Stage.HELD:
        state = stages[-1].value if stages else "unknown"
        raise Refused("NotHeld", f"delivery {delivery_id} is {state}; only a held one is cleared or rejected")
    return stages.count(Stage.HELD)


def _sign(what: str, by: str, reason: str) -> str:
    if not by.strip() or not reason.strip():
        raise Refused("NoReason", "say who decides and why: both stay in the delivery's timeline")
    return f"{what} by {by.strip()}: {reason.strip()}"
