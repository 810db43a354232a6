"""Resources as ERN 4.3.2 writes them: recordings in editions, parties by reference.

Without a place there: genres of resources, C lines of recordings, exclusions in scopes, titles that are neither on
display nor formal nor grouping ones.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    add_copyright_line,
    add_element,
    add_flag,
    add_ids,
    add_measure,
    add_role,
    add_text,
    add_title,
)
from antiphon.formats.ern.resources import KINDS
from antiphon.formats.ern.scopes import display_attributes, scope_attributes
from antiphon.formats.ern.titles import full_title
from antiphon.formats.ern.values import format_duration
from antiphon.formats.ern.writer_parties import PartyList
from antiphon.model.claims import FileClaim, ScopedText
from antiphon.model.resources import Resource, ResourceKind

TAGS = {kind: tag for tag, kind in KINDS.items()}
_EDITIONS = {ResourceKind.SOUND_RECORDING: "SoundRecordingEdition", ResourceKind.VIDEO: "VideoEdition"}
_DELIVERY_FILES = {ResourceKind.SOUND_RECORDING: "AudioFile", ResourceKind.VIDEO: "AudioVisualFile"}
_CODECS = {
    ResourceKind.SOUND_RECORDING: "AudioCodecType",
    ResourceKind.VIDEO: "VideoCodecType",
    ResourceKind.IMAGE: "ImageCodecType",
    ResourceKind.TEXT: "TextCodecType",
}
_TITLE_TAGS = ("FormalTitle", "GroupingTitle")


def add_resource(resource_list: Element, resource: Resource, parties: PartyList) -> None:
    """Append one resource in the order of the schema."""
    element = add_element(resource_list, TAGS[resource.kind])
    add_text(element, "ResourceReference", resource.reference)
    add_text(element, "Type", resource.type)
    edition_tag = _EDITIONS.get(resource.kind)
    if edition_tag:
        edition = add_element(element, edition_tag)
        add_ids(edition, "ResourceId", resource.ids)
        _add_lines(edition, resource)
        for claim in resource.files:
            _add_delivery_file(edition, resource.kind, claim)
    else:
        add_ids(element, "ResourceId", resource.ids)
    add_ids(element, "WorkId", resource.work_ids)
    add_titles(element, resource.titles)
    _add_names(element, resource, parties)
    if not edition_tag:
        _add_lines(element, resource)
    _add_duration(element, resource)
    for advisory in resource.advisories:
        add_role(element, "ParentalWarningType", advisory)
    if edition_tag:
        add_text(element, "LanguageOfPerformance", resource.language)
        return
    for claim in resource.files:
        _add_single_file(element, resource.kind, claim)
    if resource.kind is ResourceKind.TEXT:
        add_text(element, "LanguageOfText", resource.language)


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


def _add_lines(parent: Element, resource: Resource) -> None:
    for line in resource.p_lines:
        add_copyright_line(parent, "PLine", line, scope_attributes(line.scope))
    if resource.kind is not ResourceKind.SOUND_RECORDING:
        for line in resource.c_lines:
            add_copyright_line(parent, "CLine", line, scope_attributes(line.scope))


def _add_names(parent: Element, resource: Resource, parties: PartyList) -> None:
    for name in resource.display_artist_names:
        add_text(parent, "DisplayArtistName", name.value, display_attributes(name.scope))
    for artist in resource.display_artists:
        parties.add_display_artist(parent, artist)
    for contributor in resource.contributors:
        parties.add_contributor(parent, contributor)


def _add_duration(parent: Element, resource: Resource) -> None:
    if resource.duration_text:
        add_text(parent, "Duration", resource.duration_text)
    elif resource.duration_ms is not None:
        add_text(parent, "Duration", format_duration(resource.duration_ms))


def _add_delivery_file(edition: Element, kind: ResourceKind, claim: FileClaim) -> None:
    details = add_element(edition, "TechnicalDetails")
    add_text(details, "TechnicalResourceDetailsReference", claim.technical_reference)
    is_video = kind is ResourceKind.VIDEO
    if is_video:
        add_measure(details, "OverallBitRate", claim.bitrate_kbps, "kbps")
    delivery_file = add_element(details, "DeliveryFile")
    add_text(delivery_file, "Type", _DELIVERY_FILES[kind])
    add_text(delivery_file, _CODECS[kind], claim.codec)
    if not is_video:
        add_measure(delivery_file, "BitRate", claim.bitrate_kbps, "kbps")
    add_text(delivery_file, "NumberOfAudioChannels" if is_video else "NumberOfChannels", claim.channels)
    _add_sample_rate(delivery_file, "AudioSamplingRate" if is_video else "SamplingRate", claim)
    add_text(delivery_file, "BitsPerSample", claim.bits_per_sample)
    _add_file(delivery_file, claim)
    add_flag(delivery_file, "IsProvidedInDelivery", claim.is_provided)
    if claim.is_preview:
        add_flag(details, "IsClip", claim.is_preview)


def _add_single_file(resource: Element, kind: ResourceKind, claim: FileClaim) -> None:
    details = add_element(resource, "TechnicalDetails")
    add_text(details, "TechnicalResourceDetailsReference", claim.technical_reference)
    if kind in _CODECS:
        add_text(details, _CODECS[kind], claim.codec)
    if claim.is_preview:
        add_flag(details, "IsClip", claim.is_preview)
    _add_file(details, claim)
    add_flag(details, "IsProvidedInDelivery", claim.is_provided)


def _add_sample_rate(parent: Element, tag: str, claim: FileClaim) -> None:
    if claim.sample_rate_hz is not None:
        add_measure(parent, tag, claim.sample_rate_hz / 1000, "kHz")


def _add_file(parent: Element, claim: FileClaim) -> None:
    element = add_element(parent, "File")
    add_text(element, "URI", claim.uri)
    if claim.hash_sum is not None:
        hash_sum = add_element(element, "HashSum")
        add_text(hash_sum, "Algorithm", claim.hash_sum.algorithm)
        add_text(hash_sum, "HashSumValue", claim.hash_sum.value)
