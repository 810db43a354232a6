"""Decisions: what somebody changed by hand, with who, when, why, and a way back."""

from enum import StrEnum

import msgspec

from antiphon.model.entities import EntityKind


class DecisionKind(StrEnum):
    """What a decision does. The other kinds of the design arrive with the rooms that act on them."""

    TAKEDOWN = "takedown"
    """Nobody may play the target in the named territories; none named: anywhere."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded decision. ``territories`` empty: everywhere. ``undone_at`` set: it no longer holds.

    Times are ISO 8601 instants in UTC.
    """

    id: str
    kind: DecisionKind
    target_kind: EntityKind
    target_id: str
    territories: tuple[str, ...] = ()
    decided_by: str
    decided_at: str
    reason: str
    undone_by: str = ""
    undone_at: str = ""

    @property
    def is_in_force(self) -> bool:
        """Tell whether the decision still holds."""
        return not self.undone_at
