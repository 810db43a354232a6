"""Corrections: what people decide about who is who, with who, when, why, and a way back."""

from enum import StrEnum

import msgspec

from antiphon.model.entities import EntityKind


class CorrectionKind(StrEnum):
    """What a correction does to what links mean."""

    MERGE = "merge"
    """Everything linked to the target means another entity; the target's id redirects to it."""
    SPLIT = "split"
    """Some anchors that mean the target mean another entity: a new one, or one that is there already."""


class AnchorName(msgspec.Struct, frozen=True, kw_only=True):
    """An anchor as one provider uses it, on one release of theirs; ``release`` empty: on all.

    Two artists whom a provider calls by one name and no id have one anchor, and can only be told apart by release.
    """

    provider: str
    anchor: str
    release: str = ""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded correction. ``into_id``: the entity that is meant from now on.

    ``anchors`` are those a split moves; empty in a merge. ``decided_at`` and ``undone_at``: ISO 8601 instants in UTC.
    """

    id: str
    kind: CorrectionKind
    target_kind: EntityKind
    target_id: str
    into_id: str
    anchors: tuple[AnchorName, ...] = ()
    decided_by: str
    decided_at: str
    reason: str
    undone_by: str = ""
    undone_at: str = ""

    @property
    def is_in_force(self) -> bool:
        """Tell whether the correction still holds."""
        return not self.undone_at
