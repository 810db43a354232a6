"""THE catalogue function for one release: its current statement, links and decisions to entities."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from antiphon.catalogue.choices import Chosen, Credits, Part
from antiphon.catalogue.corrections import correct_links
from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.overrides import collect_overrides, rename_credits
from antiphon.catalogue.takedowns import album_subjects_of
from antiphon.catalogue.texts import (
    choose_copyrights,
    choose_genres,
    choose_id,
    choose_label,
    choose_title,
    date_text,
)
from antiphon.catalogue.tracks import (
    ChosenTrack,
    RecordingFields,
    apply_denials,
    assemble_recording,
    assemble_track,
    choose_names,
    choose_recordings,
    choose_tracks,
    credit_artists,
    find_entity,
    override_recordings,
    override_tracks,
    withhold_tracks,
)
from antiphon.catalogue.works import ChosenWorks, assemble_work, choose_works
from antiphon.identity import SONG, release_keys, sketch_recording, song_key
from antiphon.model.claims import IdScheme
from antiphon.model.decisions import Decision, DecisionKind, TargetKind
from antiphon.model.entities import Album, AlbumCopyright, AlbumType, Artist, EntityKind, Recording, Work
from antiphon.model.errors import Broken
from antiphon.model.identifiers import parse_icpn
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
    """What one release comes to. Artists, recordings and works are its contributions to shared entities, each once."""

    album: Album
    artists: tuple[Artist, ...]
    recordings: tuple[Recording, ...]
    works: tuple[Work, ...]
    identifiers: tuple[Identifier, ...]


class AlbumFields(NamedTuple):
    """The fields of an album as they were chosen; its tracks have their own."""

    title: Chosen[str]
    type: Chosen[AlbumType]
    artists: Credits
    label: Chosen[str]
    release_date: Chosen[str]
    upc: Chosen[str]
    genres: Chosen[tuple[str, ...]]
    copyrights: Chosen[tuple[AlbumCopyright, ...]]
    covers: Chosen[tuple[CoverSize, ...]]


class ChosenRelease(NamedTuple):
    """A release before it is assembled: every field of it with what gave it."""

    album_id: str
    fields: AlbumFields
    tracks: tuple[ChosenTrack, ...]
    recordings: dict[str, RecordingFields]
    names: dict[str, Chosen[str]]
    """What its artists are called, by id."""
    works: ChosenWorks


def build_album(current: CurrentStatement, links: Links, decisions: Sequence[Decision]) -> BuiltRelease:
    """Return the album, tracks, artists and recordings of a release. Pure: equal arguments give equal results.

    ``links`` must hold what ``needed_links`` names, as it was linked; ``decisions`` all that bear on it. Those undone,
    or about something else, are passed over.
    Raises: Broken (ours to fix) for a statement without a main release, or an anchor without a link.
    """
    chosen = choose_release(current, links, decisions)
    fields = chosen.fields
    album = Album(
        id=chosen.album_id,
        provider=current.owner or current.provider,
        release_key=current.release_key,
        delivery_id=current.delivery_id,
        title=fields.title.value,
        type=fields.type.value,
        artists=fields.artists.value,
        tracks=tuple(assemble_track(track, chosen.album_id) for track in chosen.tracks),
        label=fields.label.value,
        release_date=fields.release_date.value,
        upc=fields.upc.value,
        genres=fields.genres.value,
        copyrights=fields.copyrights.value,
        covers=fields.covers.value,
    )
    of_recordings = chosen.works.of_recordings
    recordings = tuple(
        assemble_recording(i, recording, of_recordings[i].value if i in of_recordings else ())
        for i, recording in chosen.recordings.items()
    )
    works = tuple(assemble_work(i, work) for i, work in chosen.works.works.items())
    return BuiltRelease(
        album=album,
        artists=tuple(Artist(id=i, name=name.value) for i, name in chosen.names.items()),
        recordings=recordings,
        works=works,
        identifiers=_list_identifiers(current, album, recordings, works),
    )


def choose_release(current: CurrentStatement, links: Links, decisions: Sequence[Decision]) -> ChosenRelease:
    """Return every field of a release with what gave it, for ``build_album`` to assemble; see there."""
    release = current.statement.main_release
    if release is None:
        raise Broken(f"the current statement of {current.release_key} names no main release; it cannot be built")
    links = correct_links(current.provider, current.release_key, links, decisions)
    album_id = find_entity(links, EntityKind.ALBUM, current.release_key)
    overrides = collect_overrides(decisions)
    artists = rename_credits(credit_artists(release, links), overrides)
    subjects = album_subjects_of(artists.value, current.owner or current.provider)
    chosen = override_recordings(choose_tracks(current, links, artists, overrides), overrides)
    if current.owner:
        chosen = withhold_tracks(chosen, [d for d in decisions if d.kind is DecisionKind.TRANSFER][-1:])
    tracks = tuple(apply_denials(track, album_id, subjects, decisions) for track in override_tracks(chosen, overrides))
    fields = AlbumFields(
        title=choose_title(release.titles),
        type=choose_type(release),
        artists=artists,
        label=choose_label(release.labels),
        release_date=choose_release_date(current.statement, release),
        upc=choose_id(release.ids, IdScheme.ICPN, parse_icpn),
        genres=choose_genres(release),
        copyrights=choose_copyrights(release),
        covers=_choose_covers(current, release),
    )
    fields = fields._replace(**overrides.get((TargetKind.ALBUM, album_id), {}))
    names = choose_names((artists, *(track.fields.artists for track in tracks)))
    return ChosenRelease(album_id, fields, tracks, choose_recordings(chosen), names, choose_works(current, links))


def choose_type(release: Release) -> Chosen[AlbumType]:
    """Return which of the three kinds of the catalogue API a release is. An EP is a single there."""
    compilation = tuple(role for role in release.types if {role.value, role.user_value} & _COMPILATION_TYPES)
    if release.is_compilation:
        return Chosen(AlbumType.COMPILATION, (Part(release, "is_compilation"), *compilation))
    if compilation:
        return Chosen(AlbumType.COMPILATION, compilation)
    single = tuple(role for role in release.types if any(map(_is_single, (role.value, role.user_value))))
    return Chosen(AlbumType.SINGLE, single) if single else Chosen(AlbumType.ALBUM, release.types)


def _is_single(name: str) -> bool:
    return name in _SINGLE_TYPES or name.endswith("Single")


def choose_release_date(statement: Statement, release: Release) -> Chosen[str]:
    """Return the release date, else the original one, else the earliest start of a deal; empty: nothing says."""
    for moment in (release.release_date, release.original_release_date):
        if moment is not None and (given := date_text(moment)):
            return Chosen(given, (moment,))
    periods = (period for entry in statement.release_deals for deal in entry.deals for period in deal.periods)
    starts = [(text, period.start) for period in periods if period.start and (text := date_text(period.start))]
    first = min((text for text, _ in starts), default="")
    return Chosen(first, tuple(moment for text, moment in starts if text == first))


def _choose_covers(current: CurrentStatement, release: Release) -> Chosen[tuple[CoverSize, ...]]:
    """Return the sizes of the front cover: of an image of that type, else of one the release links as its cover."""
    images = [resource for resource in current.statement.resources if resource.kind is ResourceKind.IMAGE]
    fronts = [image.reference for image in images if image.type == _FRONT_COVER]
    linked = [place.resource_reference for place in release.resources if place.link in (_FRONT_COVER, "CoverArt")]
    for reference in (*fronts, *linked):
        media = current.media.get(reference)
        if media is not None and media.covers:
            return Chosen(media.covers, (media,))
    return Chosen(())


def _list_identifiers(
    current: CurrentStatement, album: Album, recordings: Iterable[Recording], works: Iterable[Work]
) -> tuple[Identifier, ...]:
    """Return the release's keys, each track's ISRC for the track and its recording, each work's ISWC, and each
    recording's song key, under which identity finds it again; sorted and each once.
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
    for work in works:
        found.add(Identifier(scheme=IdScheme.ISWC, value=work.iswc, kind=EntityKind.WORK, entity_id=work.id))
    return tuple(sorted(found, key=lambda i: (i.scheme, i.value, i.kind, i.entity_id)))
