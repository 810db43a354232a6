"""Tracks: the recordings of a statement's main release in their places, with their audio and their rights."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from antiphon.catalogue.choices import Chosen, Credits, Part, Source
from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.overrides import Overrides, rename_credits
from antiphon.catalogue.takedowns import Subjects, denials_of, subjects_of, subtract_denials
from antiphon.catalogue.texts import choose_id, choose_title
from antiphon.identity import (
    artist_anchors,
    display_elements,
    layout_elements,
    naming_elements,
    resource_anchors,
    track_anchors,
)
from antiphon.model.availability import Interval
from antiphon.model.claims import IdScheme
from antiphon.model.decisions import Decision, TargetKind
from antiphon.model.entities import ArtistCredit, EntityKind, Recording, Track
from antiphon.model.errors import Broken
from antiphon.model.identifiers import parse_isrc
from antiphon.model.media import Rendition, ResourceMedia
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rights import compute_intervals, deals_for_track, list_addressees

_DEFAULT_ROLE = "MainArtist"

_TRACK_FIELDS = {"is_explicit": "explicit"}
"""What a track calls the fields of its recording, where it is another word."""


class TrackFields(NamedTuple):
    """The fields of a track as they were chosen."""

    title: Chosen[str]
    artists: Credits
    disc_number: Chosen[int]
    track_number: Chosen[int]
    duration_ms: Chosen[int]
    explicit: Chosen[bool]
    isrc: Chosen[str]
    renditions: Chosen[tuple[Rendition, ...]]
    intervals: Chosen[tuple[Interval, ...]]


class ChosenTrack(NamedTuple):
    """A track before it is assembled, with whom it is linked to."""

    track_id: str
    recording_id: str
    fields: TrackFields


def choose_tracks(
    current: CurrentStatement, links: Links, album_artists: Credits, overrides: Overrides
) -> list[ChosenTrack]:
    """Return the tracks of a release in order, with what the owner's deals grant and nothing taken away yet.

    A track without credits of its own is by the artists of the album.
    """
    statement = current.statement
    resources = {resource.reference: resource for resource in statement.resources}
    anchors = resource_anchors(statement, current.release_key)
    layout = layout_elements(statement)
    # The tracks of a release mostly have the same deals, and what those come to is most of the work.
    intervals = cache(partial(compute_intervals, our_dpids=list_addressees(statement)))
    tracks = []
    for place, anchor in track_anchors(statement, current.release_key):
        resource = resources[place.resource_reference]
        media = current.media.get(resource.reference)
        credited = rename_credits(credit_artists(resource, links), overrides)
        deals = tuple(deals_for_track(statement, resource.reference))
        fields = TrackFields(
            title=choose_title(resource.titles),
            artists=credited if credited.value else album_artists,
            disc_number=Chosen(place.disc_number, layout),
            track_number=Chosen(place.track_number, layout),
            duration_ms=choose_duration(resource, media),
            explicit=choose_explicit(resource),
            isrc=choose_id(resource.ids, IdScheme.ISRC, parse_isrc),
            renditions=Chosen(media.renditions, (media,)) if media is not None else Chosen(()),
            intervals=Chosen(intervals(deals), deals),
        )
        track_id = find_entity(links, EntityKind.TRACK, anchor)
        recording_id = find_entity(links, EntityKind.RECORDING, anchors[resource.reference])
        tracks.append(ChosenTrack(track_id, recording_id, fields))
    return tracks


def override_recordings(tracks: list[ChosenTrack], overrides: Overrides) -> list[ChosenTrack]:
    """Return the tracks with what was decided of the recordings they are."""
    if not overrides:
        return tracks
    return [
        _override(track, {_TRACK_FIELDS.get(name, name): chosen for name, chosen in decided.items()})
        if (decided := overrides.get((TargetKind.RECORDING, track.recording_id)))
        else track
        for track in tracks
    ]


def override_tracks(tracks: list[ChosenTrack], overrides: Overrides) -> list[ChosenTrack]:
    """Return the tracks with what was decided of each itself."""
    if not overrides:
        return tracks
    return [_override(track, overrides.get((TargetKind.TRACK, track.track_id), {})) for track in tracks]


def _override(track: ChosenTrack, decided: Mapping[str, Any]) -> ChosenTrack:
    return track._replace(fields=track.fields._replace(**decided))


def withhold_tracks(tracks: list[ChosenTrack], transfers: Sequence[Decision]) -> list[ChosenTrack]:
    """Return the tracks with nothing granted, as a transfer has it until the new owner delivers."""
    nothing: Chosen[tuple[Interval, ...]] = Chosen((), tuple(transfers))
    return [track._replace(fields=track.fields._replace(intervals=nothing)) for track in tracks]


def assemble_track(chosen: ChosenTrack, album_id: str) -> Track:
    """Return the track that was chosen."""
    fields = chosen.fields
    return Track(
        id=chosen.track_id,
        album_id=album_id,
        recording_id=chosen.recording_id,
        title=fields.title.value,
        artists=fields.artists.value,
        disc_number=fields.disc_number.value,
        track_number=fields.track_number.value,
        duration_ms=fields.duration_ms.value,
        explicit=fields.explicit.value,
        isrc=fields.isrc.value,
        renditions=fields.renditions.value,
        intervals=fields.intervals.value,
    )


def apply_denials(
    chosen: ChosenTrack, album_id: str, album_subjects: Subjects, decisions: Sequence[Decision]
) -> ChosenTrack:
    """Return the track less what takedowns and geoblocks of it, or of what it belongs to, take away."""
    if not decisions:
        return chosen
    denials = denials_of(subjects_of(assemble_track(chosen, album_id)) | album_subjects, decisions)
    if not denials:
        return chosen
    granted = chosen.fields.intervals
    kept = subtract_denials(granted.value, denials)
    return chosen._replace(fields=chosen.fields._replace(intervals=Chosen(kept, (*granted.sources, *denials))))


class RecordingFields(NamedTuple):
    """The fields of a recording as a track of it has them."""

    title: Chosen[str]
    isrc: Chosen[str]
    duration_ms: Chosen[int]
    artists: Credits
    is_explicit: Chosen[bool]


def choose_recordings(tracks: Iterable[ChosenTrack]) -> dict[str, RecordingFields]:
    """Return what a release says of its recordings, by id: what the first track of each says."""
    found: dict[str, RecordingFields] = {}
    for track in tracks:
        if track.recording_id not in found:
            fields = track.fields
            found[track.recording_id] = RecordingFields(
                title=fields.title,
                isrc=fields.isrc,
                duration_ms=fields.duration_ms,
                artists=fields.artists,
                is_explicit=fields.explicit,
            )
    return found


def assemble_recording(recording_id: str, fields: RecordingFields, work_ids: tuple[str, ...]) -> Recording:
    """Return the recording that was chosen, with the works it is of."""
    return Recording(
        id=recording_id,
        title=fields.title.value,
        isrc=fields.isrc.value,
        duration_ms=fields.duration_ms.value,
        artists=fields.artists.value,
        is_explicit=fields.is_explicit.value,
        work_ids=work_ids,
    )


def credit_artists(holder: Release | Resource, links: Links) -> Credits:
    """Return the display artists with their entities, in the order given, each artist once with its first role."""
    found: dict[str, ArtistCredit] = {}
    names: dict[str, Source] = {}
    for credit, element in display_elements(holder):
        artist_id = find_entity(links, EntityKind.ARTIST, artist_anchors(credit)[0])
        role = next((role.value for role in credit.roles if role.value), _DEFAULT_ROLE)
        found.setdefault(artist_id, ArtistCredit(artist_id=artist_id, name=credit.name, role=role))
        names.setdefault(artist_id, element)
    return Credits(tuple(found.values()), naming_elements(holder), names)


def choose_names(credited: Iterable[Credits]) -> dict[str, Chosen[str]]:
    """Return the name of each artist, by id: of the first credit it has."""
    names: dict[str, Chosen[str]] = {}
    for one in credited:
        for credit in one.value:
            if credit.artist_id not in names:
                names[credit.artist_id] = Chosen(credit.name, (one.names[credit.artist_id],))
    return names


def find_entity(links: Links, kind: EntityKind, anchor: str) -> str:
    """Return the entity an anchor is linked to. Raises: Broken if it is not: linking comes before building."""
    try:
        return links[kind, anchor]
    except KeyError as error:
        raise Broken(
            f"{kind} {anchor!r} is not linked to an entity; links are proposed before an album is built"
        ) from error


def choose_explicit(resource: Resource) -> Chosen[bool]:
    """Return whether the sender says that the recording is explicit. "Explicit" alone says so, edited versions do not.

    Where it does not, all that is said of it speaks against.
    """
    saying = tuple(advisory for advisory in resource.advisories if advisory.value == "Explicit")
    return Chosen(bool(saying), saying or resource.advisories)


def choose_duration(resource: Resource, media: ResourceMedia | None) -> Chosen[int]:
    """Return the decoded duration; without audio the claimed one, 0 where there is none."""
    if media is not None and media.audio is not None:
        return Chosen(media.audio.duration_ms, (media,))
    if resource.duration_ms is None:
        return Chosen(0)
    return Chosen(resource.duration_ms, (Part(resource, "duration_ms"),))
