"""Releases as ERN 3.8.2 writes them: a flat list of resources, and the rest in blocks per territory.

A release without a flat list gets one from its tree and its linked resources, since the schema wants it; read again, it
has it. ERN 3 links resources to items of the tree only, so the first item carries the links of the release. Without
a place there: kinds of groups, defaults among texts.
"""

from collections.abc import Iterator

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
    add_title,
    language_attributes,
)
from antiphon.formats.ern.scopes import EVERYWHERE, Territories, add_block, list_blocks, values_of
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_parties import add_inline_credit
from antiphon.formats.ern.writer_resources_3 import add_block_titles, add_reference_title
from antiphon.model.claims import Role
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace

_EAN_DIGITS = 13
_TRACK_TYPE = Role(value="TrackRelease")


def add_release(release_list: Element, release: Release) -> None:
    """Append one release in the order of the schema."""
    element = add_element(release_list, "Release", {"IsMainRelease": "true"} if release.is_main else {})
    add_ids(element, "ReleaseId", release.ids)
    for icpn in element.iter("ICPN"):
        icpn.set("IsEan", "true" if len(icpn.text or "") == _EAN_DIGITS else "false")
    add_text(element, "ReleaseReference", release.reference)
    add_reference_title(element, release.titles)
    places = _flat_list(release)
    if places:
        listed = add_element(element, "ReleaseResourceReferenceList")
        for place in places:
            add_text(listed, "ReleaseResourceReference", place.resource_reference, _importance(place))
    for role in release.types or ((_TRACK_TYPE,) if release.is_track_release else ()):
        add_role(element, "ReleaseType", role)
    blocks = list_blocks(
        release.titles,
        release.display_artists,
        release.display_artist_names,
        release.labels,
        release.genres,
    )
    for block in blocks:
        _fill_block(add_block(element, "ReleaseDetailsByTerritory", block), release, block)
    if release.duration_ms is not None:
        add_text(element, "Duration", format_duration(release.duration_ms))
    for line in release.p_lines:
        add_copyright_line(element, "PLine", line, language_attributes(line.scope.language))
    for line in release.c_lines:
        add_copyright_line(element, "CLine", line, language_attributes(line.scope.language))


def _fill_block(element: Element, release: Release, block: Territories) -> None:
    for name in values_of(block, release.display_artist_names):
        add_text(element, "DisplayArtistName", name.value, language_attributes(name.scope.language))
    for label in values_of(block, release.labels):
        kind = {"LabelNameType": label.kind} if label.kind else {}
        add_text(element, "LabelName", label.value, language_attributes(label.scope.language) | kind)
    add_block_titles(element, release.titles, block)
    for artist in values_of(block, release.display_artists):
        add_inline_credit(element, "DisplayArtist", "ArtistRole", artist)
    if block == EVERYWHERE:
        add_flag(element, "IsMultiArtistCompilation", release.is_compilation)
        for advisory in release.advisories:
            add_role(element, "ParentalWarningType", advisory)
        if release.group is not None:
            _add_group(element, release.group, [place for place in release.resources if place.link])
    for genre in values_of(block, release.genres):
        add_genre(element, "Genre", genre, language_attributes(genre.scope.language))
    if block == EVERYWHERE:
        add_moment(element, "ReleaseDate", release.release_date)
        add_moment(element, "OriginalReleaseDate", release.original_release_date)


def _add_group(parent: Element, group: ResourceGroup, linked: list[ResourcePlace]) -> None:
    """Append the group with those inside it; ``linked`` goes to the first item that is written."""
    element = add_element(parent, "ResourceGroup")
    for title in group.titles:
        add_title(element, "Title", title, {"TitleType": title.kind or "DisplayTitle"})
    add_text(element, "SequenceNumber", group.sequence)
    for inner in group.groups:
        _add_group(element, inner, linked)
        if next(_walk_places(inner), None) is not None:
            linked = []
    for place in group.places:
        _add_item(element, place, linked)
        linked = []


def _add_item(group: Element, place: ResourcePlace, linked: list[ResourcePlace]) -> None:
    item = add_element(group, "ResourceGroupContentItem")
    add_text(item, "SequenceNumber", place.sequence)
    add_text(item, "ReleaseResourceReference", place.resource_reference, _importance(place))
    for link in linked:
        attributes = {"LinkDescription": link.link}
        add_text(item, "LinkedReleaseResourceReference", link.resource_reference, attributes)
    if place.is_hidden:
        add_flag(item, "IsHiddenResource", place.is_hidden)
    if place.is_bonus:
        add_flag(item, "IsBonusResource", place.is_bonus)


def _flat_list(release: Release) -> tuple[ResourcePlace, ...]:
    if any(place.is_primary for place in release.resources) or release.group is None:
        return release.resources
    in_tree = dict.fromkeys(place.resource_reference for place in _walk_places(release.group))
    return (*(ResourcePlace(resource_reference=reference) for reference in in_tree), *release.resources)


def _walk_places(group: ResourceGroup) -> Iterator[ResourcePlace]:
    yield from group.places
    for inner in group.groups:
        yield from _walk_places(inner)


def _importance(place: ResourcePlace) -> dict[str, str]:
    return {"ReleaseResourceType": "PrimaryResource" if place.is_primary else "SecondaryResource"}
