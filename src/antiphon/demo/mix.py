"""The mixing desk: notes are placed on stereo buses, buses get echo, room and ducking, and the sum is mastered.

A bus is an array of (2, samples). Rooms and echoes are heard after the last note, so a piece ends by ringing out and
then by a fade; the last instants are true silence.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from antiphon.demo.modes import SAMPLE_RATE_HZ, Samples

CEILING = 10 ** (-1 / 20)
"""Highest sample, -1 dBFS: leaves lossy encoders room for the overshoots they add (EBU R 128 asks for -1 dBTP)."""

LOUDNESS_LUFS = -15.5
"""Loudness every piece is brought to before limiting, so that nobody reaches for the volume between two artists."""

SILENT_LUFS = -70.0
"""Loudness below which nothing is heard: the absolute gate of ITU-R BS.1770."""

LIMITER_KNEE = 0.55
"""Samples below pass unchanged; above, the limiter bends them smoothly towards the ceiling."""

MAKE_UP = 10 ** (1 / 20)
"""Most that a limited piece is raised towards the ceiling, 1 dB: one without peaks must not become the loudest."""

AIR = 1.1
"""Lift of the treble, about +2 dB at 5 kHz and +6 dB at 10 kHz: modes roll off sooner than a microphone does."""

FADE_OUT_S = 1.6
SILENCE_S = 0.08
"""How every piece ends, whatever still rings: a fade, then nothing."""

ECHO_COUNT = 5
"""Echoes of one note: the sixth would be 30 dB down."""

CONVOLUTION_SAMPLES = 2**18
"""Block of the room's fast convolution: longer than the longest room, short enough to stay near the processor."""


def place_sound(bus: Samples, sound: Samples, start_s: float, gain: float, pan: float) -> None:
    """Add a sound to a bus, at constant power between left (-1) and right (1); what passes the end is cut."""
    start = round(start_s * SAMPLE_RATE_HZ)
    count = min(sound.shape[-1], bus.shape[1] - start)
    if count <= 0:
        return
    angle = (pan + 1) * np.pi / 4
    for channel, weight in enumerate((np.cos(angle), np.sin(angle))):
        source = sound if sound.ndim == 1 else sound[channel]
        bus[channel, start : start + count] += source[:count] * np.float32(weight * gain * np.sqrt(2))


def add_echoes(bus: Samples, delay_s: float, level: float, feedback: float) -> None:
    """Add echoes that cross between left and right: the first at ``level``, each ``feedback`` times the one before."""
    dry = bus.copy()
    delay = round(delay_s * SAMPLE_RATE_HZ)
    for number in range(1, ECHO_COUNT + 1):
        shift = number * delay
        if shift >= bus.shape[1]:
            break
        source = dry[::-1] if number % 2 else dry
        bus[:, shift:] += source[:, :-shift] * np.float32(level * feedback ** (number - 1))


def duck_bus(bus: Samples, strokes_s: Sequence[float], depth: float, recovery_s: float = 0.28) -> None:
    """Press a bus down by ``depth`` at each stroke of the kick, and let it swell back: the breath of techno."""
    count = round(recovery_s * SAMPLE_RATE_HZ)
    swell = (1 - depth * 0.5 * (1 + np.cos(np.pi * np.arange(count) / count))).astype(np.float32)
    onset = np.linspace(1, swell[0], 220, dtype=np.float32)
    curve = np.concatenate([onset, swell])
    gain = np.ones(bus.shape[1], dtype=np.float32)
    for stroke_s in strokes_s:
        start = max(0, round(stroke_s * SAMPLE_RATE_HZ) - onset.size)
        window = gain[start : start + curve.size]
        np.minimum(window, curve[: window.size], out=window)
    bus *= gain


def design_room(decay_s: float, damping: float, seed: int) -> Samples:
    """Return the impulse response of a room in stereo: noise that dies by 60 dB in ``decay_s``, its treble sooner.

    ``damping`` from 0 (tiles) to 1 (carpet) is how much sooner. Bass below 160 Hz is kept out of the room.
    """
    rng = np.random.default_rng([seed, 60])
    count = min(CONVOLUTION_SAMPLES * 2 // 3, round(decay_s * SAMPLE_RATE_HZ))
    t = np.arange(count) / SAMPLE_RATE_HZ
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    spectrum = np.fft.rfft(rng.standard_normal((2, count)))
    floor = hertz**2 / (hertz**2 + 160.0**2)
    treble = hertz**2 / (hertz**2 + 2_200.0**2)
    dark = np.fft.irfft(spectrum * floor * (1 - treble), count) * 10 ** (-3 * t / decay_s)
    bright = np.fft.irfft(spectrum * floor * treble, count) * 10 ** (-3 * t / (decay_s * (1 - 0.7 * damping)))
    response = (dark + bright * (1 - 0.5 * damping)) * np.minimum(1, t / 0.012)
    fade = np.minimum(1, (count - np.arange(count)) / (0.1 * count))
    shaped: Samples = (response * fade / np.sqrt(np.sum(response**2, axis=1, keepdims=True))).astype(np.float32)
    return shaped


def apply_room(send: Samples, response: Samples) -> Samples:
    """Return what the room answers to a bus, as long as the bus: convolution by overlapping transforms."""
    hop = CONVOLUTION_SAMPLES - response.shape[1] + 1
    heard = np.zeros_like(send)
    transfer = np.fft.rfft(response, CONVOLUTION_SAMPLES)
    for start in range(0, send.shape[1], hop):
        block = np.fft.rfft(send[:, start : start + hop], CONVOLUTION_SAMPLES)
        answer = np.fft.irfft(block * transfer, CONVOLUTION_SAMPLES)
        count = min(CONVOLUTION_SAMPLES, send.shape[1] - start)
        heard[:, start : start + count] += answer[:, :count]
    return heard


def balance_bus(bus: Samples, loudness_lufs: float) -> None:
    """Bring a bus to a loudness, measured while it sounds; a bus without a sound stays as it is."""
    measured = measure_loudness_lufs(bus)
    if measured > SILENT_LUFS:
        bus *= np.float32(10 ** ((loudness_lufs - measured) / 20))


def measure_loudness_lufs(mix: Samples) -> float:
    """Return the loudness of a mix as ITU-R BS.1770 weighs it, from spectra of windows 0.2 s apart; silence is -70."""
    size, step = 4_096, 9_973
    windows = np.lib.stride_tricks.sliding_window_view(mix, size, axis=1)[:, ::step]
    power = np.abs(np.fft.rfft(windows * np.hanning(size).astype(np.float32))) ** 2
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ)
    weight = (hertz**2 / (hertz**2 + 38.0**2)) ** 2 * (1 + 1.51 * hertz**4 / (hertz**4 + 1_681.0**4))
    mean_square = 2 * np.sum(power * weight, axis=2) / (size * np.sum(np.hanning(size) ** 2))
    energy = np.sum(mean_square, axis=0)
    loud = energy[energy > 10 ** (-7 + 0.0691)]
    if not loud.size:
        return SILENT_LUFS
    gated = loud[loud > 0.1 * np.mean(loud)]
    return float(-0.691 + 10 * np.log10(np.mean(gated)))


def master_mix(mix: Samples) -> npt.NDArray[np.int16]:
    """Return the finished piece as 16-bit frames of (samples, 2): levelled, limited below -1 dBFS, faded to silence."""
    level = _lift_treble(mix)
    level *= np.float32(10 ** ((LOUDNESS_LUFS - measure_loudness_lufs(level)) / 20))
    limited = _limit_peaks(level)
    limited *= np.float32(min(MAKE_UP, CEILING / np.max(np.abs(limited))))
    fade, silence = round(FADE_OUT_S * SAMPLE_RATE_HZ), round(SILENCE_S * SAMPLE_RATE_HZ)
    limited[:, -silence:] = 0
    slope = 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    limited[:, -silence - fade : -silence] *= slope.astype(np.float32)
    return np.ascontiguousarray(np.rint(limited * np.float32(32_767)).astype(np.int16).T)


def _lift_treble(mix: Samples) -> Samples:
    lifted = mix * np.float32(1 + AIR)
    lifted[:, [0, -1]] = 0
    lifted[:, 1:-1] -= (mix[:, :-2] + mix[:, 2:]) * np.float32(AIR / 2)
    return lifted


def _limit_peaks(mix: Samples) -> Samples:
    room = np.float32(CEILING - LIMITER_KNEE)
    within = np.clip(mix, -LIMITER_KNEE, LIMITER_KNEE)
    over = mix - within
    over /= room
    np.tanh(over, out=over)
    over *= room
    within += over
    return within
