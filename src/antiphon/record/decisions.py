"""Decisions: what somebody changed by hand. Recorded whole, never changed; an undo is a record of its own."""

from datetime import datetime

from sqlalchemy import Connection, Row, Select, insert, select

from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.model.territories import UnknownTerritory, parse_territory
from antiphon.record.catalogue import albums_of
from antiphon.record.changes import Cause, lock_head
from antiphon.record.entries import write_release
from antiphon.record.instants import format_instant
from antiphon.record.tables import decision_undos, decisions


def add_decision(conn: Connection, decision: Decision) -> None:
    """Record a decision. It acts when ``recompute_targets`` has run in the same transaction.

    Raises: Refused (the caller's fault) for a target the catalogue does not have, a territory that is none, a missing
    name or reason, or an id that is taken.
    """
    _check_decision(conn, decision)
    conn.execute(
        insert(decisions).values(
            id=decision.id,
            kind=decision.kind.value,
            target_kind=decision.target_kind.value,
            target_id=decision.target_id,
            territories=" ".join(decision.territories),
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            reason=decision.reason,
        )
    )


def undo_decision(conn: Connection, decision_id: str, *, by: str, now: datetime) -> Decision:
    """Record that a decision no longer holds, and return it so. Raises: Refused if there is none, or it was undone."""
    decision = find_decision(conn, decision_id)
    if decision is None or not decision.is_in_force:
        state = "does not exist" if decision is None else f"was undone by {decision.undone_by}"
        raise Refused("DecisionNotInForce", f"decision {decision_id} {state}; list decisions to see which hold")
    if not by:
        raise Refused("DecisionWithoutName", "an undo needs the name of whoever decides it")
    conn.execute(insert(decision_undos).values(decision_id=decision_id, undone_by=by, undone_at=format_instant(now)))
    undone = find_decision(conn, decision_id)
    return undone if undone is not None else decision


def find_decision(conn: Connection, decision_id: str) -> Decision | None:
    """Return a decision, undone or not; None: there is none of this id."""
    row = conn.execute(_select_decisions().where(decisions.c.id == decision_id)).one_or_none()
    return _read_decision(row) if row is not None else None


def decisions_in_force(conn: Connection) -> tuple[Decision, ...]:
    """Return the decisions that hold, oldest first."""
    query = _select_decisions().where(decision_undos.c.decision_id.is_(None))
    return tuple(_read_decision(row) for row in conn.execute(query))


def recompute_targets(conn: Connection, decision: Decision, now: datetime) -> int:
    """Build anew every album a decision bears on, after it was recorded or undone; return how many entities changed."""
    lock_head(conn)
    in_force = decisions_in_force(conn)
    cause = Cause(at=now, decision_id=decision.id)
    targets = albums_of(conn, decision.target_kind, decision.target_id)
    return sum(write_release(conn, provider, key, in_force, cause) for provider, key in targets)


def _check_decision(conn: Connection, decision: Decision) -> None:
    if not decision.decided_by or not decision.reason:
        raise Refused("DecisionWithoutReason", "a decision needs the name of whoever decides it, and a reason")
    if find_decision(conn, decision.id) is not None:
        raise Refused("DecisionIdTaken", f"there is a decision {decision.id} already; a new one needs a new id")
    if not albums_of(conn, decision.target_kind, decision.target_id):
        raise Refused("UnknownTarget", f"there is no {decision.target_kind} {decision.target_id} in the catalogue")
    for code in decision.territories:
        try:
            parse_territory(code)
        except UnknownTerritory as error:
            raise Refused(
                "UnknownTerritory", f"{code!r} is no ISO 3166-1 territory; name one, or none for all"
            ) from error


def _select_decisions() -> Select[tuple[object, ...]]:
    return (
        select(decisions, decision_undos.c.undone_by, decision_undos.c.undone_at)
        .join(decision_undos, decision_undos.c.decision_id == decisions.c.id, isouter=True)
        .order_by(decisions.c.decided_at, decisions.c.id)
    )


def _read_decision(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(
        id=row.id,
        kind=DecisionKind(row.kind),
        target_kind=EntityKind(row.target_kind),
        target_id=row.target_id,
        territories=tuple(row.territories.split()),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        undone_by=row.undone_by or "",
        undone_at=row.undone_at or "",
    )
