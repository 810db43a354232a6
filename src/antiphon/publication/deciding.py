"""Decide and undo as whoever decides does it: in the record, in the catalogue and, where it denies, on every node.

The overlay is written under the record's write lock: two decisions at a time cannot overwrite each other's set. That of
a new decision is written in its own transaction, that of an undo after it: what is lost in between can only have denied
too much. An undo that was lost is mended by the publisher's next look; a decision that was lost stays denied, and is
told of, until a person says what it was (``denials``).
"""

import secrets
from datetime import datetime

import msgspec
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.catalogue import plan_split
from antiphon.model.decisions import Decision, DecisionKind, Effect, Split, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.publication.denials import write_overlay
from antiphon.record import deciding, writing
from antiphon.record.applying import finish_decision
from antiphon.record.instants import format_instant
from antiphon.telemetry import definitions, log_event

DECISION_ID_BYTES = 8
"""bytes; 16 hex digits, of which no two decisions ever get the same."""

_MOVES_OVERLAY = frozenset(
    {DecisionKind.TAKEDOWN, DecisionKind.GEOBLOCK, DecisionKind.ERASE, DecisionKind.MERGE, DecisionKind.SPLIT}
)
"""The kinds that change what is denied: by saying so, or by what is one with something denied."""


def draft_decision(
    effect: Effect, target_kind: TargetKind, target_id: str, *, by: str, reason: str, now: datetime, until: str = ""
) -> Decision:
    """Return a decision that is about to be made, with an id of its own; a split into nothing gets a new entity."""
    decision_id = secrets.token_hex(DECISION_ID_BYTES)
    if isinstance(effect, Split) and not effect.into_id and effect.anchors:
        into_id = plan_split(decision_id, EntityKind(target_kind.value), effect.anchors)
        effect = msgspec.structs.replace(effect, into_id=into_id)
    return Decision(
        id=decision_id,
        effect=effect,
        target_kind=target_kind,
        target_id=target_id,
        decided_by=by,
        decided_at=format_instant(now),
        reason=reason,
        until=until,
    )


def decide(engine: Engine, blobs: BlobStore, decision: Decision, now: datetime) -> int:
    """Record a decision and apply it; return how many entities changed.

    When this returns, what it denies is granted by no node that has read the store since.
    Raises: Refused as ``record.deciding`` does.
    """
    has_denied = is_kept = False
    try:
        with writing(engine) as conn:
            changed = deciding.decide(conn, decision, now)
            if decision.kind in _MOVES_OVERLAY:
                has_denied = True
                write_overlay(conn, blobs, now)
        is_kept = True
    finally:
        if has_denied and not is_kept:
            # It was not committed, and whoever decides is told so: what it denies is let go, if it is not known.
            with writing(engine) as conn:
                write_overlay(conn, blobs, now, forget={decision.id})
    _tell(decision, "decide", decision.decided_by)
    return changed + finish_decision(engine, decision.id, now)


def undo(engine: Engine, blobs: BlobStore, decision_id: str, *, by: str, now: datetime) -> Decision:
    """Take a decision back and return it so. Raises: Refused as ``record.deciding`` does."""
    with writing(engine) as conn:
        decision = deciding.undo(conn, decision_id, by=by, now=now)
    if decision.kind in _MOVES_OVERLAY:
        with writing(engine) as conn:
            write_overlay(conn, blobs, now)
    _tell(decision, "undo", decision.undone_by)
    finish_decision(engine, decision.id, now)
    return decision


def _tell(decision: Decision, action: str, by: str) -> None:
    log_event(
        definitions.DECISION_RECORDED,
        decision_id=decision.id,
        action=action,
        kind=decision.kind.value,
        target_kind=decision.target_kind.value,
        target_id=decision.target_id,
        decided_by=by,
    )
