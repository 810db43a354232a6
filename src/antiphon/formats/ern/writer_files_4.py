"""Files as ERN 4.3.2 writes them: delivery files of recordings and videos, single files of the rest."""

from collections.abc import Sequence
from itertools import groupby

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import add_element, add_flag, add_measure, add_measures, add_role, add_text
from antiphon.model.claims import Clip, FileClaim
from antiphon.model.resources import Resource, ResourceKind

_TYPES = {ResourceKind.SOUND_RECORDING: "AudioFile", ResourceKind.VIDEO: "AudioVisualFile"}
_CODECS = {
    ResourceKind.SOUND_RECORDING: "AudioCodecType",
    ResourceKind.VIDEO: "VideoCodecType",
    ResourceKind.IMAGE: "ImageCodecType",
    ResourceKind.TEXT: "TextCodecType",
    ResourceKind.SHEET_MUSIC: "SheetMusicCodecType",
}
_BEFORE_RATES = (
    "VideoBitRate",
    "FrameRate",
    "ImageHeight",
    "ImageWidth",
    "AspectRatio",
    "ColorDepth",
    "VideoDefinitionType",
    "AudioCodecType",
    "ElectroOpticalTransferFunctionType",
    "PrimaryColorType",
    "HdrVideoDynamicMetadataType",
    "HdrVideoStaticMetadataType",
    "AudioBitRate",
    "BitRate",
    "OriginalBitRate",
    "NumberOfChannels",
    "NumberOfAudioChannels",
    "NumberOfAudioObjects",
)
_AFTER_RATES = ("SamplingRate", "AudioSamplingRate", "OriginalSamplingRate", "BitsPerSample", "AudioBitsPerSample")
_OF_IMAGES = (
    "ImageHeight",
    "ImageWidth",
    "AspectRatio",
    "ColorDepth",
    "ImageResolution",
    "OperatingSystemType",
    "BitDepth",
)


def add_edition_files(edition: Element, kind: ResourceKind, claims: Sequence[FileClaim]) -> None:
    """Append the technical details of an edition; files that share a reference share their details."""
    for _, sharing in groupby(claims, key=_details_of):
        files = list(sharing)
        details = add_element(edition, "TechnicalDetails")
        add_text(details, "TechnicalResourceDetailsReference", files[0].technical_reference)
        if kind is ResourceKind.VIDEO:
            add_measure(details, "OverallBitRate", files[0].bitrate_kbps, "kbps")
            add_measures(details, files[0].measures, ("OverallBitRate",))
        for claim in files:
            _add_delivery_file(details, kind, claim)
        for flag in files[0].flags:
            add_flag(details, flag.name, flag.is_set)
        _add_clips(details, files[0])


def add_single_files(element: Element, resource: Resource) -> None:
    """Append the technical details of an image, a text or another resource without editions."""
    for claim in resource.files:
        details = add_element(element, "TechnicalDetails")
        add_text(details, "TechnicalResourceDetailsReference", claim.technical_reference)
        if resource.kind in _CODECS:
            add_text(details, _CODECS[resource.kind], claim.codec)
        add_measures(details, claim.measures, _OF_IMAGES)
        _add_clips(details, claim)
        _add_file(details, claim)
        add_flag(details, "IsProvidedInDelivery", claim.is_provided)


def _details_of(claim: FileClaim) -> tuple[object, ...]:
    """Return what files share that stand in the same technical details; alone where they have no reference."""
    return (claim.technical_reference or claim.line, claim.is_preview, claim.flags)


def _add_delivery_file(details: Element, kind: ResourceKind, claim: FileClaim) -> None:
    element = add_element(details, "DeliveryFile")
    is_video = kind is ResourceKind.VIDEO
    add_text(element, "Type", next((one.text for one in claim.measures if one.name == "Type"), _TYPES[kind]))
    add_text(element, "ContainerFormat", claim.container)
    add_text(element, _CODECS[kind], claim.codec)
    if not is_video:
        add_measure(element, "BitRate", claim.bitrate_kbps, "kbps")
    add_measures(element, claim.measures, _BEFORE_RATES)
    add_text(element, "NumberOfAudioChannels" if is_video else "NumberOfChannels", claim.channels)
    if claim.sample_rate_hz is not None:
        add_measure(element, "AudioSamplingRate" if is_video else "SamplingRate", claim.sample_rate_hz / 1000, "kHz")
    add_measures(element, claim.measures, _AFTER_RATES)
    add_text(element, "BitsPerSample", claim.bits_per_sample)
    add_text(element, "Duration", claim.duration_text)
    add_measures(element, claim.measures, ("BitDepth",))
    _add_file(element, claim)
    add_flag(element, "IsProvidedInDelivery", claim.is_provided)


def _add_clips(details: Element, claim: FileClaim) -> None:
    if claim.is_preview:
        add_flag(details, "IsClip", claim.is_preview)
    for clip in claim.clips:
        element = add_element(details, "ClipDetails")
        add_text(element, "TechnicalResourceDetailsReference", clip.technical_reference)
        for role in clip.types:
            add_role(element, "ClipType", role)
        _add_timing(element, clip)
        add_text(element, "TopLeftCorner", clip.top_left)
        add_text(element, "BottomRightCorner", clip.bottom_right)
        add_text(element, "ExpressionType", clip.expression)


def _add_timing(element: Element, clip: Clip) -> None:
    if clip.start_s or clip.end_s or clip.duration_text:
        timing = add_element(element, "Timing")
        add_text(timing, "StartPoint", clip.start_s)
        add_text(timing, "EndPoint", clip.end_s)
        add_text(timing, "DurationUsed", clip.duration_text)


def _add_file(parent: Element, claim: FileClaim) -> None:
    element = add_element(parent, "File")
    add_text(element, "URI", claim.uri)
    if claim.hash_sum is not None:
        hash_sum = add_element(element, "HashSum")
        add_text(hash_sum, "Algorithm", claim.hash_sum.algorithm)
        add_text(hash_sum, "DataType", claim.hash_sum.data_type)
        add_text(hash_sum, "HashSumValue", claim.hash_sum.value)
    add_measures(element, claim.measures, ("FileSize",))
