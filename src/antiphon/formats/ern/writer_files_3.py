"""Files as ERN 3.8.2 writes them: technical details of the resource's kind, a block per file.

Without a place there: sizes, whether a file is in the delivery, files of clips, details that are not named below.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    add_element,
    add_flag,
    add_measure,
    add_measures,
    add_role,
    add_text,
)
from antiphon.model.claims import Clip, FileClaim, Role
from antiphon.model.resources import Resource, ResourceKind

_FIRST = ("DrmPlatformType", "OverallBitRate")
_OF_PICTURES = (
    "VideoBitRate",
    "FrameRate",
    "ImageHeight",
    "ImageWidth",
    "AspectRatio",
    "ColorDepth",
    "ImageResolution",
    "VideoDefinitionType",
)
_OF_SOUND = ("AudioCodecType", "AudioBitRate")
_ODD_FORMS = ("BitRate", "NumberOfChannels", "NumberOfAudioChannels", "SamplingRate", "AudioSamplingRate")
_AFTER_RATES = ("BitsPerSample", "AudioBitsPerSample")
_LAST = ("UsableResourceDuration", "OperatingSystemType", "NumberOfVoices")


def add_technical_details(block: Element, resource: Resource, claim: FileClaim, stem: str) -> None:
    """Append the technical details of one file in the order of the schema."""
    element = add_element(block, f"Technical{stem}Details")
    add_text(element, "TechnicalResourceDetailsReference", claim.technical_reference)
    add_measures(element, claim.measures, _FIRST)
    is_audio = resource.kind is ResourceKind.SOUND_RECORDING
    if not is_audio:
        add_measure(element, "OverallBitRate", claim.bitrate_kbps, "kbps")
    add_text(element, "ContainerFormat", claim.container)
    add_text(element, "AudioCodecType" if is_audio else f"{stem}CodecType", claim.codec)
    add_measures(element, claim.measures, (*_OF_PICTURES, *_OF_SOUND))
    if is_audio:
        add_measure(element, "BitRate", claim.bitrate_kbps, "kbps")
    add_measures(element, claim.measures, _ODD_FORMS)
    add_text(element, "NumberOfChannels" if is_audio else "NumberOfAudioChannels", claim.channels)
    if claim.sample_rate_hz is not None:
        rate_khz = claim.sample_rate_hz / 1000
        add_measure(element, "SamplingRate" if is_audio else "AudioSamplingRate", rate_khz, "kHz")
    add_measures(element, claim.measures, _AFTER_RATES)
    add_text(element, "BitsPerSample", claim.bits_per_sample)
    add_text(element, "Duration", claim.duration_text)
    for flag in claim.flags:
        if flag.name == "ResourceProcessingRequired":
            add_flag(element, flag.name, flag.is_set)
    add_measures(element, claim.measures, _LAST)
    if is_audio or claim.is_preview:
        add_flag(element, "IsPreview", claim.is_preview)
    for clip in claim.clips:
        _add_preview(element, clip)
    _add_file(element, claim)


def _add_preview(details: Element, clip: Clip) -> None:
    element = add_element(details, "PreviewDetails")
    add_text(element, "PartType", clip.part_type)
    add_text(element, "StartPoint", clip.start_s)
    add_text(element, "EndPoint", clip.end_s)
    add_text(element, "Duration", clip.duration_text)
    add_text(element, "TopLeftCorner", clip.top_left)
    add_text(element, "BottomRightCorner", clip.bottom_right)
    add_role(element, "ExpressionType", Role(value=clip.expression))


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
        add_text(hash_sum, "HashSumDataType", claim.hash_sum.data_type)
