"""Sets of territories as bitsets: bit i stands for ``TERRITORIES[i]``.

A deal often names 249 of 250 territories; an ``int`` holds that in 32 bytes, and asking it costs one shift. The
numbering is that of ``antiphon.model.territories`` and part of the document format.
"""

from collections.abc import Iterable
from itertools import compress

from antiphon.model.territories import (
    SUCCESSORS,
    TERRITORIES,
    WORLDWIDE,
    Territory,
    UnknownTerritory,
    parse_territory,
)

_INDEX = {territory: index for index, territory in enumerate(TERRITORIES)}

WORLD = (1 << len(TERRITORIES)) - 1
"""Every territory a deal can be evaluated for: what ``Worldwide`` expands to."""

DISSOLVED: dict[str, tuple[str, ...]] = {
    "AN": ("BQ", "CW", "SX"),
    "CS": ("ME", "RS", "XK"),
    "YU": ("BA", "HR", "ME", "MK", "RS", "SI", "XK"),
    "SU": ("AM", "AZ", "BY", "EE", "GE", "KG", "KZ", "LT", "LV", "MD", "RU", "TJ", "TM", "UA", "UZ"),
}
"""Withdrawn codes that more than one territory followed, with every territory they may have meant. CS was reused (for
Serbia and Montenegro after Czechoslovakia): deals are younger than that. Source: ISO 3166-3; XK is ours to add."""


def territory_index(territory: Territory) -> int:
    """Return the number of the bit that stands for a territory."""
    return _INDEX[territory]


def bitset_of(territories: Iterable[Territory]) -> int:
    """Return the bitset of some territories; none: 0."""
    bits = 0
    for territory in territories:
        bits |= 1 << _INDEX[territory]
    return bits


def territories_of(bitset: int) -> tuple[Territory, ...]:
    """Return the territories of a bitset in the order of ``TERRITORIES``; 0: none."""
    return tuple(compress(TERRITORIES, map(int, reversed(f"{bitset:b}"))))


def certainly_named(codes: Iterable[str], scheme: str = "") -> int:
    """Return the territories that a list of codes names beyond doubt: what it may grant.

    A part of a country ("ES-CN"), a withdrawn code with several successors, a TIS code and what is no code at all
    name none, since a market is a whole country of today.
    """
    bits = 0
    for code in codes:
        bits |= _reading(code, scheme)[0]
    return bits


def possibly_named(codes: Iterable[str], scheme: str = "") -> int:
    """Return the territories that a list of codes may have meant: what it withholds, where it withholds.

    A part of a country stands for the country and a withdrawn code for all its successors. A TIS code, or what is no
    code at all, may mean anything and so stands for the world.
    """
    bits = 0
    for code in codes:
        bits |= _reading(code, scheme)[1]
    return bits


def _reading(code: str, scheme: str) -> tuple[int, int]:
    """Return what a code names for certain and what it may have meant, as bitsets."""
    code = code.strip().upper()
    if code == WORLDWIDE.upper():
        return WORLD, WORLD
    if scheme.strip().upper() == "TIS" or code.isdigit():
        return 0, WORLD
    if code in DISSOLVED:
        return 0, bitset_of(Territory(successor) for successor in DISSOLVED[code])
    try:
        bit = 1 << _INDEX[parse_territory(code)]
    except UnknownTerritory:
        return 0, WORLD
    is_part = "-" in code and code not in SUCCESSORS
    return (0 if is_part else bit), bit
