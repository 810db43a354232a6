"""A small made-up catalogue for tests and benchmarks: any number of albums, always the same ones."""

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.entities import Album, AlbumCopyright, AlbumType, Artist, ArtistCredit, Track
from antiphon.model.media import CoverSize, Rendition, RenditionProfile
from antiphon.model.territories import Territory
from antiphon.rights import WORLD, bitset_of

WITHHELD = Territory("SE")
"""The market in which no track of the made-up catalogue plays."""

_ADJECTIVES = ("Slow", "Amber", "Hollow", "Northern", "Paper", "Silent", "Golden", "Electric", "Broken", "Distant")
_NOUNS = ("Harbour", "Lantern", "River", "Signal", "Orchard", "Mirror", "Thunder", "Garden", "Engine", "Meadow")
_MIDNIGHTS = 38
"""How many instants a deal that starts on a date comes to: one per clock on earth."""


def an_id(kind: str, number: int) -> str:
    """Return an entity id: 22 base-62 characters."""
    return f"{kind}{number:0{22 - len(kind)}x}"


def a_title(number: int) -> str:
    """Return a title of two words; from 100 on with a number."""
    words = f"{_ADJECTIVES[number % 10]} {_NOUNS[number // 10 % 10]}"
    return words if number < 100 else f"{words} {number // 100}"


def dated_intervals(starts_at: int) -> tuple[Interval, ...]:
    """Return what two deals "from that date, everywhere but SE" come to: an interval per midnight and tier."""
    hours = [WORLD & ~bitset_of([WITHHELD]) & sum(1 << i for i in range(h, 256, _MIDNIGHTS)) for h in range(_MIDNIGHTS)]
    return tuple(
        Interval(tier=tier, use=Use.STREAM, territories=bits, starts_at=starts_at + hour * 3600)
        for tier in Tier
        for hour, bits in enumerate(hours)
    )


def an_album(number: int, *, tracks: int = 10, starts_at: int = 1_700_000_000) -> Album:
    """Return one album by one artist, with renditions and covers."""
    artist = ArtistCredit(artist_id=an_id("artist", number % 97), name=f"{a_title(number % 97 * 5)} Band")
    intervals = dated_intervals(starts_at)
    return Album(
        id=an_id("album", number),
        provider="provider",
        release_key=f"icpn:{number:014d}",
        delivery_id=f"d{number}",
        title=a_title(number),
        type=AlbumType.ALBUM,
        artists=(artist,),
        tracks=tuple(a_track(number, place, artist, intervals) for place in range(1, tracks + 1)),
        label="Quiet Label",
        release_date="2026-11-20",
        upc=f"{number:012d}",
        genres=("Ambient",),
        copyrights=(AlbumCopyright(type="P", text="2026 Quiet Label"), AlbumCopyright(type="C", text="2026 Quiet")),
        covers=tuple(CoverSize(blob=f"{size:064x}", width_px=size, height_px=size) for size in (64, 640, 300)),
    )


def a_track(album: int, place: int, artist: ArtistCredit, intervals: tuple[Interval, ...]) -> Track:
    """Return one track of an album."""
    number = album * 1000 + place
    rendition = Rendition(
        profile=RenditionProfile.OPUS,
        blob=f"{number:064x}",
        media_type="audio/ogg",
        size_bytes=3_000_000,
        duration_ms=200_000 + place,
        bitrate_bps=128_000,
    )
    return Track(
        id=an_id("track", number),
        album_id=an_id("album", album),
        recording_id=an_id("rec", number),
        title=a_title(number % 5000),
        artists=(artist,),
        disc_number=1,
        track_number=place,
        duration_ms=200_000 + place,
        isrc=f"QZANT26{number % 100_000:05d}",
        renditions=(rendition,),
        intervals=intervals,
    )


def an_artist_of(album: Album) -> Artist:
    """Return the first artist of an album as an entity."""
    credit = album.artists[0]
    return Artist(id=credit.artist_id, name=credit.name)
