"""The members that fill holes: what a verdict, or a list of markets, is in the words of the catalogue API.

The shape insists on ``available_markets`` of albums, shows and audiobooks, also where a market was named: then it lists
that market, if they may be played there. Of episodes and chapters it insists on ``is_playable``: where no market was
named, they are not. Source: the catalogue profile.
"""

import hashlib
from functools import lru_cache
from typing import NamedTuple

from antiphon.model.territories import TERRITORIES, Territory

_MARKET_LISTS_KEPT = 4096
"""Rendered lists of markets kept per process, at most 3 KB each: catalogues use few distinct sets."""

_NOWHERE = b'"is_playable":false,"restrictions":{"reason":"market"},'
"""The members of an episode or a chapter for a reader who names no market."""

_TRACK = (b'"is_playable":true,', _NOWHERE, b'"is_playable":false,"restrictions":{"reason":"product"},')
_NONE_LISTED = b'"available_markets":[],'


class Ruling(NamedTuple):
    """What rights came to for a reader: the members that fill holes, by their kind (a page: empty), and its short name.

    ``outcome``: a letter where the reader named a market, a hash of the markets where not.
    """

    members: tuple[bytes, ...]
    outcome: str


@lru_cache(len(TERRITORIES))
def rule_verdicts(market: Territory) -> tuple[Ruling, ...]:
    """Return the rulings for readers of a market, by playability."""
    listed = b'"available_markets":["%b"],' % market.encode()
    album = (
        listed,
        _NONE_LISTED + b'"restrictions":{"reason":"market"},',
        _NONE_LISTED + b'"restrictions":{"reason":"product"},',
    )
    listing = (listed, _NONE_LISTED, _NONE_LISTED)
    by_kind = (_TRACK, album, (b"", b"", b""), listing, _TRACK, _TRACK)
    return tuple(Ruling(members, outcome) for members, outcome in zip(zip(*by_kind, strict=True), "ymp", strict=True))


@lru_cache(_MARKET_LISTS_KEPT)
def rule_markets(playable: bytes) -> Ruling:
    """Return the ruling for readers who name no market, from one byte per territory: 1 where they may play.

    Markets are listed in the order of their codes.
    """
    codes = sorted(territory for territory, is_on in zip(TERRITORIES, playable, strict=False) if is_on)
    listed = b'"available_markets":[' + ",".join(f'"{code}"' for code in codes).encode() + b"],"
    outcome = hashlib.blake2b(playable, digest_size=8).hexdigest()
    return Ruling((listed, listed, b"", listed, _NOWHERE, _NOWHERE + listed), outcome)
