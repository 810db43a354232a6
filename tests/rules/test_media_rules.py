"""Every rule about decoded files."""

import pytest

from antiphon.model.findings import Severity
from antiphon.model.media import ResourceMedia
from antiphon.rules import RULES, Need
from tests.builders import a_cover, a_recording, a_statement
from tests.rules.checks import an_image, find_in_media, some_audio

FATAL, HOLD, WARN = Severity.FATAL, Severity.HOLD, Severity.WARN

BREACHES = [
    ("A1", FATAL, some_audio(codec="mp3", container="mp3", bits_per_sample=0), "mp3 in mp3"),
    ("A1", FATAL, some_audio(container="ogg"), "flac in ogg"),
    ("A2", FATAL, some_audio(bits_per_sample=8), "8 bits"),
    ("A2", FATAL, some_audio(sample_rate_hz=32_000), "32000 Hz"),
    ("A2", FATAL, some_audio(channels=1), "1 channels"),
    ("A2", FATAL, some_audio(channels=6), "6 channels"),
    ("A9", HOLD, some_audio(duration_ms=183_601), "183.6 s"),
    ("A9", HOLD, some_audio(duration_ms=30_000), "30.0 s"),
    ("C1", FATAL, an_image(format="GIF"), "GIF"),
    ("C2", FATAL, an_image(width_px=639, height_px=639), "639 x 639 px"),
    ("C2", WARN, an_image(width_px=640, height_px=640), "640 x 640 px"),
    ("C3", HOLD, an_image(width_px=3000, height_px=3001), "3000 x 3001 px"),
    ("C4", FATAL, an_image(mode="CMYK"), "colour mode CMYK"),
    ("C4", WARN, an_image(mode="L"), "colour mode L"),
]


def media_of(media: ResourceMedia) -> dict[str, ResourceMedia]:
    return {"A1": media} if media.audio else {"A90": media}


@pytest.mark.parametrize(("rule", "severity", "media", "got"), BREACHES, ids=[f"{b[0]}-{b[3]}" for b in BREACHES])
def test_a_breach_is_found_once_and_weighs_what_it_should(
    rule: str, severity: Severity, media: ResourceMedia, got: str
) -> None:
    (finding,) = find_in_media(a_statement(), media_of(media), rule)
    assert finding.severity is severity
    assert got in finding.got
    assert finding.place.line == 17


def test_every_rule_about_media_is_broken_here() -> None:
    assert {breach[0] for breach in BREACHES} == {rule.id for rule in RULES if rule.need is Need.MEDIA}


@pytest.mark.parametrize(
    "media",
    [
        some_audio(),
        some_audio(container="wav", codec="pcm_s24le", bits_per_sample=24, sample_rate_hz=96_000),
        some_audio(duration_ms=183_600),
        some_audio(duration_ms=176_400),
        an_image(),
        an_image(format="PNG", mode="RGBA"),
        an_image(format="TIFF"),
    ],
    ids=str,
)
def test_good_files_have_no_findings(media: ResourceMedia) -> None:
    assert find_in_media(a_statement(), media_of(media)) == []


def test_a_short_track_may_be_off_by_two_seconds() -> None:
    statement = a_statement(resources=(a_recording(1, duration_ms=20_000), a_recording(2), a_cover()))
    assert find_in_media(statement, {"A1": some_audio(duration_ms=22_000)}) == []
    assert find_in_media(statement, {"A1": some_audio(duration_ms=22_001)}, "A9") != []


def test_a_track_without_a_declared_duration_is_as_long_as_it_is() -> None:
    statement = a_statement(resources=(a_recording(1, duration_ms=None), a_recording(2), a_cover()))
    assert find_in_media(statement, {"A1": some_audio(duration_ms=1)}, "A9") == []


def test_only_the_front_cover_has_to_be_square() -> None:
    statement = a_statement(resources=(a_recording(1), a_recording(2), a_cover(type="BackCoverImage")))
    assert find_in_media(statement, {"A90": an_image(width_px=4000)}) == []
