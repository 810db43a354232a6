"""Which track of a recording stands in for another one, where several could: said once, for whoever relinks.

The artist's own release before a compilation or somebody else's release, then the one that came out first, then the
lower id. So a listener gets the record a song is from, gets the same one every day, and the answer does not depend on
which of the others was asked for.
"""

from antiphon.model.entities import Album, AlbumType, Track

STAND_INS_TRIED = 64
"""Tracks of one recording that are looked at, the first by id: a hit is on 40 compilations, and a look-up must end."""

_UNKNOWN_DATE = "9999"


def rank_stand_in(album: Album, track: Track) -> str:
    """Return what tracks of one recording are compared by, as text: the lower one stands in. Ties: the lower id."""
    own = {credit.artist_id for credit in track.artists} & {credit.artist_id for credit in album.artists}
    is_own = bool(own) and album.type is not AlbumType.COMPILATION
    return f"{0 if is_own else 1} {album.release_date or _UNKNOWN_DATE}"
