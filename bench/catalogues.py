"""A made-up catalogue of any size, published into a folder as a node would have followed it: always the same one.

Documents, segments, versions and the node's files are made by the code that ships; only the entities are invented.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from random import Random

import msgspec

from antiphon.blobs import BlobStore, open_blobs
from antiphon.model.claims import Role
from antiphon.model.deals import Deal
from antiphon.model.decisions import TargetKind
from antiphon.model.entities import Album, AlbumCopyright, AlbumType, Artist, ArtistCredit, Track
from antiphon.model.media import CoverSize, Rendition, RenditionProfile
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.publication.cards import make_card
from antiphon.publication.documents import album_entries, artist_entries
from antiphon.replica import Follower
from antiphon.rights import compute_intervals
from antiphon.segments import (
    OVERLAY_NAME,
    Denial,
    Entry,
    Overlay,
    VersionRecord,
    encode_overlay,
    encode_segment,
    encode_version,
    version_name,
)

SEED = 20_261_122
TRACKS_PER_ALBUM = 12
DOCUMENTS_PER_VERSION = 13_500
"""Keeps a segment at some megabytes, as a publisher would."""

DENIALS = 100
"""Takedowns in force: no platform has none, and a read with none takes a shorter way."""

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WORDS = [
    "amber",
    "anchor",
    "ash",
    "autumn",
    "bell",
    "birch",
    "blue",
    "border",
    "bridge",
    "candle",
    "cedar",
    "chalk",
    "cinder",
    "clay",
    "copper",
    "coral",
    "crow",
    "dawn",
    "delta",
    "distance",
    "dust",
    "ember",
    "evening",
    "fern",
    "field",
    "glass",
    "gold",
    "gravel",
    "harbour",
    "hollow",
    "iron",
    "island",
    "ivory",
    "lantern",
    "letter",
    "linen",
    "march",
    "meadow",
    "mercury",
    "mirror",
    "moon",
    "moss",
    "north",
    "orchard",
    "paper",
    "pine",
    "quiet",
    "rain",
    "river",
    "salt",
    "shadow",
    "signal",
    "silver",
    "slow",
    "snow",
    "south",
    "spruce",
    "stone",
    "summer",
    "thunder",
    "tide",
    "timber",
    "velvet",
    "violet",
    "water",
    "willow",
    "window",
    "winter",
    "wren",
    "yellow",
]


class PublishedNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node's data folder, and the ids of the tracks it serves in the order they were published."""

    data: Path
    track_ids: tuple[str, ...]

    @property
    def documents(self) -> Path:
        """The file that holds the documents."""
        return self.data / "node" / "documents" / "data.mdb"


def publish_albums(data: Path, albums: Iterable[Album], *, with_artists: bool = False) -> PublishedNode:
    """Publish albums and follow them to the end; return the node. Artists need all albums in memory at once."""
    blobs = open_blobs(str(data / "blobs"))
    ids: list[str] = []
    version, parent = 0, ""
    made = list(albums) if with_artists else ()
    documents = chain(build_documents(made or albums, ids), build_artists(made))
    while batch := list(islice(documents, DOCUMENTS_PER_VERSION)):
        version += 1
        parent = announce(blobs, batch, version, parent)
    deny(blobs, Random(SEED).sample(ids, DENIALS))
    follower = Follower(blobs, data / "node")
    while follower.poll(datetime.now(UTC)):
        pass
    follower.close()
    return PublishedNode(data=data, track_ids=tuple(ids))


def build_documents(albums: Iterable[Album], ids: list[str]) -> Iterator[Entry]:
    """Yield the documents of albums, and note the ids of their tracks."""
    for album in albums:
        ids += [track.id for track in album.tracks]
        yield from album_entries(album)


def build_artists(albums: Sequence[Album]) -> Iterator[Entry]:
    """Yield the documents of every artist that is credited on albums."""
    credited: dict[ArtistCredit, dict[str, Album]] = {}
    for album in albums:
        for credit in (*album.artists, *(credit for track in album.tracks for credit in track.artists)):
            credited.setdefault(credit, {})[album.id] = album
    for credit, own in credited.items():
        yield from artist_entries(Artist(id=credit.artist_id, name=credit.name), map(make_card, own.values()))


def announce(blobs: BlobStore, entries: Sequence[Entry], version: int, parent: str) -> str:
    """Put a version into the store; return its segment."""
    record = VersionRecord(
        version=version,
        segment=blobs.put(encode_segment(entries, parent)),
        parent=parent,
        record_version=version,
        announced_at=datetime.now(UTC).isoformat(),
    )
    blobs.put_named(version_name(version), encode_version(record))
    return record.segment


def deny(blobs: BlobStore, track_ids: Sequence[str]) -> None:
    """Write the overlay that takes tracks down everywhere."""
    blobs.put_named(OVERLAY_NAME, encode_overlay(make_overlay(track_ids)))


def make_overlay(track_ids: Sequence[str]) -> Overlay:
    """Return the overlay that takes tracks down everywhere."""
    denials = tuple(Denial(decision_id=f"d-{i}", kind=TargetKind.TRACK, entity_id=i) for i in track_ids)
    return Overlay(sequence=1, written_at=datetime.now(UTC).isoformat(), denials=denials)


def invent_albums(count: int, tracks: int = TRACKS_PER_ALBUM, guests: float = 0.1) -> Iterator[Album]:
    """Yield albums of so many tracks by one artist each, with a guest on a share of them."""
    chance = Random(SEED)
    deal = Deal(
        commercial_models=(Role(value="SubscriptionModel"), Role(value="AdvertisementSupportedModel")),
        use_types=(Role(value="OnDemandStream"),),
        excluded_territories=("JP",),
        periods=(ValidityPeriod(start=Moment("2024-03-01", MomentKind.DATE)),),
    )
    intervals = compute_intervals([deal])
    artists = [ArtistCredit(artist_id=make_id(f"artist {n}"), name=_title(chance)) for n in range(max(1, count // 3))]
    for number in range(count):
        yield _invent_album(number, (tracks, guests), artists, chance, intervals=intervals)


def make_id(text: str) -> str:
    """Return an entity id: 22 base-62 characters."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    return "".join(_BASE_62[number // 62**place % 62] for place in range(22))


def _invent_album(
    number: int, size: tuple[int, float], artists: Sequence[ArtistCredit], chance: Random, **rights: object
) -> Album:
    count, guests = size
    artist = chance.choice(artists)
    album_id = make_id(f"album {number}")
    tracks = []
    for place in range(1, count + 1):
        name = f"track {number} {place}"
        track = Track(
            id=make_id(name),
            album_id=album_id,
            recording_id=make_id(f"recording {number} {place}"),
            title=_title(chance),
            artists=(artist, chance.choice(artists)) if chance.random() < guests else (artist,),
            disc_number=1,
            track_number=place,
            duration_ms=chance.randrange(90_000, 420_000),
            isrc=f"QZANT{number * count + place:07d}",
            renditions=(_rendition(name),),
        )
        tracks.append(msgspec.structs.replace(track, **rights))
    return Album(
        id=album_id,
        provider="bench",
        release_key=f"icpn:{number:014d}",
        delivery_id=f"d{number}",
        title=_title(chance),
        type=AlbumType.ALBUM,
        artists=(artist,),
        tracks=tuple(tracks),
        label="Paper Lantern Recordings",
        release_date="2024-03-01",
        upc=f"{number:013d}",
        genres=("Ambient",),
        copyrights=tuple(AlbumCopyright(type=kind, text="2024 Paper Lantern Recordings") for kind in ("P", "C")),
        covers=tuple(
            CoverSize(blob=_blob(f"{number} {side}"), width_px=side, height_px=side) for side in (640, 300, 64)
        ),
    )


def _rendition(name: str) -> Rendition:
    return Rendition(
        profile=RenditionProfile.OPUS,
        blob=_blob(name),
        media_type="audio/ogg; codecs=opus",
        size_bytes=3_200_000,
        duration_ms=200_000,
        bitrate_bps=128_000,
    )


def _blob(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _title(chance: Random) -> str:
    return " ".join(word.title() for word in chance.sample(WORDS, chance.randint(1, 4)))


def warm_file(path: Path) -> None:
    """Read a file once, so that its pages are in memory."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def describe_residency(path: Path) -> str:
    """Return how much of a file is in memory now, in words: a figure taken with cold pages is about the disk."""
    if shutil.which("fincore") is None:
        return "residency of the documents unknown (no fincore)"
    arguments = ["fincore", "--bytes", "--noheadings", "--output", "RES", str(path)]
    resident = int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
    used = path.stat().st_blocks * 512
    return f"{resident / 1e6:.0f} of {used / 1e6:.0f} MB of documents in memory"
