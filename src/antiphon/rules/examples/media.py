"""Examples of the rules about audio and artwork (A, C): what decoding a file told, beside what the message says."""

from collections.abc import Mapping
from typing import Any

import msgspec

from antiphon.model.media import AudioFacts, ImageFacts, ResourceMedia
from antiphon.rules.example import Edit, Example, given

_AUDIO = AudioFacts(
    container="flac", codec="flac", sample_rate_hz=44_100, channels=2, bits_per_sample=16, duration_ms=680_000
)
_IMAGE = ImageFacts(format="JPEG", mode="RGB", width_px=3000, height_px=3000)
_MD5 = "0cc175b9c0f1b6a831c399e269772661"
_OTHER_MD5 = "92eb5ffee6ae2fec3ad71c777531578f"
_FIRST_FILE = "<File><URI>resources/01.flac</URI></File>"
_HASHED_FILE = Edit(
    _FIRST_FILE,
    f"<File><URI>resources/01.flac</URI><HashSum><Algorithm>MD5</Algorithm><HashSumValue>{_MD5}</HashSumValue>"
    "</HashSum></File>",
)


def _audio(**changes: Any) -> dict[str, ResourceMedia]:
    """Return what decoding the first track told."""
    return {"A1": ResourceMedia(source="ab" * 32, audio=msgspec.structs.replace(_AUDIO, **changes))}


def _image(**changes: Any) -> dict[str, ResourceMedia]:
    """Return what decoding the cover told."""
    return {"A4": ResourceMedia(source="cd" * 32, image=msgspec.structs.replace(_IMAGE, **changes))}


EXAMPLES: Mapping[str, Example] = {
    "A1": Example(
        fails_given=given("resources/01.flac is MP3 by its content", media=_audio(container="mp3", codec="mp3")),
        passes_given=given("resources/01.flac is WAV by its content", media=_audio(container="wav", codec="pcm_s16le")),
    ),
    "A2": Example(
        fails_given=given("resources/01.flac is mono", media=_audio(channels=1)),
        passes_given=given(
            "resources/01.flac has 24 bits at 96 kHz", media=_audio(bits_per_sample=24, sample_rate_hz=96_000)
        ),
    ),
    "A8": Example(
        fails=(_HASHED_FILE,),
        fails_given=given(
            f"resources/01.flac has the MD5 {_OTHER_MD5}", hashes={"resources/01.flac": {"md5": _OTHER_MD5}}
        ),
        passes=(_HASHED_FILE,),
        passes_given=given(f"resources/01.flac has the MD5 {_MD5}", hashes={"resources/01.flac": {"md5": _MD5}}),
    ),
    "A9": Example(
        fails_given=given("resources/01.flac has 30 s of audio", media=_audio(duration_ms=30_000)),
        passes_given=given("resources/01.flac has 11:21 of audio", media=_audio(duration_ms=681_000)),
    ),
    "C1": Example(
        fails_given=given("resources/cover.jpg is a GIF by its content", media=_image(format="GIF", mode="P")),
        passes_given=given("resources/cover.jpg is a PNG by its content", media=_image(format="PNG")),
    ),
    "C2": Example(
        fails_given=given("the cover has 500 x 500 px", media=_image(width_px=500, height_px=500)),
        passes_given=given("the cover has 3000 x 3000 px", media=_image()),
    ),
    "C3": Example(
        fails_given=given("the cover has 3000 x 2000 px", media=_image(height_px=2000)),
        passes_given=given("the cover has 3000 x 3000 px", media=_image()),
    ),
    "C4": Example(
        fails_given=given("the cover is CMYK", media=_image(mode="CMYK")),
        passes_given=given("the cover is RGB", media=_image()),
    ),
}
