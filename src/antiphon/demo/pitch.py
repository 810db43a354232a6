"""Pitches: scales, chords and frequencies.

Melody and harmony are written in *degrees*: steps along a scale, 0 for the tonic, 7 for the tonic an octave higher, -1
for the note below. A pitch is a MIDI number. A tune written in degrees stays in its key whatever is done to it.
"""

import itertools
from collections.abc import Mapping, Sequence

SCALE_STEPS = 7

SCALES: Mapping[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones above the tonic of the seven degrees of each mode."""

CONCERT_PITCH = 69
CONCERT_PITCH_HZ = 440.0


def pitch_frequency_hz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch in equal temperament at A = 440 Hz."""
    return float(CONCERT_PITCH_HZ * 2.0 ** ((pitch - CONCERT_PITCH) / 12.0))


def degree_pitch(tonic: int, mode: str, degree: int) -> int:
    """Return the MIDI pitch of a scale degree; degrees below 0 and above 6 lie in the neighbouring octaves."""
    octave, step = divmod(degree, SCALE_STEPS)
    return tonic + 12 * octave + SCALES[mode][step]


def chord_degrees(root: int, size: int = 3) -> tuple[int, ...]:
    """Return the degrees of the chord stacked in thirds on ``root``: 3 for a triad, 4 with its seventh."""
    return tuple(root + 2 * third for third in range(size))


def nearest_chord_degree(degree: int, root: int) -> int:
    """Return the note of the triad on ``root`` nearest to ``degree``; of two equally near ones, the lower."""
    tones = {tone % SCALE_STEPS for tone in chord_degrees(root)}
    return min(
        (degree + shift for shift in (0, -1, 1, -2, 2) if (degree + shift) % SCALE_STEPS in tones),
        default=degree,
        key=lambda tone: (abs(tone - degree), tone),
    )


def lead_voices(previous: Sequence[int], pitches: Sequence[int], lowest: int, highest: int) -> tuple[int, ...]:
    """Return the placing of a chord within a range that moves least from the chord before.

    Shape: as many pitches as given, ascending; the placing nearest to the middle of the range if ``previous`` is empty.
    """
    places = [[p for p in range(lowest, highest + 1) if p % 12 == pitch % 12] for pitch in pitches]
    goal = sorted(previous) if len(previous) == len(pitches) else [(lowest + highest) // 2] * len(pitches)

    def movement(chord: tuple[int, ...]) -> tuple[int, int]:
        return sum(abs(a - b) for a, b in zip(chord, goal, strict=True)), chord[-1] - chord[0]

    spaced = (tuple(sorted(choice)) for choice in itertools.product(*places) if len(set(choice)) == len(pitches))
    return min(spaced, key=movement)
