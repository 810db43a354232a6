"""Tracks: the recordings of a statement's main release in their places, with their audio and their rights."""

from collections.abc import Iterable

import msgspec

from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.takedowns import denied_territories, subjects_of, subtract_territories, takedowns_of
from antiphon.catalogue.texts import display_title
from antiphon.identity import artist_anchors, display_artists, find_isrc, resource_anchors, track_anchors
from antiphon.model.claims import Credit
from antiphon.model.decisions import Decision
from antiphon.model.entities import ArtistCredit, EntityKind, Track
from antiphon.model.errors import Broken
from antiphon.model.media import ResourceMedia
from antiphon.model.resources import Resource
from antiphon.rights import compute_intervals, deals_for_track

_DEFAULT_ROLE = "MainArtist"


def build_tracks(
    current: CurrentStatement, links: Links, album_id: str, album_artists: tuple[ArtistCredit, ...]
) -> tuple[Track, ...]:
    """Return the tracks of a release in order, with what the owner's deals grant and nothing taken away yet.

    A track without credits of its own is by the artists of the album.
    """
    statement = current.statement
    resources = {resource.reference: resource for resource in statement.resources}
    anchors = resource_anchors(statement, current.release_key)
    tracks = []
    for place, anchor in track_anchors(statement, current.release_key):
        resource = resources[place.resource_reference]
        media = current.media.get(resource.reference)
        tracks.append(
            Track(
                id=find_entity(links, EntityKind.TRACK, anchor),
                album_id=album_id,
                recording_id=find_entity(links, EntityKind.RECORDING, anchors[resource.reference]),
                title=display_title(resource.titles),
                artists=credit_artists(display_artists(resource), links) or album_artists,
                disc_number=place.disc_number,
                track_number=place.track_number,
                duration_ms=_duration_ms(resource, media),
                explicit=is_explicit(resource),
                isrc=find_isrc(resource),
                renditions=media.renditions if media is not None else (),
                intervals=compute_intervals(deals_for_track(statement, resource.reference)),
            )
        )
    return tuple(tracks)


def apply_takedowns(track: Track, album_artists: Iterable[ArtistCredit], decisions: Iterable[Decision]) -> Track:
    """Return the track with the territories taken away in which it, or what it belongs to, is taken down."""
    takedowns = takedowns_of(subjects_of(track, album_artists), decisions)
    if not takedowns:
        return track
    intervals = subtract_territories(track.intervals, denied_territories(takedowns))
    return msgspec.structs.replace(track, intervals=intervals)


def credit_artists(given: Iterable[Credit], links: Links) -> tuple[ArtistCredit, ...]:
    """Return credits with their entities, in the order given, each artist once with its first role."""
    found: dict[str, ArtistCredit] = {}
    for credit in given:
        artist_id = find_entity(links, EntityKind.ARTIST, artist_anchors(credit)[0])
        role = next((role.value for role in credit.roles if role.value), _DEFAULT_ROLE)
        found.setdefault(artist_id, ArtistCredit(artist_id=artist_id, name=credit.name, role=role))
    return tuple(found.values())


def find_entity(links: Links, kind: EntityKind, anchor: str) -> str:
    """Return the entity an anchor is linked to. Raises: Broken if it is not: linking comes before building."""
    try:
        return links[kind, anchor]
    except KeyError as error:
        raise Broken(
            f"{kind} {anchor!r} is not linked to an entity; links are proposed before an album is built"
        ) from error


def is_explicit(resource: Resource) -> bool:
    """Tell whether the sender says that the recording is explicit. "Explicit" alone says so, edited versions do not."""
    return any(advisory.value == "Explicit" for advisory in resource.advisories)


def _duration_ms(resource: Resource, media: ResourceMedia | None) -> int:
    """Return the decoded duration; without audio the claimed one, 0 where there is none."""
    if media is not None and media.audio is not None:
        return media.audio.duration_ms
    return resource.duration_ms or 0
