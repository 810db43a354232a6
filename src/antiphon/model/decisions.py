"""Decisions: what somebody changed by hand, with who, when, why, until when, and a way back.

There is one form for all of them. What a decision does is its effect; what it is about, who decided it and how it is
taken back do not depend on that.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class TargetKind(StrEnum):
    """What a decision may be about: an entity of the catalogue (the words of ``EntityKind``), or a provider."""

    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    RECORDING = "recording"
    PROVIDER = "provider"


class DecisionKind(StrEnum):
    """What a decision does, in a word: the tag of its effect."""

    TAKEDOWN = "takedown"
    GEOBLOCK = "geoblock"
    HOLD = "hold"
    OVERRIDE = "override"
    MERGE = "merge"
    SPLIT = "split"
    TRANSFER = "transfer"
    ERASE = "erase"


class AnchorName(msgspec.Struct, frozen=True, kw_only=True):
    """An anchor as one provider uses it, on one release of theirs; ``release`` empty: on all.

    Two artists whom a provider calls by one name and no id have one anchor, and can only be told apart by release.
    """

    provider: str
    anchor: str
    release: str = ""


class Takedown(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.TAKEDOWN.value):
    """Nobody may play the target in the territories; none named: anywhere."""

    territories: tuple[str, ...] = ()


class Geoblock(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.GEOBLOCK.value):
    """The law or a licence keeps the target out of some territories; at least one is named."""

    territories: tuple[str, ...]


class Hold(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.HOLD.value):
    """Nothing new about the target goes live: deliveries about it wait before the goalie. What is live stays so."""


class Override(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.OVERRIDE.value):
    """A field of the target has a value of ours, whatever its provider says. ``value`` is JSON."""

    field: str
    value: str


class Merge(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.MERGE.value):
    """Everything linked to the target means another entity; the target's id redirects to it."""

    into_id: str


class Split(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.SPLIT.value):
    """Some anchors that mean the target mean another entity: a new one, or one that is there already."""

    into_id: str
    anchors: tuple[AnchorName, ...]


class Transfer(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.TRANSFER.value):
    """The target belongs to another provider from now on."""

    to_provider: str


class Erase(msgspec.Struct, frozen=True, kw_only=True, tag=DecisionKind.ERASE.value):
    """The target is gone for good: what is erased cannot come back, so this cannot be undone."""


Effect = Takedown | Geoblock | Hold | Override | Merge | Split | Transfer | Erase

_ENTITIES = frozenset(TargetKind) - {TargetKind.PROVIDER}
_SHARED = frozenset({TargetKind.ARTIST, TargetKind.RECORDING})

TARGETS: Mapping[DecisionKind, frozenset[TargetKind]] = {
    DecisionKind.TAKEDOWN: frozenset(TargetKind),
    DecisionKind.GEOBLOCK: frozenset(TargetKind),
    DecisionKind.HOLD: frozenset(TargetKind),
    DecisionKind.OVERRIDE: _ENTITIES,
    DecisionKind.MERGE: _SHARED,
    DecisionKind.SPLIT: _SHARED,
    DecisionKind.TRANSFER: frozenset({TargetKind.ALBUM}),
    DecisionKind.ERASE: frozenset({TargetKind.ALBUM}),
}
"""What each kind may be about. Artists and recordings alone are shared by providers, so only they can be confused."""

ENDING = frozenset({DecisionKind.TAKEDOWN, DecisionKind.GEOBLOCK, DecisionKind.HOLD})
"""The kinds that may end by themselves, at ``until``."""

FINAL = frozenset({DecisionKind.ERASE})
"""The kinds that cannot be undone."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded decision. ``until``: when it ends by itself, exclusive; empty: when it is undone.

    ``undone_at`` set: it never happened, as far as the catalogue is concerned. Times are ISO 8601 instants in UTC, in
    the form of ``record.instants``, so that text order is time order.
    """

    id: str
    effect: Effect
    target_kind: TargetKind
    target_id: str
    decided_by: str
    decided_at: str
    reason: str
    until: str = ""
    undone_by: str = ""
    undone_at: str = ""

    @property
    def kind(self) -> DecisionKind:
        """What it does, in a word."""
        return DecisionKind(str(type(self.effect).__struct_config__.tag))

    @property
    def is_undone(self) -> bool:
        """Tell whether it was taken back."""
        return bool(self.undone_at)

    @property
    def into_id(self) -> str:
        """The entity that a merge or a split leads to; empty: it is neither."""
        return self.effect.into_id if isinstance(self.effect, Merge | Split) else ""

    @property
    def territories(self) -> tuple[str, ...]:
        """The territories it names; empty: it names none, which for a takedown means all."""
        return self.effect.territories if isinstance(self.effect, Takedown | Geoblock) else ()

    def is_in_force(self, at: str) -> bool:
        """Tell whether it holds at an instant."""
        return not self.undone_at and (not self.until or at < self.until)
