"""What decoding a file told us. Technical facts come from here alone, never from tags or claims."""

from enum import StrEnum

import msgspec

COVER_ADVISED_PX = 3_000
"""The side of a cover that large platforms ask for. Source: FUGA, SUN."""


class AudioFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a decoded audio file. ``duration_ms`` is counted in decoded samples; ``loudness_lufs`` is integrated
    loudness by ITU-R BS.1770, None for silence; ``bits_per_sample`` is 0 where the codec has none."""

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    bits_per_sample: int
    duration_ms: int
    loudness_lufs: float | None = None


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a decoded image."""

    format: str
    mode: str
    width_px: int
    height_px: int


class RenditionProfile(StrEnum):
    """The forms a recording is served in."""

    OPUS = "opus"
    """Opus, 128 kbit/s, in Ogg: what the player plays."""
    FLAC = "flac"
    """The delivered FLAC itself, lossless."""


class Rendition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One form of a recording in the blob store. ``blob`` is its content hash."""

    profile: RenditionProfile
    blob: str
    media_type: str
    size_bytes: int
    duration_ms: int
    bitrate_bps: int


class CoverSize(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One size of a cover, a JPEG in the blob store."""

    blob: str
    width_px: int
    height_px: int


class ResourceMedia(msgspec.Struct, frozen=True, kw_only=True):
    """All we made of one resource's file. ``source`` is the content hash of the file as delivered.

    Audio resources have ``audio`` and ``renditions``, images ``image`` and ``covers`` (largest first).
    """

    source: str
    audio: AudioFacts | None = None
    renditions: tuple[Rendition, ...] = ()
    image: ImageFacts | None = None
    covers: tuple[CoverSize, ...] = ()
