"""Files that resources name, with the technical details their sender declares."""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import (
    Children,
    first_text,
    group_children,
    is_true,
    parse_decimal,
    parse_flag,
    parse_integer,
    source_line,
    trimmed_text,
)
from antiphon.formats.ern.sections import Section
from antiphon.model.claims import FileClaim, HashSum

_CODECS = ("VideoCodecType", "AudioCodecType", "ImageCodecType", "TextCodecType", "SoftwareType")

_KILO_BITS = {"bps": 1e-3, "kbps": 1.0, "Mbps": 1e3, "Gbps": 1e6}
"""Factors to kbit/s, the unit where none is given."""

_HERTZ = {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6}

_LOWEST_HERTZ = 1000
"""Rates below are kHz whose unit was left out: 44.1 is no rate in Hz."""


def read_files(sections: Sequence[Section]) -> tuple[FileClaim, ...]:
    """Return a claim per File element with a name, in message order.

    A technical block holds files itself (3.x, 4.1, 4.2, images) or in delivery files (4.3).
    """
    claims: list[FileClaim] = []
    for section in sections:
        for tag, elements in section.children.items():
            if tag.startswith("Technical"):
                for element in elements:
                    claims += _read_block(group_children(element))
    return tuple(claims)


def _read_block(block: Children) -> Iterator[FileClaim]:
    for element in block.get("File", ()):
        claim = _read_file(element, block, {})
        if claim is not None:
            yield claim
    for delivery_file in block.get("DeliveryFile", ()):
        details = group_children(delivery_file)
        for element in details.get("File", ()):
            claim = _read_file(element, details, block)
            if claim is not None:
                yield claim


def _read_file(element: Element, details: Children, block: Children) -> FileClaim | None:
    """Return the claim; ``details`` holds the codec and rates, ``block`` is around it where there are two levels."""
    parts = group_children(element)
    uri = _read_uri(parts)
    if not uri:
        return None
    is_provided = first_text(details, "IsProvidedInDelivery") or first_text(block, "IsProvidedInDelivery")
    previews = first_text(details, "IsPreview", "IsClip") or first_text(block, "IsPreview", "IsClip")
    reference = "TechnicalResourceDetailsReference"
    return FileClaim(
        uri=uri,
        technical_reference=first_text(details, reference) or first_text(block, reference),
        hash_sum=_read_hash_sum(parts),
        codec=_read_codec(details),
        bitrate_kbps=_read_bitrate_kbps(details) or _read_bitrate_kbps(block),
        channels=parse_integer(first_text(details, "NumberOfChannels", "NumberOfAudioChannels")),
        sample_rate_hz=_read_sample_rate(details),
        bits_per_sample=parse_integer(first_text(details, "BitsPerSample")),
        is_preview=is_true(previews),
        is_provided=parse_flag(is_provided),
        line=source_line(element),
    )


def _read_uri(parts: Children) -> str:
    """Return the path: 4.x gives a URI, 3.x a name with an optional folder, or a URL."""
    name = first_text(parts, "FileName")
    if not name:
        return first_text(parts, "URI", "URL")
    folder = first_text(parts, "FilePath")
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _read_hash_sum(parts: Children) -> HashSum | None:
    if "HashSum" not in parts:
        return None
    element = parts["HashSum"][0]
    children = group_children(element)
    value = first_text(children, "HashSumValue", "HashSum") or trimmed_text(element)
    if not value:
        return None
    return HashSum(algorithm=_first_value(children, "Algorithm", "HashSumAlgorithmType"), value=value)


def _read_codec(details: Children) -> str:
    return _first_value(details, *_CODECS)


def _first_value(children: Children, *tags: str) -> str:
    """Return the first allowed value of these names; a user-defined one gives what the user defined."""
    for tag in tags:
        for element in children.get(tag, ()):
            text = trimmed_text(element)
            if text == "UserDefined":
                return (element.get("UserDefinedValue") or text).strip()
            if text:
                return text
    return ""


def _read_bitrate_kbps(details: Children) -> float | None:
    for tag in ("BitRate", "OverallBitRate"):
        for element in details.get(tag, ()):
            number = parse_decimal(trimmed_text(element))
            factor = _KILO_BITS.get(element.get("UnitOfMeasure") or "kbps")
            return None if number is None or factor is None else _rounded(number * factor)
    return None


def _read_sample_rate(details: Children) -> float | None:
    for tag in ("SamplingRate", "AudioSamplingRate"):
        for element in details.get(tag, ()):
            number = parse_decimal(trimmed_text(element))
            if number is None:
                return None
            unit = element.get("UnitOfMeasure") or ("kHz" if number < _LOWEST_HERTZ else "Hz")
            factor = _HERTZ.get(unit)
            return None if factor is None else _rounded(number * factor)
    return None


def _rounded(number: float) -> float:
    """Return the number without the noise of a decimal fraction times a factor: 44.1 kHz is 44100 Hz."""
    return round(number, 6)
