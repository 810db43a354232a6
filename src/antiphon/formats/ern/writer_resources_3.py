"""Resources as ERN 3.8.2 writes them: most facts in blocks per territory, parties inline.

Without a place there: defaults among texts, C lines of recordings, editions, display titles as one text, what
generative AI made, and the facets that are not named below. Contributors to the work follow those to the recording.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_copyright_line,
    add_element,
    add_genre,
    add_ids,
    add_role,
    add_text,
    add_title,
    given,
    kind_attributes,
    language_attributes,
)
from antiphon.formats.ern.scopes import EVERYWHERE, Territories, add_block, list_blocks, values_of
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_facets import FacetWriter, mark_attributes
from antiphon.formats.ern.writer_files_3 import add_technical_details
from antiphon.formats.ern.writer_parties import add_inline_credit, is_indirect
from antiphon.formats.ern.writer_relations import add_rights_controllers_3
from antiphon.formats.ern.writer_resources_4 import TAGS
from antiphon.model.claims import Advisory, CopyrightLine, Credit, Role, Scope, ScopedText
from antiphon.model.resources import Resource, ResourceKind

_STEMS = {
    ResourceKind.MIDI: "Midi",
}
_PLAYABLE = frozenset({ResourceKind.SOUND_RECORDING, ResourceKind.VIDEO, ResourceKind.MIDI})
_FLAGS = (
    "IsMedley",
    "IsPotpourri",
    "IsInstrumental",
    "IsBackground",
    "IsHiddenResource",
    "IsBonusResource",
    "HasPreOrderFulfillment",
    "IsComputerGenerated",
    "IsRemastered",
    "NoSilenceBefore",
    "NoSilenceAfter",
    "PerformerInformationRequired",
)
_LANGUAGES = ("LanguageOfDubbing", "SubTitleLanguage")
_OWN_DATES = ("CreationDate", "MasteredDate")
_BLOCK_DATES = ("RemasteredDate", "ResourceReleaseDate", "OriginalResourceReleaseDate")
_LAST = (
    "TerritoryOfCommissioning",
    "NumberOfFeaturedArtists",
    "NumberOfNonFeaturedArtists",
    "NumberOfContractedArtists",
    "NumberOfNonContractedArtists",
)
_KINDS = ("DisplayConductor", "DisplayComposer")


def add_resource(resource_list: Element, resource: Resource) -> None:
    """Append one resource in the order of the schema."""
    tag = TAGS[resource.kind]
    stem = _STEMS.get(resource.kind, tag)
    is_playable = resource.kind in _PLAYABLE
    attributes = given(LanguageAndScriptCode=resource.default_language) | mark_attributes(resource.flags, "IsUpdated")
    element = add_element(resource_list, tag, attributes)
    facets = FacetWriter(resource, event_attributes)
    add_role(element, f"{stem}Type", resource.user_type or Role(value=resource.type))
    facets.add(element, "IsArtistRelated")
    add_ids(element, f"{stem}Id", resource.ids)
    add_ids(element, f"Indirect{stem}Id", resource.work_ids)
    add_text(element, "ResourceReference", resource.reference)
    facets.add(element, "VideoCueSheetReference", "ReasonForCueSheetAbsence", "LanguageOfLyrics")
    if is_playable or any(title.kind == "ReferenceTitle" for title in resource.titles):
        add_reference_title(element, resource.titles)
    facets.add(element, "InstrumentationDescription", *_FLAGS)
    add_text(element, "LanguageOfPerformance", resource.language)
    facets.add(element, "LanguageOfPerformance", *_LANGUAGES)
    if resource.duration_text:
        add_text(element, "Duration", resource.duration_text)
    elif resource.duration_ms is not None:
        add_text(element, "Duration", format_duration(resource.duration_ms))
    facets.add(element, *_OWN_DATES)
    for block in list_resource_blocks(resource):
        _fill_block(add_block(element, f"{stem}DetailsByTerritory", block), resource, block, stem)
    facets.add(element, *_LAST)


def list_resource_blocks(resource: Resource) -> tuple[Territories, ...]:
    """Return the territory blocks a resource needs."""
    return list_blocks(
        resource.titles,
        resource.display_artists,
        resource.contributors,
        resource.display_artist_names,
        resource.labels,
        resource.rights_controllers,
        resource.p_lines,
        resource.c_lines,
        resource.genres,
        resource.advisory_scopes,
        [text for text in resource.texts if text.kind not in _LAST],
        [event for event in resource.dates if event.name not in _OWN_DATES],
    )


def event_attributes(scope: Scope) -> Attributes:
    """Return the attributes of a text or date outside every block."""
    return given(TerritoryCode=" ".join(scope.territories), LanguageAndScriptCode=scope.language)


def block_attributes(scope: Scope) -> Attributes:
    """Return the attributes of a text or date in the block of its territories."""
    return language_attributes(scope.language)


def add_reference_title(parent: Element, titles: tuple[ScopedText, ...]) -> None:
    """Append the one title that stands outside territories: the sender's, else the first one."""
    referring = [title for title in titles if title.kind == "ReferenceTitle"] or list(titles)
    for title in referring[:1]:
        add_title(parent, "ReferenceTitle", title, language_attributes(title.scope.language))


def add_block_titles(block_element: Element, titles: tuple[ScopedText, ...], block: Territories) -> None:
    """Append the titles of a territory block with their kinds."""
    for title in values_of(block, titles):
        if title.kind not in {"ReferenceTitle", "DisplayTitleText"}:
            attributes = {"TitleType": title.kind or "DisplayTitle"} | language_attributes(title.scope.language)
            add_title(block_element, "Title", title, attributes)


def add_advisories(
    block_element: Element, roles: tuple[Role, ...], scoped: tuple[Advisory, ...], block: Territories
) -> None:
    """Append the parental warnings of a territory block, then its ratings of agencies."""
    if not scoped and block == EVERYWHERE:
        scoped = tuple(Advisory(role=role) for role in roles)
    for advisory in values_of(block, scoped):
        if not advisory.agency:
            add_role(block_element, "ParentalWarningType", advisory.role)
    for advisory in values_of(block, scoped):
        if advisory.agency:
            rating = add_element(block_element, "AvRating")
            add_text(rating, "RatingText", advisory.role.value)
            add_text(rating, "RatingAgency", advisory.agency)


def add_artists(block_element: Element, artists: list[Credit]) -> None:
    """Append display artists, then conductors and composers on display."""
    for kind in ("", *_KINDS):
        for artist in artists:
            if artist.kind == kind:
                add_inline_credit(block_element, kind or "DisplayArtist", "ArtistRole", artist)


def _fill_block(element: Element, resource: Resource, block: Territories, stem: str) -> None:
    facets = FacetWriter(resource, block_attributes)
    add_block_titles(element, resource.titles, block)
    add_artists(element, values_of(block, resource.display_artists))
    add_contributors(element, values_of(block, resource.contributors))
    for name in values_of(block, resource.display_artist_names):
        add_text(element, "DisplayArtistName", name.value, language_attributes(name.scope.language))
    for label in values_of(block, resource.labels):
        attributes = language_attributes(label.scope.language) | kind_attributes("LabelNameType", label)
        add_text(element, "LabelName", label.value, attributes)
    add_rights_controllers_3(element, values_of(block, resource.rights_controllers))
    facets.add(element, *_BLOCK_DATES, block=block)
    _add_lines(element, "PLine", values_of(block, resource.p_lines))
    if resource.kind is not ResourceKind.SOUND_RECORDING:
        _add_lines(element, "CLine", values_of(block, resource.c_lines))
    facets.add(element, "Description", "CourtesyLine", "MarketingComment", block=block)
    for genre in values_of(block, resource.genres):
        add_genre(element, "Genre", genre, language_attributes(genre.scope.language))
    add_advisories(element, resource.advisories, resource.advisory_scopes, block)
    if block == EVERYWHERE:
        for claim in resource.files:
            add_technical_details(element, resource, claim, stem)
    facets.add(element, "FulfillmentDate", "Keywords", "Synopsis", block=block)


def add_contributors(block: Element, contributors: list[Credit]) -> None:
    """Append the contributors; those at the end who only contribute to the work as indirect ones."""
    ordered = list(contributors)
    indirect: list[Credit] = []
    while ordered and is_indirect(ordered[-1].roles):
        indirect.insert(0, ordered.pop())
    for credit in ordered:
        add_inline_credit(block, "ResourceContributor", "ResourceContributorRole", credit)
    for credit in indirect:
        add_inline_credit(block, "IndirectResourceContributor", "IndirectResourceContributorRole", credit)


def _add_lines(block: Element, tag: str, lines: list[CopyrightLine]) -> None:
    for line in lines:
        add_copyright_line(block, tag, line, language_attributes(line.scope.language))
