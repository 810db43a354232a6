"""In which markets a document's first rights grant streaming at an instant: for whoever counts, not for readers."""

from functools import lru_cache

from antiphon.model.availability import Tier
from antiphon.segments.layout import HEADER, MAP_ROWS_AT, MAP_TERRITORIES, RIGHTS, SPAN, STREAM_CODES

_MAPS_KEPT = 4096
"""Maps whose markets are remembered, of some 300 bytes each: a catalogue has few, and each is asked for often."""


def find_granted_markets(document: bytes, now_s: int) -> int:
    """Return the territories in which anybody may stream what the first rights cover, as a bitset; denials aside.

    ``document`` has been checked (``encoding.check_document``). 0 for a document without rights.
    """
    *_, rights_at, maps_at, subjects_at, _ = HEADER.unpack_from(document)
    if rights_at == maps_at:
        return 0
    row = RIGHTS.unpack_from(document, rights_at)
    found = 0
    for map_at in {row[STREAM_CODES[tier]] for tier in Tier} - {0}:
        found |= _read_map(document[map_at:subjects_at], now_s)
    return found


@lru_cache(_MAPS_KEPT)
def _read_map(maps: bytes, now_s: int) -> int:
    """Return the territories whose timeline covers an instant, of the map that bytes begin with."""
    is_on = bytearray(256)
    for number in range(1, maps[MAP_TERRITORIES] + 1):
        at = MAP_ROWS_AT + (number - 1) * SPAN.size
        while at:
            starts_at, ends_at, at = SPAN.unpack_from(maps, at)
            if starts_at <= now_s < ends_at:
                is_on[number] = 1
                break
    playable = maps[:MAP_TERRITORIES].translate(is_on)
    return sum(1 << index for index, on in enumerate(playable) if on)
