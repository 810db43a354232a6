"""Resources as ERN 3.8.2 writes them: most facts in blocks per territory, parties inline.

Without a place there: defaults among texts, C lines of recordings, whether a file is in the delivery, DisplayTitleText.
Contributors to the work follow those to the recording.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    add_copyright_line,
    add_element,
    add_flag,
    add_genre,
    add_ids,
    add_measure,
    add_role,
    add_text,
    add_title,
    language_attributes,
)
from antiphon.formats.ern.scopes import EVERYWHERE, Territories, add_block, list_blocks, values_of
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_parties import add_inline_credit, is_indirect
from antiphon.formats.ern.writer_resources_4 import TAGS
from antiphon.model.claims import CopyrightLine, Credit, FileClaim, ScopedText
from antiphon.model.resources import Resource, ResourceKind

_STEMS = {
    ResourceKind.MIDI: "Midi",
}
_PLAYABLE = frozenset({ResourceKind.SOUND_RECORDING, ResourceKind.VIDEO, ResourceKind.MIDI})


def add_resource(resource_list: Element, resource: Resource) -> None:
    """Append one resource in the order of the schema."""
    tag = TAGS[resource.kind]
    stem = _STEMS.get(resource.kind, tag)
    is_playable = resource.kind in _PLAYABLE
    element = add_element(resource_list, tag)
    add_text(element, f"{stem}Type", resource.type)
    add_ids(element, f"{stem}Id", resource.ids)
    add_ids(element, f"Indirect{stem}Id", resource.work_ids)
    add_text(element, "ResourceReference", resource.reference)
    if is_playable:
        add_reference_title(element, resource.titles)
    add_text(element, "LanguageOfPerformance", resource.language)
    if resource.duration_text:
        add_text(element, "Duration", resource.duration_text)
    elif resource.duration_ms is not None:
        add_text(element, "Duration", format_duration(resource.duration_ms))
    blocks = list_blocks(
        resource.titles,
        resource.display_artists,
        resource.contributors,
        resource.display_artist_names,
        resource.p_lines,
        resource.c_lines,
        resource.genres,
    )
    for block in blocks:
        _fill_block(add_block(element, f"{stem}DetailsByTerritory", block), resource, block, stem)


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


def _fill_block(element: Element, resource: Resource, block: Territories, stem: str) -> None:
    add_block_titles(element, resource.titles, block)
    for artist in values_of(block, resource.display_artists):
        add_inline_credit(element, "DisplayArtist", "ArtistRole", artist)
    _add_contributors(element, values_of(block, resource.contributors))
    for name in values_of(block, resource.display_artist_names):
        add_text(element, "DisplayArtistName", name.value, language_attributes(name.scope.language))
    _add_lines(element, "PLine", values_of(block, resource.p_lines))
    if resource.kind is not ResourceKind.SOUND_RECORDING:
        _add_lines(element, "CLine", values_of(block, resource.c_lines))
    for genre in values_of(block, resource.genres):
        add_genre(element, "Genre", genre, language_attributes(genre.scope.language))
    if block == EVERYWHERE:
        for advisory in resource.advisories:
            add_role(element, "ParentalWarningType", advisory)
        for claim in resource.files:
            _add_technical_details(element, resource, claim, stem)


def _add_contributors(block: Element, contributors: list[Credit]) -> None:
    for credit in contributors:
        if not is_indirect(credit.roles):
            add_inline_credit(block, "ResourceContributor", "ResourceContributorRole", credit)
    for credit in contributors:
        if is_indirect(credit.roles):
            add_inline_credit(block, "IndirectResourceContributor", "IndirectResourceContributorRole", credit)


def _add_lines(block: Element, tag: str, lines: list[CopyrightLine]) -> None:
    for line in lines:
        add_copyright_line(block, tag, line, language_attributes(line.scope.language))


def _add_technical_details(block: Element, resource: Resource, claim: FileClaim, stem: str) -> None:
    element = add_element(block, f"Technical{stem}Details")
    add_text(element, "TechnicalResourceDetailsReference", claim.technical_reference)
    is_audio = resource.kind is ResourceKind.SOUND_RECORDING
    codec = "AudioCodecType" if is_audio else f"{stem}CodecType"
    add_text(element, codec, claim.codec)
    add_measure(element, "BitRate" if is_audio else "OverallBitRate", claim.bitrate_kbps, "kbps")
    add_text(element, "NumberOfChannels" if is_audio else "NumberOfAudioChannels", claim.channels)
    if claim.sample_rate_hz is not None:
        rate_khz = claim.sample_rate_hz / 1000
        add_measure(element, "SamplingRate" if is_audio else "AudioSamplingRate", rate_khz, "kHz")
    add_text(element, "BitsPerSample", claim.bits_per_sample)
    if is_audio or claim.is_preview:
        add_flag(element, "IsPreview", claim.is_preview)
    _add_file(element, claim)


def _add_file(details: Element, claim: FileClaim) -> None:
    element = add_element(details, "File")
    if "://" in claim.uri:
        add_text(element, "URL", claim.uri)
    else:
        folder, slash, name = claim.uri.rpartition("/")
        add_text(element, "FileName", name)
        add_text(element, "FilePath", folder + slash)
    if claim.hash_sum is not None:
        hash_sum = add_element(element, "HashSum")
        add_text(hash_sum, "HashSum", claim.hash_sum.value)
        add_text(hash_sum, "HashSumAlgorithmType", claim.hash_sum.algorithm)
