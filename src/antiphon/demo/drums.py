"""The drums: each renders one stroke of about unit peak, from sine sweeps and shaped noise."""

from collections.abc import Callable, Mapping

import numpy as np

from antiphon.demo.modes import SAMPLE_RATE_HZ, Samples, ring_modes
from antiphon.demo.voices import shape_envelope


def strike_kick(rng: np.random.Generator, *, tail_per_s: float = 9.0) -> Samples:
    """Return a bass drum: a sine that falls from 190 to 46 Hz within a few hundredths of a second."""
    t = _times(0.45)
    fall_s = 0.032
    turns = 46 * t + (190 - 46) * fall_s * (1 - np.exp(-t / fall_s))
    click = np.exp(-t * 900) * rng.standard_normal(t.size) * 0.12
    return shape_envelope((np.sin(2 * np.pi * turns) * np.exp(-t * tail_per_s) + click).astype(np.float32), 0.001, 0.05)


def strike_stomp(rng: np.random.Generator) -> Samples:
    """Return a foot on a wooden floor."""
    return strike_kick(rng, tail_per_s=22.0) * np.float32(0.8) + _band_noise(rng, 0.45, 300, 60) * np.float32(0.25)


def strike_snare(rng: np.random.Generator) -> Samples:
    """Return a snare drum: two modes of the skin under the rattle of the wires."""
    skin = ring_modes(np.array([185.0, 331.0]), np.array([24.0, 30.0]), np.array([0.5, 0.25]), 0.0, _count(0.22))
    return shape_envelope(skin + _band_noise(rng, 0.22, 3_200, 20) * np.float32(0.6), 0.001, 0.03)


def strike_clap(rng: np.random.Generator) -> Samples:
    """Return a hand clap: three short bursts and a tail."""
    sound = np.zeros(_count(0.3), dtype=np.float32)
    for delay_s, decay_per_s, level in ((0.0, 160, 0.7), (0.011, 160, 0.7), (0.022, 22, 0.9)):
        start = _count(delay_s)
        sound[start:] += _band_noise(rng, 0.3, 1_500, decay_per_s)[: sound.size - start] * np.float32(level)
    return shape_envelope(sound, 0.001, 0.04)


def strike_hat(rng: np.random.Generator) -> Samples:
    """Return a closed hi-hat: noise above 7 kHz, gone in a twentieth of a second."""
    return shape_envelope(_band_noise(rng, 0.12, 9_000, 55), 0.0008, 0.02) * np.float32(0.6)


def strike_shaker(rng: np.random.Generator) -> Samples:
    """Return a shaker, whose grains arrive with a short swell."""
    return shape_envelope(_band_noise(rng, 0.11, 6_000, 38), 0.018, 0.03) * np.float32(0.6)


def blow_air(rng: np.random.Generator) -> Samples:
    """Return a slow breath of air, as between the stations of a radio."""
    return shape_envelope(_band_noise(rng, 4.0, 1_400, 0.6), 1.8, 1.8) * np.float32(0.5)


DRUMS: Mapping[str, Callable[[np.random.Generator], Samples]] = {
    "kick": strike_kick,
    "stomp": strike_stomp,
    "snare": strike_snare,
    "clap": strike_clap,
    "hat": strike_hat,
    "shaker": strike_shaker,
    "air": blow_air,
}
"""Every drum a groove may name."""


def strike_drum(drum: str, rng: np.random.Generator) -> Samples:
    """Return one stroke of a drum, freed of the constant offset that a falling sine leaves behind.

    Raises: KeyError (the groove's fault) for a drum that is not in the set.
    """
    stroke = DRUMS[drum](rng)
    window = np.hanning(stroke.size)
    centred: Samples = (stroke - window * (stroke.sum(dtype=np.float64) / window.sum())).astype(np.float32)
    return centred


def _band_noise(rng: np.random.Generator, length_s: float, centre_hz: float, decay_per_s: float) -> Samples:
    count = _count(length_s)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ), 1.0) / centre_hz)
    noise = np.fft.irfft(spectrum * np.exp(-((octaves / 0.9) ** 2)), count)
    decayed: Samples = (noise / np.max(np.abs(noise)) * np.exp(-_times(length_s) * decay_per_s)).astype(np.float32)
    return decayed


def _count(length_s: float) -> int:
    return round(length_s * SAMPLE_RATE_HZ)


def _times(length_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(_count(length_s)) / SAMPLE_RATE_HZ
