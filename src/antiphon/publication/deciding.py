"""Decide and undo as whoever decides does it: in the record, in the catalogue and, where it denies, on every node.

The overlay is written inside the transaction that records the decision, which holds the record's write lock: two
decisions at a time cannot overwrite each other's set, and one that is lost after the overlay was written can only have
denied too much.
"""

from datetime import datetime

from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.publication.denials import write_overlay
from antiphon.record import deciding, writing

_MOVES_OVERLAY = frozenset({DecisionKind.TAKEDOWN, DecisionKind.GEOBLOCK, DecisionKind.MERGE, DecisionKind.SPLIT})
"""The kinds that change what is denied: by saying so, or by what is one with something denied."""


def decide(engine: Engine, blobs: BlobStore, decision: Decision, now: datetime) -> int:
    """Record a decision and apply it; return how many entities changed.

    When this returns, what it denies is granted by no node that has read the store since.
    Raises: Refused as ``record.deciding`` does.
    """
    with writing(engine) as conn:
        changed = deciding.decide(conn, decision, now)
        if decision.kind in _MOVES_OVERLAY:
            write_overlay(conn, blobs, now)
    return changed


def undo(engine: Engine, blobs: BlobStore, decision_id: str, *, by: str, now: datetime) -> Decision:
    """Take a decision back and return it so. Raises: Refused as ``record.deciding`` does."""
    with writing(engine) as conn:
        decision = deciding.undo(conn, decision_id, by=by, now=now)
        if decision.kind in _MOVES_OVERLAY:
            write_overlay(conn, blobs, now)
    return decision
