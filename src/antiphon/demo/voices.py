"""The pitched instruments: each renders one note, by the physics or the circuit it is named for.

Every voice is a function of (frequency in Hz, length in s, seed of its chance) and returns sound of about unit loudness
that starts and ends at zero. Loudness, place and room are the desk's business (:mod:`antiphon.demo.mix`).
"""

import numpy as np

from antiphon.demo.modes import SAMPLE_RATE_HZ, Samples, ring_modes

PAD_TABLE_SAMPLES = 2**17
"""Length of one turn of a pad's table, 3.0 s: long enough that its beating is not heard to repeat."""


def shape_envelope(sound: Samples, attack_s: float, release_s: float) -> Samples:
    """Return the sound with raised-cosine ends, so that it neither starts nor stops with a click."""
    count = sound.shape[-1]
    attack = min(count, max(1, round(attack_s * SAMPLE_RATE_HZ)))
    release = min(count, max(1, round(release_s * SAMPLE_RATE_HZ)))
    envelope = np.ones(count, dtype=np.float32)
    envelope[:attack] *= _rise(attack)
    envelope[count - release :] *= _rise(release)[::-1]
    return sound * envelope


def pluck_string(frequency_hz: float, length_s: float, seed: int, *, brightness: float = 0.5) -> Samples:
    """Return a plucked string: Karplus and Strong's loop of noise, solved mode by mode.

    Their averaging filter damps the mode at frequency f by cos(pi f / rate) on each turn of the loop. Knowing that,
    each mode is a decaying sine, in tune at every pitch, as a loop of whole samples is not.
    """
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    number = np.arange(1, max(2, min(60, int(9_000 / frequency_hz))) + 1)
    frequencies = number * frequency_hz * np.sqrt(1 + 4e-5 * number**2)
    loss = -np.log(np.cos(np.pi * np.minimum(frequencies, 15_000) / SAMPLE_RATE_HZ)) + 0.0012
    decays = frequency_hz * loss * (1.5 - brightness) + 0.6
    plucked_at = np.abs(np.sin(np.pi * number * (0.17 + 0.05 * rng.random())))
    strengths = plucked_at * (0.75 + 0.5 * rng.random(number.size)) / number ** (1.35 - 0.6 * brightness)
    body = 1 + 0.9 * np.exp(-(((frequencies - 210) / 90) ** 2)) + 0.5 * np.exp(-(((frequencies - 430) / 140) ** 2))
    phases = rng.uniform(-0.6, 0.6, number.size)
    sound = ring_modes(frequencies, decays, strengths * body / 2.2, phases, _samples(length_s))
    return shape_envelope(sound, 0.0015, 0.12)


def strike_piano(frequency_hz: float, length_s: float, seed: int, *, hardness: float = 0.5) -> Samples:
    """Return a soft piano note in stereo: stiff strings, two to a note and a hair apart, under a felt hammer."""
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    number = np.arange(1, max(3, min(24, int(7_500 / frequency_hz))) + 1)
    stretched = number * np.sqrt(1 + 2.2e-4 * number**2)
    felt = np.exp(-number * frequency_hz / (1_500 + 3_500 * hardness))
    strengths = felt * np.abs(np.sin(np.pi * number / 7.7)) ** 0.6 / number**0.75
    strengths /= np.sqrt(np.sum(strengths**2)) * 2.2
    decays = 0.55 * (frequency_hz / 262) ** 0.6 * (1 + 0.35 * number**1.1)
    hammer = _hammer_knock(rng, length_s, 0.02 + 0.03 * hardness)
    channels = []
    for side in (-1, 1):
        frequencies = frequency_hz * stretched * (1 + side * 0.00035)
        phases = rng.uniform(-0.5, 0.5, number.size)
        fast = ring_modes(frequencies, decays * 3.5, strengths * 0.6, phases, _samples(length_s))
        slow = ring_modes(frequencies * 1.0003, decays, strengths * 0.55, phases, _samples(length_s))
        channels.append(fast + slow + hammer)
    return shape_envelope(np.stack(channels), 0.003, 0.25)


def strike_marimba(frequency_hz: float, length_s: float, seed: int) -> Samples:
    """Return a marimba bar: its tuned partials at 1, 4 and 10 times the pitch, and the knock of a yarn mallet."""
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    ratios = np.array([1.0, 3.98, 9.9, 1.003])
    strengths = np.array([0.72, 0.2, 0.05, 0.22])
    decays = np.array([3.2, 9.0, 26.0, 4.5]) * (frequency_hz / 330) ** 0.5
    sound = ring_modes(frequency_hz * ratios, decays, strengths, 0.0, _samples(length_s))
    return shape_envelope(sound + _hammer_knock(rng, length_s, 0.05), 0.0015, 0.08)


def ring_bell(frequency_hz: float, length_s: float, seed: int, *, index: float = 1.6) -> Samples:
    """Return a glassy bell in stereo: frequency modulation at an inharmonic ratio whose depth dies before the tone."""
    t = _times(length_s)
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    mellow = min(1.0, 700 / frequency_hz)
    depth = np.exp(-t * np.float32(2.8)) * np.float32(index * mellow)
    decay = np.exp(-t * np.float32(1.5)) * np.float32(0.55)
    channels = []
    for side in (-1, 1):
        tuned_hz = frequency_hz * (1 + side * 0.0006)
        modulator = depth * np.sin(_angle(tuned_hz * 3.01, t) + np.float32(rng.uniform(0, 0.4)))
        octave = np.float32(0.35) * np.sin(_angle(tuned_hz * 2.003, t))
        channels.append(decay * (np.sin(_angle(tuned_hz, t) + modulator) + octave))
    return shape_envelope(np.stack(channels), 0.006, 0.5)


def sound_pad(
    frequency_hz: float, length_s: float, seed: int, *, warmth: float = 1.5, width_cents: float = 16
) -> Samples:
    """Return a choir-like pad in stereo: harmonics smeared into bands, with chance phases, turned back into sound.

    ``warmth`` is the slope of the harmonics (2 is dark, 1 is bright). Both channels have the same bands and different
    phases, which is what makes the sound wide. Source of the method: Nasca Octavian Paul's PADsynth.
    """
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    bins = np.zeros(PAD_TABLE_SAMPLES // 2 + 1)
    bin_hz = SAMPLE_RATE_HZ / PAD_TABLE_SAMPLES
    for number in range(1, max(2, min(48, int(9_000 / frequency_hz)))):
        centre_hz = number * frequency_hz
        spread_hz = (2 ** (width_cents / 1200) - 1) * centre_hz + 0.15
        near = np.arange(
            max(1, int((centre_hz - 4 * spread_hz) / bin_hz)), int((centre_hz + 4 * spread_hz) / bin_hz) + 1
        )
        formant = 1 + 0.8 * np.exp(-(((centre_hz - 620) / 240) ** 2))
        bins[near] += (
            np.exp(-(((near * bin_hz - centre_hz) / spread_hz) ** 2)) * formant / number**warmth / spread_hz**0.5
        )
    phases = np.exp(2j * np.pi * rng.random((2, bins.size)))
    turn = np.fft.irfft((bins * phases).astype(np.complex64), PAD_TABLE_SAMPLES)
    turn = (turn / np.sqrt(np.mean(turn**2)) * 0.22).astype(np.float32)
    count = _samples(length_s)
    sound = np.tile(turn, (1, -(-count // PAD_TABLE_SAMPLES)))[:, :count]
    edge = min(1.8, length_s * 0.45)
    return shape_envelope(sound, edge, edge)


def sound_pulse(
    frequency_hz: float, length_s: float, _seed: int, *, duty: float = 0.5, decay_per_s: float = 1.5
) -> Samples:
    """Return a pulse wave as a games console of the 1980s makes it, band-limited; ``duty`` is the part that is high."""
    number = np.arange(1, max(2, int(14_000 / frequency_hz)) + 1)
    strengths = 2 / (np.pi * number) * np.sin(np.pi * number * duty) * np.exp(-((number * frequency_hz / 11_000) ** 2))
    decays = np.full(number.size, decay_per_s)
    sound = ring_modes(number * frequency_hz, decays, strengths * 0.5, np.pi / 2, _samples(length_s))
    return shape_envelope(sound, 0.003, min(0.02, length_s / 3))


def sound_triangle(frequency_hz: float, length_s: float, _seed: int) -> Samples:
    """Return the triangle wave of the same console: the bass, round and steady."""
    number = np.arange(1, max(2, int(6_000 / frequency_hz)) + 1, 2)
    strengths = 8 / np.pi**2 / number**2 * np.where(number % 4 == 1, 1, -1)
    sound = ring_modes(number * frequency_hz, np.full(number.size, 0.7), strengths * 0.7, 0.0, _samples(length_s))
    return shape_envelope(sound, 0.004, min(0.03, length_s / 3))


def sound_filtered_saw(
    frequency_hz: float, length_s: float, _seed: int, *, closing_per_s: float = 14, top_hz: float = 2_400
) -> Samples:
    """Return a sawtooth through a low-pass filter that closes: the higher a harmonic, the sooner it is gone."""
    number = np.arange(1, max(3, min(64, int(10_000 / frequency_hz))) + 1)
    frequencies = number * frequency_hz
    resonance = 1 + 1.4 * np.exp(-(((frequencies - top_hz * 0.45) / (top_hz * 0.18)) ** 2))
    strengths = resonance / number / np.sqrt(1 + (frequencies / top_hz) ** 4)
    decays = 0.8 + closing_per_s * (frequencies / top_hz)
    sound = ring_modes(frequencies, decays, strengths * 0.45, 0.0, _samples(length_s))
    return shape_envelope(sound, 0.004, min(0.05, length_s / 3))


def bow_string(frequency_hz: float, length_s: float, seed: int) -> Samples:
    """Return a bowed string with a vibrato that sets in late: a fiddle to carry a tune."""
    t = _times(length_s)
    rng = np.random.default_rng([seed, round(frequency_hz * 100)])
    vibrato = np.sin(_angle(5.1 + 0.5 * rng.random(), t)) * np.float32(0.0045)
    vibrato *= np.clip((t - np.float32(0.22)) * 3, 0, 1)
    turns = (np.cumsum(frequency_hz * (1 + vibrato.astype(np.float64))) / SAMPLE_RATE_HZ) % 1.0
    angle = (2 * np.pi * turns).astype(np.float32)
    sound = np.zeros_like(t)
    for number in range(1, max(2, min(14, int(8_000 / frequency_hz)))):
        harmonic_hz = number * frequency_hz
        body = 0.45 + np.exp(-(((harmonic_hz - 480) / 260) ** 2)) + 0.8 * np.exp(-(((harmonic_hz - 2_300) / 900) ** 2))
        sound += np.float32(body / number**1.15) * np.sin(angle * number)
    return shape_envelope(sound * np.float32(0.3), min(0.09, length_s / 3), min(0.16, length_s / 3))


def _hammer_knock(rng: np.random.Generator, length_s: float, level: float) -> Samples:
    knock = np.zeros(_samples(length_s), dtype=np.float32)
    count = min(knock.size, 1_400)
    noise = np.convolve(rng.standard_normal(count), np.hanning(40) / 20, mode="same")
    knock[:count] = level * noise * np.exp(-np.arange(count) / 260)
    return knock


def _rise(count: int) -> Samples:
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)).astype(np.float32)


def _samples(length_s: float) -> int:
    return max(1, round(length_s * SAMPLE_RATE_HZ))


def _times(length_s: float) -> Samples:
    return (np.arange(_samples(length_s)) / SAMPLE_RATE_HZ).astype(np.float32)


def _angle(frequency_hz: float, t: Samples) -> Samples:
    turns = np.arange(t.size) * (frequency_hz / SAMPLE_RATE_HZ)
    turns -= np.floor(turns)
    return turns.astype(np.float32) * np.float32(2 * np.pi)
