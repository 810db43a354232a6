"""Rights, evaluated on a document's bytes: may this reader stream, or in which markets could they.

The evaluation is that of ``antiphon.rights.evaluate`` for streaming; a property test holds the two together. Denials
come last and can only deny.
"""

from enum import IntEnum

from antiphon.segments.body import HOLE_BYTES, HoleKind
from antiphon.segments.layout import (
    KINDS_MASK,
    MAP_ROWS_AT,
    MAP_TERRITORIES,
    RIGHTS,
    SPAN,
    SUBJECTS,
)
from antiphon.segments.members import Ruling, rule_markets
from antiphon.segments.reader import Filling, Reader


class Playability(IntEnum):
    """Whether a reader may stream, and if not, in the words of the catalogue API, why."""

    PLAYABLE = 0
    MARKET = 1
    """Not available in the reader's market now."""
    PRODUCT = 2
    """Available in the market now, but not to the reader's tier."""


_PLAYABLE, _MARKET, _PRODUCT = int(Playability.PLAYABLE), int(Playability.MARKET), int(Playability.PRODUCT)
_EVALUATED = tuple(int(kind) for kind in HoleKind if kind is not HoleKind.PAGE)

_unpack_rights = RIGHTS.unpack_from
_unpack_subjects = SUBJECTS.unpack_from
_unpack_span = SPAN.unpack_from
_SPAN_BYTES = SPAN.size
"""Bound once: looking them up was a tenth of a read."""


def find_filling(data: bytes, rights_at: int, key: int, reader: Reader) -> Filling:
    """Return what fills the holes of items with this key, denials aside, and keep it for the reader."""
    replacements: tuple[tuple[bytes, bytes], ...] = ()
    outcome = ""
    if key > KINDS_MASK:
        ruling = _rule(data, rights_at, reader)
        replacements = tuple((HOLE_BYTES[kind], ruling.members[kind]) for kind in _EVALUATED if key >> kind & 1)
        outcome = ruling.outcome
    filling = reader.fillings[key] = (replacements, outcome)
    return filling


def find_ruling(data: bytes, rights_at: int, key: int, reader: Reader) -> Ruling:
    """Return what a row of rights with this key came to, denials aside, and keep it for the reader."""
    ruling = reader.rulings.get(key)
    if ruling is None:
        ruling = reader.rulings[key] = _rule(data, rights_at, reader)
    return ruling


def deny(ruling: Ruling, data: bytes, rights_at: int, reader: Reader) -> Ruling:
    """Return what is left of a row's ruling after the denials in force."""
    if reader.market is None:
        return rule_markets(list_markets(data, rights_at, reader))
    return reader.verdicts[_MARKET] if is_denied(data, rights_at, reader) else ruling


def judge_rights(data: bytes, rights_at: int, reader: Reader) -> int:
    """Return the playability that one row of rights gives a reader in their market."""
    verdict = judge_deals(data, rights_at, reader)
    if verdict != _MARKET and is_denied(data, rights_at, reader):
        return _MARKET
    return verdict


def judge_deals(data: bytes, rights_at: int, reader: Reader) -> int:
    """Return the playability that the maps of a row give: what was granted, before anything is denied."""
    territory = reader.territory
    row = _unpack_rights(data, rights_at)
    map_at = row[reader.own_code]
    if map_at and _covers(data, map_at, data[map_at + territory], reader.now_s):
        return _PLAYABLE
    other_at = row[reader.other_code]
    if other_at and other_at != map_at and _covers(data, other_at, data[other_at + territory], reader.now_s):
        return _PRODUCT
    return _MARKET


def is_denied(data: bytes, rights_at: int, reader: Reader) -> bool:
    """Tell whether the overlay denies a row of rights in the reader's market."""
    return bool(_denied_bits(data, rights_at, reader) >> reader.territory & 1)


def list_markets(data: bytes, rights_at: int, reader: Reader) -> bytes:
    """Return one byte per territory: 1 where the reader's tier may stream now."""
    playable = _list_granted(data, rights_at, reader)
    bits = _denied_bits(data, rights_at, reader) if reader.denied_bits else 0
    return bytes(on and not bits >> index & 1 for index, on in enumerate(playable)) if bits else playable


def _list_granted(data: bytes, rights_at: int, reader: Reader) -> bytes:
    """Return one byte per territory: 1 where the reader's tier may stream now, denials aside."""
    map_at = _unpack_rights(data, rights_at)[reader.own_code]
    if not map_at:
        return bytes(MAP_TERRITORIES)
    now_s = reader.now_s
    is_on = bytearray(256)
    rows_at = map_at + MAP_ROWS_AT
    rows = data[rows_at : rows_at + data[rows_at - 1] * _SPAN_BYTES]
    for number, (starts_at, ends_at, more) in enumerate(SPAN.iter_unpack(rows), 1):
        is_on[number] = starts_at <= now_s < ends_at or (more != 0 and _covers(data, map_at, number, now_s))
    return data[map_at : map_at + MAP_TERRITORIES].translate(is_on)


def _rule(data: bytes, rights_at: int, reader: Reader) -> Ruling:
    if reader.market is None:
        return rule_markets(_list_granted(data, rights_at, reader))
    return reader.verdicts[judge_deals(data, rights_at, reader)]


def _denied_bits(data: bytes, rights_at: int, reader: Reader) -> int:
    """Return the territories in which a row's subjects are denied."""
    start, stop = _unpack_subjects(data, rights_at)
    denied = reader.denied_bits
    bits = 0
    for subject in data[start:stop].split():
        bits |= denied.get(subject, 0)
    return bits


def _covers(data: bytes, map_at: int, number: int, now_s: int) -> bool:
    """Tell whether a timeline of a map (0: never) covers an instant."""
    if not number:
        return False
    at = MAP_ROWS_AT + (number - 1) * _SPAN_BYTES
    while True:
        starts_at, ends_at, more = _unpack_span(data, map_at + at)
        if starts_at <= now_s < ends_at:
            return True
        if more <= at:  # 0 ends the chain; spans go forwards, so damaged bytes cannot make it a circle
            return False
        at = more
