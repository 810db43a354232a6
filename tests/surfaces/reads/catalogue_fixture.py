"""The catalogue of these tests: three albums by two artists, with rights that differ by market, tier and time."""

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import msgspec
from PIL import Image

from antiphon.access import (
    AccessRole,
    Client,
    SigningKeys,
    Tier,
    hash_client_secret,
    issue_access_token,
    make_api_key,
)
from antiphon.blobs import FolderBlobs
from antiphon.model.availability import Interval, Use
from antiphon.model.entities import Album, AlbumCopyright, AlbumType, Artist, ArtistCredit, Track
from antiphon.model.media import CoverSize, Rendition, RenditionProfile
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.publication.cards import make_card
from antiphon.publication.clients import client_entry
from antiphon.publication.documents import album_entries, artist_entries
from antiphon.publication.spoken_documents import audiobook_entries, show_entries
from antiphon.replica import Replica
from antiphon.segments import (
    NO_DENIALS,
    OVERLAY_NAME,
    VersionRecord,
    encode_overlay,
    encode_segment,
    encode_version,
    version_name,
)
from tests.publication.spoken_word import a_chapter, a_show, an_audiobook, an_episode

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEXT_WEEK = NOW + timedelta(days=7)
KEYS = SigningKeys(current=b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4")
WORLD = (1 << len(TERRITORIES)) - 1
SWEDEN = 1 << TERRITORIES.index(Territory("SE"))
TRACKS = 55
"""On the long album: more than the first page holds."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def an_id(name: str) -> str:
    """Return the entity id of a name: 22 base-62 characters."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    return "".join(ALPHABET[number // 62**place % 62] for place in range(22))


SHOW = a_show(*(an_episode(number, f"2025-{1 + number // 28:02}-{1 + number % 28:02}") for number in range(TRACKS)))
AUDIOBOOK = an_audiobook(*(a_chapter(number) for number in range(TRACKS)))
"""Spoken word that plays everywhere but in Sweden; the newest episode is the last, the first chapter the first."""

TIDEMARKS = Artist(id=an_id("The Tidemarks"), name="The Tidemarks")
VESPER = Artist(id=an_id("Vesper Lane"), name='Vésper "Lane"')
OPUS = Random(1).randbytes(300_007)
FLAC = Random(2).randbytes(50_000)


CLIENT_SECRET = "Zq8T1rVw5yB3nM7kL0pX4sD6fG9hJ2uE-AaQ"
_UNKEYED = Client(
    client_id="c1" * 16,
    name="The tests",
    secret_hash=hash_client_secret(CLIENT_SECRET),
    tier=Tier.FREE,
    roles=(AccessRole.PROVIDER,),
)
_KEY, API_KEY = make_api_key(_UNKEYED, "on the wall", NOW)
CLIENT = msgspec.structs.replace(_UNKEYED, keys=(_KEY,))
APP = msgspec.structs.replace(_UNKEYED, client_id="a1" * 16, tier=Tier.PREMIUM)
DISABLED = msgspec.structs.replace(CLIENT, client_id="d1" * 16, is_disabled=True)
"""Clients the node knows, with one secret; that of the first also has an API key."""


def a_client(tier: Tier = Tier.PREMIUM, role: AccessRole | None = None) -> Client:
    """Return a client of a tier, with or without a role."""
    roles = () if role is None else (role,)
    return Client(client_id=f"client-{tier}", name="A player", secret_hash="", tier=tier, roles=roles)


def a_token(tier: Tier = Tier.PREMIUM, now: datetime = NOW, role: AccessRole | None = None) -> str:
    """Return the access token of a client of a tier, with or without a role."""
    return issue_access_token(KEYS, a_client(tier, role), now)


def both_tiers(territories: int = WORLD, starts_at: datetime | None = None) -> tuple[Interval, ...]:
    """Return the right to stream, for both tiers."""
    since = None if starts_at is None else int(starts_at.timestamp())
    return tuple(
        Interval(tier=tier, use=Use.STREAM, territories=territories, starts_at=since)
        for tier in (Tier.FREE, Tier.PREMIUM)
    )


RIGHTS = {
    2: both_tiers(WORLD & ~SWEDEN),
    3: both_tiers(starts_at=NEXT_WEEK),
    4: (Interval(tier=Tier.PREMIUM, use=Use.STREAM, territories=WORLD),),
    5: (),
}
"""Of the tracks of the long album, by number: 2 not in Sweden, 3 from next week, 4 for premium, 5 for nobody."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A store, the folder of a node that follows it, and the node's replica in this process."""

    blobs: FolderBlobs
    root: Path
    replica: Replica


def make_cover() -> bytes:
    """Return a small JPEG."""
    target = BytesIO()
    Image.new("RGB", (8, 8), (90, 20, 60)).save(target, "JPEG")
    return target.getvalue()


def credit(artist: Artist) -> ArtistCredit:
    """Return an artist as a main artist."""
    return ArtistCredit(artist_id=artist.id, name=artist.name)


def a_track(album: str, number: int, artist: Artist, renditions: tuple[Rendition, ...]) -> Track:
    """Return a track of an album."""
    name = f"{album} {number}"
    is_long = album == "Harbour Lights"
    return Track(
        id=an_id(name),
        album_id=an_id(album),
        recording_id=an_id(f"recording {name}"),
        title=f"Lantern {number}" if is_long else f"{album}, part {number}",
        artists=(credit(artist),),
        disc_number=1,
        track_number=number,
        duration_ms=19_000 + number,
        explicit=number == 4,
        isrc=f"QZANT26{number:05}" if is_long else "",
        renditions=renditions,
        intervals=RIGHTS.get(number, both_tiers()) if is_long else both_tiers(),
    )


def an_album(
    title: str,
    kind: AlbumType,
    artist: Artist,
    tracks: int,
    date: str,
    covers: tuple[CoverSize, ...],
    renditions: tuple[Rendition, ...],
) -> Album:
    """Return an album; every second track of a compilation is by the Tidemarks."""
    performers = [TIDEMARKS if kind is AlbumType.COMPILATION and number % 2 else artist for number in range(tracks)]
    return Album(
        id=an_id(title),
        provider="northwind",
        release_key=f"key of {title}",
        delivery_id="1",
        title=title,
        type=kind,
        artists=(credit(artist),),
        tracks=tuple(a_track(title, number, performer, renditions) for number, performer in enumerate(performers, 1)),
        label="Paper Lantern",
        release_date=date,
        upc="4006381333931" if kind is AlbumType.ALBUM else "",
        genres=("Ambient",),
        copyrights=(AlbumCopyright(type="P", text="2026 Paper Lantern"),),
        covers=covers,
    )


def make_albums(blobs: FolderBlobs) -> tuple[Album, ...]:
    """Return the albums, their media in the store."""
    opus = Rendition(
        profile=RenditionProfile.OPUS,
        blob=blobs.put(OPUS),
        media_type="audio/ogg",
        size_bytes=len(OPUS),
        duration_ms=19_000,
        bitrate_bps=128_000,
    )
    flac = Rendition(
        profile=RenditionProfile.FLAC,
        blob=blobs.put(FLAC),
        media_type="audio/flac",
        size_bytes=len(FLAC),
        duration_ms=19_000,
        bitrate_bps=900_000,
    )
    covers = (CoverSize(blob=blobs.put(make_cover()), width_px=640, height_px=640),)
    return (
        an_album("Harbour Lights", AlbumType.ALBUM, TIDEMARKS, TRACKS, "2026-03-01", covers, (opus, flac)),
        an_album("Low Water", AlbumType.SINGLE, TIDEMARKS, 1, "2026-10-09", covers, (opus,)),
        an_album("Night Ferries", AlbumType.COMPILATION, VESPER, 4, "2025-12", covers, (opus,)),
    )


def publish(blobs: FolderBlobs) -> None:
    """Put the catalogue into a store, as one announced version."""
    albums = make_albums(blobs)
    entries = [entry for album in albums for entry in album_entries(album)]
    for artist in (TIDEMARKS, VESPER):
        own = [
            album
            for album in albums
            if artist.id in {c.artist_id for t in album.tracks for c in (*t.artists, *album.artists)}
        ]
        entries += artist_entries(artist, map(make_card, own))
    entries += [client_entry(CLIENT), client_entry(APP), client_entry(DISABLED)]
    entries += [*show_entries(SHOW), *audiobook_entries(AUDIOBOOK)]
    segment = blobs.put(encode_segment(entries, ""))
    version = VersionRecord(version=1, segment=segment, parent="", record_version=3, announced_at=NOW.isoformat())
    blobs.put_named(OVERLAY_NAME, encode_overlay(NO_DENIALS))
    blobs.put_named(version_name(1), encode_version(version))
