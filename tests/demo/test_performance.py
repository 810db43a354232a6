"""Recordings are as long as planned, clean, alike in loudness, and different in sound."""

from functools import cache
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from antiphon.demo.mix import measure_loudness_lufs
from antiphon.demo.modes import SAMPLE_RATE_HZ, ring_modes
from antiphon.demo.performance import compose_recording
from antiphon.demo.plan import Recording, Style
from antiphon.demo.repertoire import plan_repertoire

SHORT_MS = 14_250


def short_recording(style: Style) -> Recording:
    original = next(recording for recording in plan_repertoire().recordings if recording.artist.style is style)
    return msgspec.structs.replace(original, duration_ms=SHORT_MS)


@cache
def short_samples(style: Style) -> npt.NDArray[np.int16]:
    return compose_recording(short_recording(style))


def test_the_same_recording_gives_the_same_bytes() -> None:
    again = compose_recording(short_recording(Style.STRINGS))
    assert again.tobytes() == short_samples(Style.STRINGS).tobytes()


@pytest.mark.parametrize("style", list(Style))
def test_a_recording_is_exactly_as_long_as_planned(style: Style) -> None:
    samples = short_samples(style)
    assert samples.dtype == np.int16
    assert samples.shape == (round(SHORT_MS * SAMPLE_RATE_HZ / 1_000), 2)


@pytest.mark.parametrize("style", list(Style))
def test_a_recording_never_clips_and_has_no_constant_offset(style: Style) -> None:
    samples = short_samples(style).astype(np.float64) / 32_767
    assert 0.5 < np.max(np.abs(samples)) <= 10 ** (-1 / 20) + 1e-4
    assert np.max(np.abs(np.mean(samples, axis=0))) < 1e-3


@pytest.mark.parametrize("style", list(Style))
def test_a_recording_starts_and_ends_in_silence(style: Style) -> None:
    samples = np.abs(short_samples(style).astype(np.int32))
    assert np.max(samples[:200]) <= 8
    assert np.max(samples[-2_000:]) == 0
    tail = samples[-SAMPLE_RATE_HZ // 2 :]
    assert np.max(tail) < np.max(samples) / 20


def test_artists_are_equally_loud() -> None:
    loudness = [
        measure_loudness_lufs(short_samples(style).T.astype(np.float32) / np.float32(32_767)) for style in Style
    ]
    assert max(loudness) - min(loudness) < 2.5, loudness


def test_artists_can_be_told_apart_by_their_spectra() -> None:
    edges_hz = [30, 90, 180, 360, 720, 1_440, 2_880, 5_760, 11_520]
    profiles = {}
    for style in Style:
        mono = short_samples(style).mean(axis=1)
        power = np.abs(np.fft.rfft(mono)) ** 2
        hertz = np.fft.rfftfreq(mono.size, 1 / SAMPLE_RATE_HZ)
        bands = [power[(hertz >= low) & (hertz < high)].sum() for low, high in pairwise(edges_hz)]
        profiles[style] = 10 * np.log10(np.array(bands) / power.sum() + 1e-9)
    styles = list(Style)
    for place, one in enumerate(styles):
        for other in styles[place + 1 :]:
            assert np.max(np.abs(profiles[one] - profiles[other])) > 4, (one, other)


def test_a_recording_is_stereo() -> None:
    for style in Style:
        left, right = short_samples(style).T.astype(np.float64)
        assert np.corrcoef(left, right)[0, 1] < 0.98


def test_two_versions_of_one_work_are_two_recordings() -> None:
    original, acoustic = (r for r in plan_repertoire().recordings if r.title == "The Ferry Keeper")
    shorter = [
        compose_recording(msgspec.structs.replace(version, duration_ms=12_000)) for version in (original, acoustic)
    ]
    assert not np.array_equal(shorter[0], shorter[1])


def test_modes_ring_at_their_frequency_and_die_at_their_rate() -> None:
    sound = ring_modes(np.array([1_000.0]), np.array([5.0]), np.array([0.5]), 0.0, 10_000)
    t = np.arange(10_000) / SAMPLE_RATE_HZ
    assert np.allclose(sound, 0.5 * np.exp(-5 * t) * np.sin(2 * np.pi * 1_000 * t), atol=1e-4)


def test_modes_that_would_fold_back_are_left_out() -> None:
    sound = ring_modes(np.array([30_000.0]), np.array([1.0]), np.array([1.0]), 0.0, 1_000)
    assert np.max(np.abs(sound)) == 0
