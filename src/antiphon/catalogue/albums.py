"""THE catalogue function for one release: its current statement, links and decisions to entities."""

from collections.abc import Iterable

import msgspec

from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.texts import choose_default, date_text, display_title, list_copyrights, list_genres
from antiphon.catalogue.tracks import apply_takedowns, build_tracks, credit_artists, find_entity
from antiphon.identity import SONG, display_artists, release_keys, sketch_recording, song_key
from antiphon.model.claims import IdScheme
from antiphon.model.decisions import Decision
from antiphon.model.entities import Album, AlbumType, Artist, EntityKind, Recording, Track
from antiphon.model.errors import Broken
from antiphon.model.identifiers import InvalidIdentifier, parse_icpn
from antiphon.model.media import CoverSize
from antiphon.model.releases import Release
from antiphon.model.resources import ResourceKind
from antiphon.model.statement import Statement

_FRONT_COVER = "FrontCoverImage"
_COMPILATION_TYPES = frozenset({"Compilation", "CompilationAlbum", "GreatestHits", "DJMix"})
_SINGLE_TYPES = frozenset({"EP", "MaxiSingle", "MiniAlbum", "TrackRelease"})
"""Types the catalogue's shape calls singles besides those named so: an EP has no kind of its own there."""


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier in its normal form, and the entity it names."""

    scheme: str
    value: str
    kind: EntityKind
    entity_id: str


class BuiltRelease(msgspec.Struct, frozen=True, kw_only=True):
    """What one release comes to. Artists and recordings are its contributions to shared entities, each once."""

    album: Album
    artists: tuple[Artist, ...]
    recordings: tuple[Recording, ...]
    identifiers: tuple[Identifier, ...]


def build_album(current: CurrentStatement, links: Links, decisions: Iterable[Decision]) -> BuiltRelease:
    """Return the album, tracks, artists and recordings of a release. Pure: equal arguments give equal results.

    ``links`` must hold what ``needed_links`` names; ``decisions`` may hold others' decisions, which are passed over.
    Raises: Broken (ours to fix) for a statement without a main release, or an anchor without a link.
    """
    release = current.statement.main_release
    if release is None:
        raise Broken(f"the current statement of {current.release_key} names no main release; it cannot be built")
    album_id = find_entity(links, EntityKind.ALBUM, current.release_key)
    artists = credit_artists(display_artists(release), links)
    in_force = [decision for decision in decisions if decision.is_in_force]
    tracks = tuple(
        apply_takedowns(track, artists, in_force) for track in build_tracks(current, links, album_id, artists)
    )
    album = Album(
        id=album_id,
        provider=current.provider,
        release_key=current.release_key,
        delivery_id=current.delivery_id,
        title=display_title(release.titles),
        type=classify_album(release),
        artists=artists,
        tracks=tracks,
        label=label.value if (label := choose_default(release.labels)) is not None else "",
        release_date=find_release_date(current.statement, release),
        upc=_find_upc(release),
        genres=list_genres(release),
        copyrights=list_copyrights(release),
        covers=_find_covers(current, release),
    )
    recordings = _list_recordings(tracks)
    return BuiltRelease(
        album=album,
        artists=_list_artists(album),
        recordings=recordings,
        identifiers=_list_identifiers(current, album, recordings),
    )


def classify_album(release: Release) -> AlbumType:
    """Return which of the three kinds of the catalogue API a release is. An EP is a single there."""
    types = {role.value for role in release.types} | {role.user_value for role in release.types}
    if release.is_compilation or types & _COMPILATION_TYPES:
        return AlbumType.COMPILATION
    if types & _SINGLE_TYPES or any(name.endswith("Single") for name in types):
        return AlbumType.SINGLE
    return AlbumType.ALBUM


def find_release_date(statement: Statement, release: Release) -> str:
    """Return the release date, else the original one, else the earliest start of a deal; empty: nothing says."""
    given = date_text(release.release_date) or date_text(release.original_release_date)
    starts = (
        date_text(period.start) for entry in statement.release_deals for deal in entry.deals for period in deal.periods
    )
    return given or min((start for start in starts if start), default="")


def _find_upc(release: Release) -> str:
    for delivered in release.ids:
        if delivered.scheme is IdScheme.ICPN and not delivered.is_replaced:
            try:
                return parse_icpn(delivered.text)
            except InvalidIdentifier:
                continue
    return ""


def _find_covers(current: CurrentStatement, release: Release) -> tuple[CoverSize, ...]:
    """Return the sizes of the front cover: of an image of that type, else of one the release links as its cover."""
    images = [resource for resource in current.statement.resources if resource.kind is ResourceKind.IMAGE]
    fronts = [image.reference for image in images if image.type == _FRONT_COVER]
    linked = [place.resource_reference for place in release.resources if place.link in (_FRONT_COVER, "CoverArt")]
    for reference in (*fronts, *linked):
        media = current.media.get(reference)
        if media is not None and media.covers:
            return media.covers
    return ()


def _list_artists(album: Album) -> tuple[Artist, ...]:
    found: dict[str, Artist] = {}
    for credit in (*album.artists, *(credit for track in album.tracks for credit in track.artists)):
        found.setdefault(credit.artist_id, Artist(id=credit.artist_id, name=credit.name))
    return tuple(found.values())


def _list_recordings(tracks: Iterable[Track]) -> tuple[Recording, ...]:
    found: dict[str, Recording] = {}
    for track in tracks:
        recording = Recording(
            id=track.recording_id,
            title=track.title,
            isrc=track.isrc,
            duration_ms=track.duration_ms,
            artists=track.artists,
            is_explicit=track.explicit,
        )
        found.setdefault(recording.id, recording)
    return tuple(found.values())


def _list_identifiers(
    current: CurrentStatement, album: Album, recordings: Iterable[Recording]
) -> tuple[Identifier, ...]:
    """Return the release's keys, each track's ISRC for the track and its recording, and each recording's song key,
    under which identity finds it again; sorted and each once.
    """
    found = {
        Identifier(scheme=scheme, value=value, kind=EntityKind.ALBUM, entity_id=album.id)
        for scheme, _, value in (key.partition(":") for key in release_keys(current.statement))
        if scheme in (IdScheme.GRID, IdScheme.ICPN)
    }
    for track in album.tracks:
        if track.isrc:
            for kind, entity in ((EntityKind.TRACK, track.id), (EntityKind.RECORDING, track.recording_id)):
                found.add(Identifier(scheme=IdScheme.ISRC, value=track.isrc, kind=kind, entity_id=entity))
    for recording in recordings:
        if key := song_key(sketch_recording(recording)):
            found.add(Identifier(scheme=SONG, value=key, kind=EntityKind.RECORDING, entity_id=recording.id))
    return tuple(sorted(found, key=lambda i: (i.scheme, i.value, i.kind, i.entity_id)))
