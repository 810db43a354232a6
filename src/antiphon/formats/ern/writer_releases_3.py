"""Releases as ERN 3.8.2 writes them: a flat list of resources, and the rest in blocks per territory.

A release without a flat list gets one from its tree and its linked resources, since the schema wants it; read again, it
has it. ERN 3 links resources to items of the tree only, so the first item carries the links of the release. Without
a place there: kinds of groups, defaults among texts, links of inner groups, what generative AI made.
"""

from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

from antiphon.formats.ern.groups import find_first_reference
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
    add_title,
    given,
    kind_attributes,
    language_attributes,
)
from antiphon.formats.ern.scopes import EVERYWHERE, Territories, add_block, list_blocks, territories_of, values_of
from antiphon.formats.ern.writer_facets import FacetWriter
from antiphon.formats.ern.writer_parties import add_inline_party
from antiphon.formats.ern.writer_relations import add_relations_3
from antiphon.formats.ern.writer_releases_4 import add_duration, is_told_by_dates
from antiphon.formats.ern.writer_resources_3 import (
    add_advisories,
    add_artists,
    add_block_titles,
    add_contributors,
    add_reference_title,
    block_attributes,
    event_attributes,
)
from antiphon.model.claims import Credit, Flag, Role
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace

_EAN_DIGITS = 13
_TRACK_TYPE = Role(value="TrackRelease")
_LANGUAGES = ("LanguageOfPerformance", "LanguageOfDubbing", "SubTitleLanguage")
_GLOBAL_DATES = ("GlobalReleaseDate", "GlobalOriginalReleaseDate")
_OWN_FACETS = frozenset({*_LANGUAGES, *_GLOBAL_DATES, "ArtistProfilePage"})
_PLACE_FLAGS = ("IsInstantGratificationResource", "IsPreOrderIncentiveResource")


def add_release(release_list: Element, release: Release) -> None:
    """Append one release in the order of the schema."""
    attributes: Attributes = {"IsMainRelease": "true"} if release.is_main else {}
    element = add_element(release_list, "Release", given(LanguageAndScriptCode=release.default_language) | attributes)
    facets = FacetWriter(release, event_attributes)
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
    facets.add(element, "ResourceOmissionReason")
    for role in release.types or ((_TRACK_TYPE,) if release.is_track_release else ()):
        add_role(element, "ReleaseType", role)
    for block in _list_release_blocks(release):
        _fill_block(add_block(element, "ReleaseDetailsByTerritory", block), release, block)
    facets.add(element, *_LANGUAGES)
    add_duration(element, release)
    for line in release.p_lines:
        if territories_of(line.scope) == EVERYWHERE:
            add_copyright_line(element, "PLine", line, language_attributes(line.scope.language))
    for line in release.c_lines:
        if territories_of(line.scope) == EVERYWHERE:
            add_copyright_line(element, "CLine", line, language_attributes(line.scope.language))
    facets.add(element, "ArtistProfilePage", *_GLOBAL_DATES)


def _list_release_blocks(release: Release) -> tuple[Territories, ...]:
    trees = (release.group, *release.other_groups) if release.group is not None else ()
    return list_blocks(
        release.display_artist_names,
        release.labels,
        release.titles,
        release.display_artists,
        release.administrators,
        release.relations,
        release.advisory_scopes,
        trees,
        release.genres,
        release.p_lines,
        release.c_lines,
        [text for text in release.texts if text.kind not in _OWN_FACETS],
        [event for event in release.dates if event.name not in _OWN_FACETS],
    )


def _fill_block(element: Element, release: Release, block: Territories) -> None:
    facets = FacetWriter(release, block_attributes)
    for name in values_of(block, release.display_artist_names):
        add_text(element, "DisplayArtistName", name.value, language_attributes(name.scope.language))
    for label in values_of(block, release.labels):
        attributes = language_attributes(label.scope.language) | kind_attributes("LabelNameType", label)
        add_text(element, "LabelName", label.value, attributes)
    add_block_titles(element, release.titles, block)
    add_artists(element, values_of(block, release.display_artists))
    if block == EVERYWHERE:
        add_flag(element, "IsMultiArtistCompilation", release.is_compilation)
    for administrator in values_of(block, release.administrators):
        _add_administrator(element, administrator)
    add_relations_3(element, values_of(block, release.relations))
    add_advisories(element, release.advisories, release.advisory_scopes, block)
    facets.add(element, "MarketingComment", block=block)
    _add_trees(element, release, block)
    for genre in values_of(block, release.genres):
        add_genre(element, "Genre", genre, language_attributes(genre.scope.language))
    if block != EVERYWHERE:
        for line in values_of(block, release.p_lines):
            add_copyright_line(element, "PLine", line, language_attributes(line.scope.language))
        for line in values_of(block, release.c_lines):
            add_copyright_line(element, "CLine", line, language_attributes(line.scope.language))
    for tag, moment in (("ReleaseDate", release.release_date), ("OriginalReleaseDate", release.original_release_date)):
        if block == EVERYWHERE and not is_told_by_dates(release, tag):
            add_moment(element, tag, moment)
        facets.add(element, tag, block=block)
    facets.add(element, "OriginalDigitalReleaseDate", "Keywords", "Synopsis", block=block)
    facets.add(element, "NumberOfUnitsPerPhysicalRelease", block=block)


def _add_administrator(block: Element, administrator: Credit) -> None:
    role = administrator.roles[0] if administrator.roles else Role(value="")
    attributes = given(Namespace=role.namespace, UserDefinedValue=role.user_value, Role=role.value)
    add_inline_party(add_element(block, "AdministratingRecordCompany", attributes), administrator)


def _add_trees(element: Element, release: Release, block: Territories) -> None:
    if release.group is None:
        return
    links = release.links or tuple(place for place in release.resources if place.link)
    first = find_first_reference(release.group)
    pending = [(place.linked_to or first, place) for place in links]
    for tree in (release.group, *release.other_groups):
        if territories_of(tree.scope) == block:
            _add_group(element, tree, pending if tree is release.group else [])


def _add_group(parent: Element, group: ResourceGroup, pending: list[tuple[str, ResourcePlace]]) -> None:
    """Append one group with those inside it; ``pending``: links that still wait for the item they hang on."""
    element = add_element(parent, "ResourceGroup")
    for title in group.titles:
        attributes = {"TitleType": title.kind or "DisplayTitle"} | language_attributes(title.scope.language)
        add_title(element, "Title", title, attributes)
    add_text(element, "SequenceNumber", group.sequence)
    add_artists(element, list(group.display_artists))
    add_contributors(element, list(group.contributors))
    for carrier in group.carriers:
        add_role(element, "CarrierType", carrier)
    for inner in group.groups:
        _add_group(element, inner, pending)
    for place in group.places:
        _add_item(element, place, pending)
    add_text(element, "ResourceGroupReleaseReference", group.release_reference)
    add_ids(element, "ReleaseId", group.release_ids)


def _add_item(group: Element, place: ResourcePlace, pending: list[tuple[str, ResourcePlace]]) -> None:
    item = add_element(group, "ResourceGroupContentItem")
    add_text(item, "SequenceNumber", place.sequence)
    add_text(item, "SequenceSubNumber", place.sub_sequence)
    add_text(item, "ReleaseResourceReference", place.resource_reference, _importance(place))
    for waiting in [waiting for waiting in pending if waiting[0] == place.resource_reference]:
        link = waiting[1]
        attributes = given(LinkDescription=link.link)
        add_text(item, "LinkedReleaseResourceReference", link.resource_reference, attributes)
        pending.remove(waiting)
    add_text(item, "Duration", place.duration_text)
    if place.is_hidden:
        add_flag(item, "IsHiddenResource", place.is_hidden)
    if place.is_bonus:
        add_flag(item, "IsBonusResource", place.is_bonus)
    _add_flags(item, place.flags)


def _add_flags(item: Element, flags: Iterable[Flag]) -> None:
    for flag in flags:
        if flag.name in _PLACE_FLAGS:
            add_flag(item, flag.name, flag.is_set)


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
