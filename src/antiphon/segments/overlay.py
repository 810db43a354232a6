"""The overlay: the complete set of denials in force. It is read beside the versions and can only deny.

A denial names one entity (a track, a recording, an album or an artist) and the territories it holds in. Documents
carry the ids that a denial may name; so a takedown works at once, whatever version a node serves.
"""

from functools import cached_property, reduce
from operator import or_

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES, Territory

OVERLAY_NAME = "overlay"
"""The name of the overlay in the object store; the one mutable object nodes read."""

EVERYWHERE = (1 << 256) - 1
"""The territory bitset of a denial that names no territory: all bits a document has room for."""

_FORM = "overlay/1"
_MARKET_BITS = {territory: 1 << index for index, territory in enumerate(TERRITORIES)}


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """One entity nobody may play in the named territories; none named: anywhere. ``decision_id`` says why."""

    decision_id: str
    kind: EntityKind
    entity_id: str
    territories: tuple[Territory, ...] = ()


class Overlay(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All denials in force. ``sequence`` grows by one with each set written; ``written_at`` is ISO 8601, UTC."""

    sequence: int
    written_at: str
    denials: tuple[Denial, ...] = ()

    @cached_property
    def denied_bits(self) -> dict[bytes, int]:
        """The denied territories of each entity id, as bitsets numbered as in ``TERRITORIES``."""
        denied: dict[bytes, int] = {}
        for denial in self.denials:
            bits = reduce(or_, (_MARKET_BITS[code] for code in denial.territories), 0) or EVERYWHERE
            key = denial.entity_id.encode()
            denied[key] = denied.get(key, 0) | bits
        return denied

    @cached_property
    def denied_ids(self) -> frozenset[bytes]:
        """The entity ids any denial names."""
        return frozenset(self.denied_bits)

    def denies(self, subjects: tuple[str, ...], market: Territory) -> bool:
        """Tell whether any of the subjects may not be played in the market."""
        bit = _MARKET_BITS[market]
        return any(self.denied_bits.get(subject.encode(), 0) & bit for subject in subjects)


NO_DENIALS = Overlay(sequence=0, written_at="")
"""The overlay of an installation in which nothing was ever taken down."""


class _StoredOverlay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: str
    overlay: Overlay


def encode_overlay(overlay: Overlay) -> bytes:
    """Return the overlay's bytes: JSON, the same for the same set in any order of its denials."""
    ordered = tuple(sorted(overlay.denials, key=lambda denial: (denial.decision_id, denial.entity_id)))
    return msgspec.json.encode(_StoredOverlay(form=_FORM, overlay=msgspec.structs.replace(overlay, denials=ordered)))


def decode_overlay(data: bytes) -> Overlay:
    """Return the overlay that bytes hold. Raises: Broken for anything else, a territory we do not know included."""
    try:
        stored = msgspec.json.decode(data, type=_StoredOverlay)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"overlay of {len(data)} bytes is not readable: {error}; write the overlay again") from error
    if stored.form != _FORM:
        raise Broken(f"overlay has the form {stored.form!r}; this node reads {_FORM!r}; upgrade the node")
    unknown = {code for denial in stored.overlay.denials for code in denial.territories} - _MARKET_BITS.keys()
    if unknown:
        raise Broken(f"overlay names unknown territories: {', '.join(sorted(unknown))}; upgrade the node")
    return stored.overlay
