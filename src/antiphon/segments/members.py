"""The members that fill holes: what a verdict, or a list of markets, is in the words of the catalogue API.

The shape insists on ``available_markets`` of albums, shows and audiobooks, also where a market was named: then it lists
that market, if they may be played there. Of episodes and chapters it insists on ``is_playable``: where no market was
named, they are not. Source: the catalogue profile.
"""

from functools import lru_cache

from antiphon.model.territories import TERRITORIES, Territory

MemberTable = tuple[tuple[bytes, ...], ...]
"""What fills a hole, by its kind, then by playability."""

NOWHERE = b'"is_playable":false,"restrictions":{"reason":"market"},'
"""The members of an episode or a chapter for a reader who names no market."""

_TRACK = (b'"is_playable":true,', NOWHERE, b'"is_playable":false,"restrictions":{"reason":"product"},')
_NONE_LISTED = b'"available_markets":[],'


@lru_cache(len(TERRITORIES))
def tabulate_members(market: Territory) -> MemberTable:
    """Return what fills the holes for readers of a market. The place of pages, which are made elsewhere, is empty."""
    listed = b'"available_markets":["%b"],' % market.encode()
    album = (
        listed,
        _NONE_LISTED + b'"restrictions":{"reason":"market"},',
        _NONE_LISTED + b'"restrictions":{"reason":"product"},',
    )
    listing = (listed, _NONE_LISTED, _NONE_LISTED)
    return (_TRACK, album, (), listing, _TRACK, _TRACK)
