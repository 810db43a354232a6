"""Resources as ERN 4.3.2 writes them: recordings in editions, parties by reference.

Without a place there: genres and labels of resources, C lines of recordings, exclusions in scopes, titles that are
neither on display nor formal nor grouping ones, and the facets that are not named below.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    add_copyright_line,
    add_element,
    add_ids,
    add_role,
    add_text,
    add_title,
    given,
)
from antiphon.formats.ern.resources import KINDS
from antiphon.formats.ern.scopes import display_attributes, scope_attributes
from antiphon.formats.ern.titles import full_title
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_facets import FacetWriter, mark_attributes
from antiphon.formats.ern.writer_files_4 import add_edition_files, add_single_files
from antiphon.formats.ern.writer_parties import PartyList
from antiphon.formats.ern.writer_relations import add_relations_4, add_rights_controllers_4
from antiphon.model.claims import Advisory, Role, ScopedText
from antiphon.model.resources import Edition, Resource, ResourceKind

TAGS = {kind: tag for tag, kind in KINDS.items()}
_EDITIONS = {ResourceKind.SOUND_RECORDING: "SoundRecordingEdition", ResourceKind.VIDEO: "VideoEdition"}
_TITLE_TAGS = ("FormalTitle", "GroupingTitle")
_EDITION_CONTRIBUTOR = "EditionContributor"
_EARLY_DATES = ("CreationDate", "MasteredDate", "RemasteredDate", "FirstPublicationDate")
_FLAGS = (
    "IsCover",
    "HasVocalPerformance",
    "HasForegroundVocalPerformance",
    "IsInstrumental",
    "ContainsHiddenContent",
    "IsRemastered",
    "IsHiResMusic",
    "DisableCrossfade",
    "DisableSearch",
)
_LATE_TEXTS = ("LanguageOfDubbing", "SubTitleLanguage", "Raga", "Tala", "Deity")
_MARKS = ("IsSupplemental", "ApplyClassicalProfileVariant")


def add_resource(resource_list: Element, resource: Resource, parties: PartyList) -> None:
    """Append one resource in the order of the schema."""
    attributes = given(LanguageAndScriptCode=resource.default_language) | mark_attributes(resource.flags, *_MARKS)
    element = add_element(resource_list, TAGS[resource.kind], attributes)
    facets = FacetWriter(resource, scope_attributes)
    add_text(element, "ResourceReference", resource.reference)
    add_role(element, "Type", resource.user_type or Role(value=resource.type))
    is_edited = resource.kind in _EDITIONS
    if is_edited:
        _add_editions(element, resource, facets, parties)
        facets.add(element, "RecordingFormat")
    else:
        add_ids(element, "ResourceId", resource.ids)
    add_ids(element, "WorkId", resource.work_ids)
    add_titles(element, resource.titles)
    facets.add(element, "VersionType")
    _add_names(element, resource, parties)
    add_rights_controllers_4(element, resource.rights_controllers, parties)
    if not is_edited:
        _add_lines(element, resource, Edition(p_lines=resource.p_lines, c_lines=resource.c_lines))
    facets.add(element, "CourtesyLine")
    _add_duration(element, resource)
    facets.add(element, *_EARLY_DATES)
    add_advisories(element, resource.advisories, resource.advisory_scopes)
    add_relations_4(element, resource.relations, parties)
    facets.add(element, "CompositeMusicalWorkType", "VideoCueSheetReference", "ReasonForCueSheetAbsence")
    add_text(element, "ContainsAI", resource.ai_use)
    facets.add(element, *_FLAGS, "Description")
    if is_edited:
        add_text(element, "LanguageOfPerformance", resource.language)
        facets.add(element, "LanguageOfPerformance", *_LATE_TEXTS)
        return
    facets.add(element, "LanguageOfLyrics")
    add_single_files(element, resource)
    if resource.kind is ResourceKind.TEXT:
        add_text(element, "LanguageOfText", resource.language)
        facets.add(element, "LanguageOfText")


def add_titles(parent: Element, titles: tuple[ScopedText, ...]) -> None:
    """Append the titles: as one text each, in parts, then formal and grouping ones."""
    shown = [title for title in titles if not title.kind]
    for title in [title for title in titles if title.kind == "DisplayTitleText"] or shown:
        add_text(parent, "DisplayTitleText", full_title(title), display_attributes(title.scope))
    for title in shown:
        add_title(parent, "DisplayTitle", title, display_attributes(title.scope))
    for tag in _TITLE_TAGS:
        for title in titles:
            if title.kind == tag:
                add_title(parent, tag, title, scope_attributes(title.scope))


def add_advisories(parent: Element, roles: tuple[Role, ...], scoped: tuple[Advisory, ...]) -> None:
    """Append the parental warnings, with their scopes where there are any, then the ratings of agencies."""
    for advisory in scoped or tuple(Advisory(role=role) for role in roles):
        if advisory.agency:
            rating = add_element(parent, "AvRating", scope_attributes(advisory.scope))
            add_text(rating, "Rating", advisory.role.value)
            add_text(rating, "Agency", advisory.agency)
            add_text(rating, "Reason", advisory.reason)
            continue
        attributes = scope_attributes(advisory.scope) | given(
            TypeNamespace=advisory.role.namespace,
            TypeUserDefinedValue=advisory.role.user_value,
            ParentalWarningStandard=advisory.reason,
        )
        add_text(parent, "ParentalWarningType", advisory.role.value, attributes)


def _add_editions(element: Element, resource: Resource, facets: FacetWriter, parties: PartyList) -> None:
    plain = Edition(ids=resource.ids, p_lines=resource.p_lines, c_lines=resource.c_lines)
    for number, edition in enumerate(resource.editions or (plain,)):
        container = add_element(element, _EDITIONS[resource.kind])
        add_text(container, "Type", edition.kind)
        add_ids(container, "ResourceId", edition.ids)
        if number == 0:
            for credit in resource.contributors:
                if credit.kind == _EDITION_CONTRIBUTOR:
                    parties.add_contributor(container, credit, _EDITION_CONTRIBUTOR)
        _add_lines(container, resource, edition)
        if number == 0:
            facets.add(container, "RecordingMode")
        add_edition_files(container, resource.kind, [claim for claim in resource.files if claim.edition == number])


def _add_lines(parent: Element, resource: Resource, edition: Edition) -> None:
    for line in edition.p_lines:
        add_copyright_line(parent, "PLine", line, scope_attributes(line.scope))
    if resource.kind is not ResourceKind.SOUND_RECORDING:
        for line in edition.c_lines:
            add_copyright_line(parent, "CLine", line, scope_attributes(line.scope))


def _add_names(parent: Element, resource: Resource, parties: PartyList) -> None:
    for name in resource.display_artist_names:
        add_text(parent, "DisplayArtistName", name.value, display_attributes(name.scope))
    for artist in resource.display_artists:
        parties.add_display_artist(parent, artist)
    for contributor in resource.contributors:
        if contributor.kind != _EDITION_CONTRIBUTOR or resource.kind not in _EDITIONS:
            parties.add_contributor(parent, contributor)


def _add_duration(parent: Element, resource: Resource) -> None:
    if resource.duration_text:
        add_text(parent, "Duration", resource.duration_text)
    elif resource.duration_ms is not None:
        add_text(parent, "Duration", format_duration(resource.duration_ms))
