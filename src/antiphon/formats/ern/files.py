"""Files that resources name, with the technical details their sender declares."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import parse_decimal, parse_integer, source_line, take_attribute, trimmed_text
from antiphon.formats.ern.facets import FLAGS, take_flags
from antiphon.formats.ern.reading import Content, Reading
from antiphon.formats.ern.sections import Section
from antiphon.model.claims import Clip, FileClaim, HashSum, Measure

_CODECS = ("VideoCodecType", "AudioCodecType", "ImageCodecType", "TextCodecType", "SheetMusicCodecType", "SoftwareType")

_MEASURES = frozenset(
    {
        "AspectRatio",
        "AudioBitRate",
        "AudioBitsPerSample",
        "AudioCodecType",
        "AudioSamplingRate",
        "BitDepth",
        "BitRate",
        "BitsPerSample",
        "ColorDepth",
        "ConsumerFulfillmentDate",
        "DrmPlatformType",
        "ElectroOpticalTransferFunctionType",
        "FrameRate",
        "HdrVideoDynamicMetadataType",
        "HdrVideoStaticMetadataType",
        "ImageHeight",
        "ImageResolution",
        "ImageWidth",
        "NumberOfAudioChannels",
        "NumberOfAudioObjects",
        "NumberOfChannels",
        "NumberOfVoices",
        "OperatingSystemType",
        "OriginalBitRate",
        "OriginalSamplingRate",
        "OverallBitRate",
        "PrimaryColorType",
        "SamplingRate",
        "Type",
        "UsableResourceDuration",
        "VideoBitRate",
        "VideoDefinitionType",
    }
)
"""Technical details kept as they are written, by their names: those without a field, and those whose text is odd."""

_KILO_BITS = {"bps": 1e-3, "kbps": 1.0, "Mbps": 1e3, "Gbps": 1e6}
"""Factors to kbit/s, the unit where none is given."""

_HERTZ = {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6}

_LOWEST_HERTZ = 1000
"""Rates below are kHz whose unit was left out: 44.1 is no rate in Hz."""

_DELIVERY_FILE_TYPES = frozenset({"AudioFile", "AudioVisualFile"})
"""What every delivery file of a recording or a video is."""

_STEMS = ("", "SoundRecording", "Video", "Image", "Text", "SheetMusic", "Software", "Midi", "UserDefinedResource")
_BLOCKS = frozenset(f"Technical{stem}Details" for stem in _STEMS)
"""Elements with technical details; from ERN 4 on they are called alike for all resources."""

_HOLDERS = frozenset({"File", "DeliveryFile"})
"""Elements of a technical block that hold files; a block of nothing else describes none."""

_REFERENCE = "TechnicalResourceDetailsReference"
_UNIT = "UnitOfMeasure"
_NAMES_A_FILE = etree.XPath("boolean((File|DeliveryFile/File)/*[self::FileName or self::URI or self::URL]/text())")


def read_files(sections: Sequence[Section], reading: Reading) -> tuple[FileClaim, ...]:
    """Return a claim per File element with a name, in message order.

    A technical block holds files itself (3.x, 4.1, 4.2, images) or in delivery files (4.3). One that names no file is
    left unread.
    """
    claims: list[FileClaim] = []
    edition = -1
    for section in sections:
        edition += section.is_edition
        for tag in sorted(_BLOCKS.intersection(section.children)):
            nameless = []
            for element in section.children.take(tag):
                if _NAMES_A_FILE(element):
                    claims += _read_block(element, max(edition, 0), reading)
                else:
                    nameless.append(element)
            if nameless:
                section.children[tag] = nameless
    return tuple(claims)


def _read_block(element: Element, edition: int, reading: Reading) -> Iterator[FileClaim]:
    block = reading.open(element)
    template = FileClaim(
        uri="",
        technical_reference=block.take_text(_REFERENCE),
        is_preview=block.take_flag("IsPreview", "IsClip") or False,
        edition=edition,
    )
    clip_elements = block.take("PreviewDetails", "ClipDetails")
    clip_contents = [reading.open(clip) for clip in clip_elements]
    clips = tuple(_read_clip(content, reading) for content in clip_contents)
    if not _HOLDERS.issuperset(block):
        template = _describe_file(block, template)
    for claim in _read_holders(block, template, reading):
        yield msgspec.structs.replace(claim, clips=clips) if clips else claim
        clips = ()
    for content in clip_contents:
        reference = content.take_text(_REFERENCE)
        of_clip = FileClaim(uri="", technical_reference=reference, is_preview=True, edition=edition)
        yield from _read_holders(content, of_clip, reading)


def _read_holders(block: Content, template: FileClaim, reading: Reading) -> Iterator[FileClaim]:
    """Yield the files a block holds itself, then those of its delivery files, which say more of each."""
    for element in block.take("File"):
        yield from _read_file(element, template, reading)
    for delivery_file in block.take("DeliveryFile"):
        details = reading.open(delivery_file)
        described = _describe_file(details, template)
        for element in details.take("File"):
            yield from _read_file(element, described, reading)


def _read_file(element: Element, template: FileClaim, reading: Reading) -> Iterator[FileClaim]:
    parts = reading.open(element)
    uri = _read_uri(parts)
    if uri:
        yield msgspec.structs.replace(
            template,
            uri=uri,
            hash_sum=_read_hash_sum(parts, reading),
            measures=(*template.measures, *_take_measures(parts, {"FileSize"})) if parts else template.measures,
            line=source_line(element),
        )


def _describe_file(details: Content, template: FileClaim) -> FileClaim:
    """Return the template with what these details say of a file."""
    if _DELIVERY_FILE_TYPES.intersection(trimmed_text(element) for element in details.get("Type", ())):
        details.take("Type")
    codec = _take_value(details, *_CODECS)
    container = _take_value(details, "ContainerFormat")
    is_provided = details.take_flag("IsProvidedInDelivery")
    described = msgspec.structs.replace(
        template,
        codec=codec or template.codec,
        bitrate_kbps=_take_number(details, ("BitRate", "OverallBitRate"), _KILO_BITS) or template.bitrate_kbps,
        channels=_take_integer(details, "NumberOfChannels", "NumberOfAudioChannels"),
        sample_rate_hz=_take_number(details, ("SamplingRate", "AudioSamplingRate"), _HERTZ),
        bits_per_sample=_take_integer(details, "BitsPerSample"),
        is_preview=template.is_preview or details.take_flag("IsPreview", "IsClip") or False,
        is_provided=template.is_provided if is_provided is None else is_provided,
        container=container or template.container,
        duration_text=details.take_text("Duration") or template.duration_text,
    )
    if _MEASURES.isdisjoint(details) and FLAGS.isdisjoint(details):
        return described
    return msgspec.structs.replace(
        described,
        measures=(*template.measures, *_take_measures(details, _MEASURES)),
        flags=(*template.flags, *take_flags(details, sorted(FLAGS.intersection(details)))),
    )


def _read_uri(parts: Content) -> str:
    """Take the path: 4.x gives a URI, 3.x a name with an optional folder, or a URL."""
    name = parts.take_text("FileName")
    if not name:
        return parts.take_text("URI", "URL")
    folder = parts.take_text("FilePath")
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _read_hash_sum(parts: Content, reading: Reading) -> HashSum | None:
    element = parts.take_first("HashSum")
    if element is None:
        return None
    content = reading.open(element)
    value = content.take_text("HashSumValue", "HashSum") or trimmed_text(element)
    if not value:
        return None
    algorithm = _take_value(content, "Algorithm", "HashSumAlgorithmType")
    return HashSum(algorithm=algorithm, value=value, data_type=content.take_text("DataType", "HashSumDataType"))


def _read_clip(content: Content, reading: Reading) -> Clip:
    """Return a preview or clip; ERN 4.3 gives its bounds in a Timing inside it."""
    timing = content.take_first("Timing")
    bounds = content if timing is None else reading.open(timing)
    reference = content.get(_REFERENCE, ())
    return Clip(
        technical_reference=trimmed_text(reference[0]) if reference else "",
        types=reading.roles(content, "ClipType"),
        part_type=content.take_text("PartType"),
        start_s=bounds.take_text("StartPoint"),
        end_s=bounds.take_text("EndPoint"),
        duration_text=bounds.take_text("Duration", "DurationUsed"),
        expression=content.take_text("ExpressionType"),
        top_left=content.take_text("TopLeftCorner"),
        bottom_right=content.take_text("BottomRightCorner"),
    )


def _take_value(content: Content, *tags: str) -> str:
    """Take the first allowed value of these names; a user-defined one gives what the user defined."""
    for tag in tags:
        for element in content.get(tag, ()):
            text = trimmed_text(element)
            if text == "UserDefined":
                text = take_attribute(element, "UserDefinedValue") or text
            if text:
                content.take_first(tag)
                return text
    return ""


def _take_integer(content: Content, *tags: str) -> int | None:
    for tag in tags:
        for element in content.get(tag, ())[:1]:
            number = parse_integer(element.text)
            if number is not None:
                content.take_first(tag)
                return number
    return None


def _take_number(content: Content, tags: tuple[str, ...], factors: dict[str, float]) -> float | None:
    """Take a rate in the unit whose factor is 1; one of an unknown unit is left."""
    for tag in tags:
        for element in content.get(tag, ())[:1]:
            number = parse_decimal(trimmed_text(element))
            if number is None:
                continue
            is_bare_khz = factors is _HERTZ and number < _LOWEST_HERTZ
            unit = element.get(_UNIT) or ("kHz" if is_bare_khz else next(u for u, f in factors.items() if f == 1.0))
            if unit in factors:
                take_attribute(element, _UNIT)
                content.take_first(tag)
                return round(number * factors[unit], 6)
    return None


def _take_measures(content: Content, names: Iterable[str]) -> Iterator[Measure]:
    for name in sorted(content.keys() & names):
        for element in content.take(name):
            text = trimmed_text(element)
            if text:
                yield Measure(name=name, text=text, unit=take_attribute(element, _UNIT))
