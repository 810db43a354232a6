"""Releases as ERN 4.3.2 writes them: a release with its tree, and a short track release per track.

Without a place there: resources outside the tree that are not linked, hidden and secondary places, exclusions in
scopes; of track releases all but ids, titles, the resource, labels and genres.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    add_copyright_line,
    add_element,
    add_flag,
    add_genre,
    add_ids,
    add_moment,
    add_role,
    add_text,
)
from antiphon.formats.ern.scopes import display_attributes, scope_attributes
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_parties import PartyList
from antiphon.formats.ern.writer_resources_4 import add_titles
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace


def add_release(release_list: Element, release: Release, parties: PartyList) -> None:
    """Append one release in the order of the schema."""
    if release.is_track_release:
        _add_track_release(release_list, release, parties)
        return
    element = add_element(release_list, "Release")
    add_text(element, "ReleaseReference", release.reference)
    for role in release.types:
        add_role(element, "ReleaseType", role)
    add_ids(element, "ReleaseId", release.ids)
    add_titles(element, release.titles)
    for name in release.display_artist_names:
        add_text(element, "DisplayArtistName", name.value, display_attributes(name.scope))
    for artist in release.display_artists:
        parties.add_display_artist(element, artist)
    _add_labels(element, release, parties)
    for line in release.p_lines:
        add_copyright_line(element, "PLine", line, scope_attributes(line.scope))
    for line in release.c_lines:
        add_copyright_line(element, "CLine", line, scope_attributes(line.scope))
    if release.duration_ms is not None:
        add_text(element, "Duration", format_duration(release.duration_ms))
    _add_genres(element, release)
    add_moment(element, "ReleaseDate", release.release_date)
    add_moment(element, "OriginalReleaseDate", release.original_release_date)
    for advisory in release.advisories:
        add_role(element, "ParentalWarningType", advisory)
    linked = [place for place in release.resources if not place.is_primary]
    if release.group is not None or linked:
        _add_group(element, release.group or ResourceGroup(), linked)
    add_flag(element, "IsMultiArtistCompilation", release.is_compilation)


def _add_track_release(release_list: Element, release: Release, parties: PartyList) -> None:
    element = add_element(release_list, "TrackRelease", {"IsMainRelease": "true"} if release.is_main else {})
    add_text(element, "ReleaseReference", release.reference)
    add_ids(element, "ReleaseId", release.ids)
    add_titles(element, release.titles)
    for place in [place for place in release.resources if place.is_primary][:1]:
        add_text(element, "ReleaseResourceReference", place.resource_reference)
    _add_links(element, [place for place in release.resources if not place.is_primary])
    _add_labels(element, release, parties)
    _add_genres(element, release)


def _add_labels(element: Element, release: Release, parties: PartyList) -> None:
    for label in release.labels:
        kind = {"LabelType": label.kind} if label.kind else {}
        attributes = display_attributes(label.scope) | kind
        add_text(element, "ReleaseLabelReference", parties.find_label(label.value), attributes)


def _add_genres(element: Element, release: Release) -> None:
    for genre in release.genres:
        add_genre(element, "DisplayGenre", genre, display_attributes(genre.scope))


def _add_group(parent: Element, group: ResourceGroup, linked: list[ResourcePlace]) -> None:
    """Append the group with those inside it; the linked resources go to the outermost one."""
    element = add_element(parent, "ResourceGroup", {"ResourceGroupType": group.kind} if group.kind else {})
    add_titles(element, group.titles)
    add_text(element, "SequenceNumber", group.sequence)
    for inner in group.groups:
        _add_group(element, inner, [])
    for place in group.places:
        item = add_element(element, "ResourceGroupContentItem")
        add_text(item, "SequenceNumber", place.sequence)
        add_text(item, "ReleaseResourceReference", place.resource_reference)
        if place.is_bonus:
            add_flag(item, "IsBonusResource", place.is_bonus)
    _add_links(element, linked)


def _add_links(parent: Element, linked: list[ResourcePlace]) -> None:
    for place in linked:
        link = {"LinkDescription": place.link} if place.link else {}
        add_text(parent, "LinkedReleaseResourceReference", place.resource_reference, link)
