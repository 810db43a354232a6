"""The overlay: the complete set of denials in force. It is read beside the versions and can only deny.

A denial names one entity (a track, a recording, an album or an artist) or a provider, and the territories it holds in.
Documents carry what a denial may name; so a takedown works at once, whatever version a node serves. One that ends
says when, and is evaluated with the request's time: so it ends at once too.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple
from zlib import crc32

import msgspec

from antiphon.model.decisions import TargetKind
from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES, Territory

OVERLAY_NAME = "overlay"
"""The name of the overlay in the object store; the one mutable object nodes read."""

EVERYWHERE = (1 << 256) - 1
"""The territory bitset of a denial that names no territory: all bits a document has room for."""

_FORM = "overlay/1"
_MARKET_BITS = {territory: 1 << index for index, territory in enumerate(TERRITORIES)}


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """One subject nobody may play in the named territories; none named: anywhere. ``decision_id`` says why.

    ``entity_id`` is an entity's, or the name that documents have for a provider. ``ends_at``: when it ends, in seconds
    since the epoch, UTC, exclusive; None: when a newer overlay no longer has it.
    """

    decision_id: str
    kind: TargetKind
    entity_id: str
    territories: tuple[Territory, ...] = ()
    ends_at: int | None = None


class Denied(NamedTuple):
    """What is denied at an instant: the territories of each subject, as bitsets as in ``TERRITORIES``.

    ``ids`` are the subjects, ``marks`` theirs, as documents have them.
    """

    bits: dict[bytes, int]
    ids: frozenset[bytes]
    marks: frozenset[int]


class Overlay(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All denials in force. ``sequence`` grows by one with each set written; ``written_at`` is ISO 8601, UTC.

    ``refused`` are the clients that may call no more, by id, and the API keys that were revoked, by hash.
    """

    sequence: int
    written_at: str
    denials: tuple[Denial, ...] = ()
    refused: tuple[str, ...] = ()

    def refuses(self, name: str) -> bool:
        """Tell whether the client of this id, or the API key of this hash, may call no more."""
        return name in self._refused

    def denied_at(self, now_s: int) -> Denied:
        """Return what is denied at a second since the epoch: the same object until the next denial ends."""
        phase = bisect_right(self._ends, now_s)
        found = self._phases.get(phase)
        if found is None:
            self._phases.clear()
            found = self._phases[phase] = _collect(self.denials, now_s)
        return found

    @cached_property
    def _refused(self) -> frozenset[str]:
        return frozenset(self.refused)

    @cached_property
    def _ends(self) -> list[int]:
        return sorted({denial.ends_at for denial in self.denials if denial.ends_at is not None})

    @cached_property
    def _phases(self) -> dict[int, Denied]:
        """What is denied after so many of the ends; one phase at a time, since time goes forwards."""
        return {}


def _collect(denials: Iterable[Denial], now_s: int) -> Denied:
    bits: dict[bytes, int] = {}
    for denial in denials:
        if denial.ends_at is None or now_s < denial.ends_at:
            named = reduce(or_, (_MARKET_BITS[code] for code in denial.territories), 0) or EVERYWHERE
            key = denial.entity_id.encode()
            bits[key] = bits.get(key, 0) | named
    return Denied(bits, frozenset(bits), frozenset(map(crc32, bits)))


NO_DENIALS = Overlay(sequence=0, written_at="")
"""The overlay of an installation in which nothing was ever taken down."""


class _StoredOverlay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: str
    overlay: Overlay


def encode_overlay(overlay: Overlay) -> bytes:
    """Return the overlay's bytes: JSON, the same for the same set in any order of what it names."""
    denials = tuple(sorted(overlay.denials, key=lambda denial: (denial.decision_id, denial.entity_id)))
    refused = tuple(sorted(set(overlay.refused)))
    ordered = msgspec.structs.replace(overlay, denials=denials, refused=refused)
    return msgspec.json.encode(_StoredOverlay(form=_FORM, overlay=ordered))


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
