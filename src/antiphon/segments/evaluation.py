"""Rights, evaluated on a document's bytes: may this reader stream, or in which markets could they.

The evaluation is that of ``antiphon.rights.evaluate`` for streaming; a property test holds the two together. Denials
come last and can only deny.
"""

from enum import IntEnum
from functools import lru_cache

from antiphon.model.territories import TERRITORIES
from antiphon.segments.layout import (
    MAP_ROWS_AT,
    MAP_TERRITORIES,
    RIGHTS,
    SPAN,
    SUBJECTS,
)
from antiphon.segments.reader import Reader


class Playability(IntEnum):
    """Whether a reader may stream, and if not, in the words of the catalogue API, why."""

    PLAYABLE = 0
    MARKET = 1
    """Not available in the reader's market now."""
    PRODUCT = 2
    """Available in the market now, but not to the reader's tier."""


_PLAYABLE, _MARKET, _PRODUCT = int(Playability.PLAYABLE), int(Playability.MARKET), int(Playability.PRODUCT)
_MARKET_LISTS_KEPT = 4096
"""Rendered lists of markets kept per process, at most 1.3 KB each: catalogues use few distinct sets."""

_unpack_rights = RIGHTS.unpack_from
_unpack_subjects = SUBJECTS.unpack_from
_unpack_span = SPAN.unpack_from
_SPAN_BYTES = SPAN.size
"""Bound once: looking them up was a tenth of a read."""


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
    start, stop = _unpack_subjects(data, rights_at)
    denied = reader.denied_bits
    return any(denied.get(subject, 0) >> reader.territory & 1 for subject in data[start:stop].split())


def list_markets(data: bytes, rights_at: int, reader: Reader) -> bytes:
    """Return one byte per territory: 1 where the reader's tier may stream now."""
    row = _unpack_rights(data, rights_at)
    map_at = row[reader.own_code]
    if not map_at:
        return bytes(MAP_TERRITORIES)
    now_s = reader.now_s
    is_on = bytearray(256)
    rows_at = map_at + MAP_ROWS_AT
    rows = data[rows_at : rows_at + data[rows_at - 1] * _SPAN_BYTES]
    for number, (starts_at, ends_at, more) in enumerate(SPAN.iter_unpack(rows), 1):
        is_on[number] = starts_at <= now_s < ends_at or (more != 0 and _covers(data, map_at, number, now_s))
    playable = data[map_at : map_at + MAP_TERRITORIES].translate(is_on)
    denied = reader.denied_bits
    if denied:
        bits = 0
        start, stop = _unpack_subjects(data, rights_at)
        for subject in data[start:stop].split():
            bits |= denied.get(subject, 0)
        if bits:
            playable = bytes(on and not bits >> index & 1 for index, on in enumerate(playable))
    return playable


@lru_cache(_MARKET_LISTS_KEPT)
def render_markets(playable: bytes) -> bytes:
    """Return the member that lists the markets ``list_markets`` found, in the order of their codes."""
    codes = sorted(territory for territory, is_on in zip(TERRITORIES, playable, strict=False) if is_on)
    return b'"available_markets":[' + ",".join(f'"{code}"' for code in codes).encode() + b"],"


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
