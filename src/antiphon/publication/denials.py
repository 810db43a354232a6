"""Takedowns on their own path: recorded, applied to the catalogue, and written to the overlay in one go.

Whoever records a takedown writes the overlay at once, whether a publisher runs or not; nodes read it every poll. It is
written inside the transaction that records the decision, which holds the record's write lock: two takedowns at a time
cannot overwrite each other's set, and one that is lost after the overlay was written can only have denied too much.
"""

from datetime import datetime

from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.errors import Refused
from antiphon.model.territories import parse_territory
from antiphon.record import writing
from antiphon.record.decisions import add_decision, decisions_in_force, recompute_targets, undo_decision
from antiphon.record.instants import format_instant
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay


def take_down(engine: Engine, blobs: BlobStore, decision: Decision, now: datetime) -> None:
    """Record a takedown; when this returns every node that reaches the store stops granting within its poll.

    Raises: Refused where the target is not in the catalogue.
    """
    with writing(engine) as conn:
        add_decision(conn, decision)
        recompute_targets(conn, decision, now)
        write_overlay(conn, blobs, now)


def undo_takedown(engine: Engine, blobs: BlobStore, decision_id: str, *, by: str, now: datetime) -> Decision:
    """Undo a takedown and return it; what it denied may play again. Raises: Refused where it does not hold."""
    with writing(engine) as conn:
        decision = undo_decision(conn, decision_id, by=by, now=now)
        recompute_targets(conn, decision, now)
        write_overlay(conn, blobs, now)
    return decision


def write_overlay(conn: Connection, blobs: BlobStore, now: datetime) -> Overlay:
    """Write the complete set of denials in force to the store and return it. ``conn`` must hold the write lock."""
    stored = blobs.get_named(OVERLAY_NAME)
    overlay = Overlay(
        sequence=decode_overlay(stored).sequence + 1 if stored is not None else 1,
        written_at=format_instant(now),
        denials=tuple(read_denial(decision) for decision in decisions_in_force(conn)),
    )
    blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))
    return overlay


def read_denial(decision: Decision) -> Denial:
    """Return what a takedown denies. Raises: Refused for a decision that denies nothing."""
    if decision.kind is not DecisionKind.TAKEDOWN:
        raise Refused("NotADenial", f"a {decision.kind} denies nothing")
    return Denial(
        decision_id=decision.id,
        kind=decision.target_kind,
        entity_id=decision.target_id,
        territories=tuple(parse_territory(code) for code in decision.territories),
    )
