"""Releases as ERN 4.3.2 writes them: a release with its tree, and a short track or clip release per track.

Without a place there: resources outside the tree that are not linked, hidden and secondary places, exclusions in
scopes; of track releases all but ids, titles, the resource, links, labels, genres, relations and some texts.
"""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_copyright_line,
    add_element,
    add_flag,
    add_genre,
    add_ids,
    add_moment,
    add_role,
    add_text,
    add_texts,
    given,
    kind_attributes,
)
from antiphon.formats.ern.scopes import display_attributes, scope_attributes
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_facets import FacetWriter
from antiphon.formats.ern.writer_parties import PartyList
from antiphon.formats.ern.writer_relations import add_relations_4
from antiphon.formats.ern.writer_resources_4 import add_advisories, add_titles
from antiphon.model.claims import Flag
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace

_TEXTS_OF_TRACKS = ("TargetURL", "Keywords", "Synopsis", "MarketingComment")
_LAST_FACETS = ("TargetURL", "Keywords", "Synopsis", "Raga", "Tala", "Deity", "HiResMusicDescription")
_PLACE_FLAGS = ("IsInstantGratificationResource", "IsPreOrderIncentiveResource")


def add_release(release_list: Element, release: Release, parties: PartyList) -> None:
    """Append one release in the order of the schema."""
    if release.is_track_release or release.is_clip:
        _add_track_release(release_list, release, parties)
        return
    element = add_element(release_list, "Release", given(LanguageAndScriptCode=release.default_language))
    facets = FacetWriter(release, scope_attributes)
    add_text(element, "ReleaseReference", release.reference)
    for role in release.types:
        add_role(element, "ReleaseType", role)
    add_ids(element, "ReleaseId", release.ids)
    add_titles(element, release.titles)
    facets.add(element, "VersionType")
    for name in release.display_artist_names:
        add_text(element, "DisplayArtistName", name.value, display_attributes(name.scope))
    for artist in release.display_artists:
        parties.add_display_artist(element, artist)
    _add_labels(element, release, parties)
    for administrator in release.administrators:
        parties.add_administrator(element, administrator)
    for line in release.p_lines:
        add_copyright_line(element, "PLine", line, scope_attributes(line.scope))
    for line in release.c_lines:
        add_copyright_line(element, "CLine", line, scope_attributes(line.scope))
    facets.add(element, "CourtesyLine")
    add_duration(element, release)
    _add_genres(element, release)
    add_dates(element, release, facets)
    add_texts(element, "ReleaseVisibilityReference", release.visibility_references)
    add_advisories(element, release.advisories, release.advisory_scopes)
    add_relations_4(element, release.relations, parties)
    facets.add(element, "IsSingleArtistCompilation")
    add_flag(element, "IsMultiArtistCompilation", release.is_compilation)
    _add_tree(element, release, parties)
    facets.add(element, *_LAST_FACETS)
    add_text(element, "ContainsAI", release.ai_use)
    facets.add(element, "IsSoundtrack", "IsHiResMusic", "MarketingComment")


def add_dates(parent: Element, release: Release, facets: FacetWriter) -> None:
    """Append the release dates: the plain ones, then those that say for whom they are."""
    for tag, moment in (("ReleaseDate", release.release_date), ("OriginalReleaseDate", release.original_release_date)):
        if not is_told_by_dates(release, tag):
            add_moment(parent, tag, moment)
        facets.add(parent, tag)


def is_told_by_dates(release: Release, tag: str) -> bool:
    """Tell whether the date of this name is one of the scoped dates, or only follows from the global one."""
    moment = release.release_date if tag == "ReleaseDate" else release.original_release_date
    return any(event.name in {tag, f"Global{tag}"} and event.date == moment for event in release.dates)


def add_duration(parent: Element, release: Release) -> None:
    """Append the duration as it was written, or as it is."""
    if release.duration_text:
        add_text(parent, "Duration", release.duration_text)
    elif release.duration_ms is not None:
        add_text(parent, "Duration", format_duration(release.duration_ms))


def _add_track_release(release_list: Element, release: Release, parties: PartyList) -> None:
    attributes: Attributes = {"IsMainRelease": "true"} if release.is_main else {}
    element = add_element(release_list, "ClipRelease" if release.is_clip else "TrackRelease", attributes)
    facets = FacetWriter(release, scope_attributes)
    add_text(element, "ReleaseReference", release.reference)
    add_ids(element, "ReleaseId", release.ids)
    add_titles(element, release.titles)
    for place in [place for place in release.resources if place.is_primary][:1]:
        add_text(element, "ReleaseResourceReference", place.resource_reference)
    _add_links(element, [place for place in release.resources if not place.is_primary])
    _add_labels(element, release, parties)
    _add_genres(element, release)
    add_texts(element, "ReleaseVisibilityReference", release.visibility_references)
    add_relations_4(element, release.relations, parties)
    facets.add(element, *_TEXTS_OF_TRACKS)


def _add_labels(element: Element, release: Release, parties: PartyList) -> None:
    for label in release.labels:
        attributes = display_attributes(label.scope) | kind_attributes("LabelType", label)
        add_text(element, "ReleaseLabelReference", parties.find_label(label.value), attributes)


def _add_genres(element: Element, release: Release) -> None:
    for genre in release.genres:
        add_genre(element, "DisplayGenre", genre, display_attributes(genre.scope))


def _add_tree(element: Element, release: Release, parties: PartyList) -> None:
    """Append the tree; resources that are linked to no part of it in particular hang on its outermost group."""
    linked = release.links or tuple(place for place in release.resources if not place.is_primary)
    if release.group is not None or linked:
        _add_group(element, release.group or ResourceGroup(), linked, (), parties)


def _add_group(
    parent: Element, group: ResourceGroup, links: Iterable[ResourcePlace], way: tuple[int, ...], parties: PartyList
) -> None:
    linked = list(links)
    element = add_element(parent, "ResourceGroup", given(ResourceGroupType=group.kind))
    add_titles(element, group.titles)
    add_text(element, "SequenceNumber", group.sequence)
    _add_flags(element, group.flags, ("NoDisplaySequence",))
    add_text(element, "DisplaySequence", group.display_sequence)
    for artist in group.display_artists:
        parties.add_display_artist(element, artist)
    for carrier in group.carriers:
        add_role(element, "CarrierType", carrier)
    add_text(element, "Duration", group.duration_text)
    add_text(element, "ResourceGroupReleaseReference", group.release_reference)
    add_ids(element, "ReleaseId", group.release_ids)
    for number, inner in enumerate(group.groups):
        _add_group(element, inner, linked, (*way, number), parties)
    for place in group.places:
        _add_item(element, place, linked)
    _add_links(element, [link for link in linked if not link.linked_to and link.linked_group == way])


def _add_item(group: Element, place: ResourcePlace, linked: list[ResourcePlace]) -> None:
    item = add_element(group, "ResourceGroupContentItem")
    add_text(item, "SequenceNumber", place.sequence)
    _add_flags(item, place.flags, ("NoDisplaySequence",))
    add_text(item, "DisplaySequence", place.display_sequence)
    add_text(item, "ReleaseResourceReference", place.resource_reference)
    of_this = [link for link in linked if link.linked_to and link.linked_to == place.resource_reference]
    _add_links(item, of_this)
    for link in of_this:
        linked.remove(link)
    if place.is_bonus:
        add_flag(item, "IsBonusResource", place.is_bonus)
    _add_flags(item, place.flags, _PLACE_FLAGS)


def _add_flags(parent: Element, flags: Iterable[Flag], names: tuple[str, ...]) -> None:
    for flag in flags:
        if flag.name in names:
            add_flag(parent, flag.name, flag.is_set)


def _add_links(parent: Element, linked: Iterable[ResourcePlace]) -> None:
    for place in linked:
        add_text(parent, "LinkedReleaseResourceReference", place.resource_reference, given(LinkDescription=place.link))
