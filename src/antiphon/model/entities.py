"""The catalogue's entities: what the catalogue function makes of statements, links and decisions.

An id is 22 base-62 characters and never changes its meaning. Times are seconds since the epoch, UTC.
"""

from enum import StrEnum

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.media import CoverSize, Rendition


class EntityKind(StrEnum):
    """The kinds of entities; the value is the word every surface uses."""

    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    RECORDING = "recording"
    WORK = "work"
    SHOW = "show"
    EPISODE = "episode"
    AUDIOBOOK = "audiobook"
    CHAPTER = "chapter"


RECORDED_KINDS = (EntityKind.ARTIST, EntityKind.ALBUM, EntityKind.TRACK, EntityKind.RECORDING, EntityKind.WORK)
"""The kinds the record keeps. Spoken word is published and served already; no format delivers it yet."""


class ArtistCredit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An artist as credited on one track or release: the entity, and the name as it stands there."""

    artist_id: str
    name: str
    role: str = "MainArtist"


class Artist(msgspec.Struct, frozen=True, kw_only=True):
    """A party that is credited as a display artist."""

    id: str
    name: str


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording, whatever releases it is on. ``isrc`` is empty where none was delivered."""

    id: str
    title: str
    isrc: str = ""
    duration_ms: int = 0
    artists: tuple[ArtistCredit, ...] = ()
    is_explicit: bool = False
    work_ids: tuple[str, ...] = ()
    """The compositions it is of, as far as their ISWCs were delivered; a medley has several."""


class WorkWriter(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote a work, with the roles that say so as written ("Composer"). ``ipi`` is empty where none was given."""

    name: str
    roles: tuple[str, ...]
    ipi: str = ""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A composition, whatever recordings there are of it. ``title`` and ``writers`` are empty where nobody says."""

    id: str
    iswc: str
    title: str = ""
    writers: tuple[WorkWriter, ...] = ()


class AlbumType(StrEnum):
    """The three kinds of releases the catalogue API knows."""

    ALBUM = "album"
    SINGLE = "single"
    COMPILATION = "compilation"


class Track(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A recording's place on a release.

    ``intervals`` are the owner's deals less decisions; empty: nobody may play it. A track without ``renditions`` is
    not playable whatever its intervals say.
    """

    id: str
    album_id: str
    recording_id: str
    title: str
    artists: tuple[ArtistCredit, ...]
    disc_number: int
    track_number: int
    duration_ms: int
    explicit: bool = False
    isrc: str = ""
    renditions: tuple[Rendition, ...] = ()
    intervals: tuple[Interval, ...] = ()


class AlbumCopyright(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A copyright statement; ``type`` is "C" or "P"."""

    type: str
    text: str


class Album(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A release with its tracks in order. ``provider`` owns it: only its current statement grants anything.

    ``release_date`` is YYYY, YYYY-MM or YYYY-MM-DD, empty where unknown. ``delivery_id`` names the delivery whose
    statement is current.
    """

    id: str
    provider: str
    release_key: str
    delivery_id: str
    title: str
    type: AlbumType
    artists: tuple[ArtistCredit, ...]
    tracks: tuple[Track, ...]
    label: str = ""
    release_date: str = ""
    upc: str = ""
    genres: tuple[str, ...] = ()
    copyrights: tuple[AlbumCopyright, ...] = ()
    covers: tuple[CoverSize, ...] = ()
