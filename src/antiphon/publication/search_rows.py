"""What nodes index of each entity."""

from collections.abc import Iterator, Sequence
from datetime import date

from antiphon.model.claims import IdScheme
from antiphon.model.entities import Album, Artist, EntityKind, Track
from antiphon.publication.audience import markets_ever_granted
from antiphon.segments import Rights, SearchRow, external_id

_MARKET_BYTES = 32


def track_search_row(album: Album, track: Track, rights: Rights) -> SearchRow:
    """Return what a track is found by: also its album's title, year, label and genres. A UPC names the album alone."""
    return SearchRow(
        kind=EntityKind.TRACK,
        title=track.title,
        artists=tuple(credit.name for credit in track.artists),
        album=album.title,
        ids=(external_id("isrc", track.isrc),) if track.isrc else (),
        year=_read_year(album),
        label=album.label,
        genres=album.genres,
        markets=pack_markets([rights]),
    )


def album_search_row(album: Album, rights: Rights) -> SearchRow:
    """Return what an album is found by."""
    return SearchRow(
        kind=EntityKind.ALBUM,
        title=album.title,
        artists=tuple(credit.name for credit in album.artists),
        ids=tuple(_list_ids(album)),
        year=_read_year(album),
        released_day=read_day(album.release_date),
        label=album.label,
        genres=album.genres,
        markets=pack_markets([rights]),
    )


def artist_search_row(artist: Artist, rights: Sequence[Rights], genres: Sequence[str]) -> SearchRow:
    """Return what an artist is found by: where any album that credits it was ever granted (``rights``: the albums')."""
    return SearchRow(kind=EntityKind.ARTIST, title=artist.name, genres=tuple(genres), markets=pack_markets(rights))


def _list_ids(album: Album) -> Iterator[str]:
    """Yield what an album is known by elsewhere: its UPC or EAN, and the GRid where the release has one."""
    if album.upc:
        yield external_id("upc", album.upc)
    scheme, _, value = album.release_key.partition(":")
    if scheme == IdScheme.GRID:
        yield external_id(scheme, value)


def _read_year(album: Album) -> int:
    return int(album.release_date[:4] or 0)


def read_day(release_date: str) -> int:
    """Return the day of release since 1970-01-01; 0 where no day is known, or it is one before that."""
    if len(release_date) < len("2026-11-22"):
        return 0
    return max(0, (date.fromisoformat(release_date) - date(1970, 1, 1)).days)


def pack_markets(rights: Sequence[Rights]) -> bytes:
    """Return the markets in which any of these were ever granted, as rows hold them."""
    bits = 0
    for entry in rights:
        bits |= markets_ever_granted(entry.intervals)
    return bits.to_bytes(_MARKET_BYTES, "little")
