"""What nodes index of each entity."""

from collections.abc import Sequence

from antiphon.model.availability import Interval
from antiphon.model.entities import Album, Artist, EntityKind, Track
from antiphon.publication.audience import album_rights, markets_ever_granted, track_rights
from antiphon.segments import SearchRow

_MARKET_BYTES = 32


def track_search_row(album: Album, track: Track) -> SearchRow:
    """Return what a track is found by: also its album's title, year, label and genres."""
    return SearchRow(
        kind=EntityKind.TRACK,
        title=track.title,
        artists=tuple(credit.name for credit in track.artists),
        album=album.title,
        isrc=track.isrc,
        upc=album.upc,
        year=_read_year(album),
        label=album.label,
        genres=album.genres,
        markets=_pack_markets(track_rights(album, track).intervals),
    )


def album_search_row(album: Album) -> SearchRow:
    """Return what an album is found by."""
    return SearchRow(
        kind=EntityKind.ALBUM,
        title=album.title,
        artists=tuple(credit.name for credit in album.artists),
        upc=album.upc,
        year=_read_year(album),
        label=album.label,
        genres=album.genres,
        markets=_pack_markets(album_rights(album).intervals),
    )


def artist_search_row(artist: Artist, albums: Sequence[Album], genres: Sequence[str]) -> SearchRow:
    """Return what an artist is found by: where any of the albums that credit it was ever granted."""
    intervals = tuple(interval for album in albums for interval in album_rights(album).intervals)
    return SearchRow(kind=EntityKind.ARTIST, title=artist.name, genres=tuple(genres), markets=_pack_markets(intervals))


def _read_year(album: Album) -> int:
    return int(album.release_date[:4] or 0)


def _pack_markets(intervals: tuple[Interval, ...]) -> bytes:
    return markets_ever_granted(intervals).to_bytes(_MARKET_BYTES, "little")
