"""What nodes index of each entity."""

from collections.abc import Iterable, Iterator, Sequence
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
        years=read_years([album.release_date]),
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
        years=read_years([album.release_date]),
        released_day=read_day(album.release_date),
        label=album.label,
        genres=album.genres,
        markets=pack_markets([rights]),
    )


def artist_search_row(
    artist: Artist, rights: Sequence[Rights], genres: Sequence[str], release_dates: Iterable[str]
) -> SearchRow:
    """Return what an artist is found by: where any album that credits it was ever granted (``rights``: the albums').

    ``genres`` and ``release_dates`` are those of its own albums.
    """
    return SearchRow(
        kind=EntityKind.ARTIST,
        title=artist.name,
        years=read_years(release_dates),
        genres=tuple(genres),
        markets=pack_markets(rights),
    )


def _list_ids(album: Album) -> Iterator[str]:
    """Yield what an album is known by elsewhere: its UPC or EAN, and the GRid where the release has one."""
    if album.upc:
        yield external_id("upc", album.upc)
    scheme, _, value = album.release_key.partition(":")
    if scheme == IdScheme.GRID:
        yield external_id(scheme, value)


def read_years(release_dates: Iterable[str]) -> tuple[int, ...]:
    """Return the years of release dates, each once, sorted; none for an unknown one."""
    return tuple(sorted({int(release_date[:4]) for release_date in release_dates if release_date}))


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
