"""Melodies: a motif of one bar, repeated and varied over the chords of a phrase until it comes to rest.

A listener remembers what is repeated. A phrase therefore states its motif, moves it to the next chord, states it again
or turns it upside down, and closes on a long note of the last chord. Strong beats take notes of the chord; what stands
between them moves by step, so that every dissonance is passing.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from antiphon.demo.pitch import nearest_chord_degree

CONTOUR_STEPS = (-2, -1, -1, 1, 1, 1, 2, 3)
"""Scale steps a motif moves by: mostly one, upwards a little more often than down."""

LOWEST_DEGREE, HIGHEST_DEGREE = -2, 9
"""Range of a melody around its tonic: an octave and a half, what a voice could sing."""


WIDEST_LEAP = 4
"""Scale steps a melody may leap over a bar line, a fifth: what is wider breaks the line in two."""


class Tone(msgspec.Struct, frozen=True, kw_only=True):
    """One note of a melody: onset and length in beats from the start of its phrase, and its scale degree."""

    start_beat: float
    length_beats: float
    degree: int


class Motif(msgspec.Struct, frozen=True, kw_only=True):
    """A bar's worth of rhythm (onset, length in beats) and the steps between its notes."""

    rhythm: tuple[tuple[float, float], ...]
    steps: tuple[int, ...]

    def inverted(self) -> "Motif":
        """Return the motif upside down, in the same rhythm."""
        return Motif(rhythm=self.rhythm, steps=tuple(-step for step in self.steps))


def compose_motif(
    rng: np.random.Generator, cells: Sequence[Sequence[float]], beats_per_bar: int, rest_chance: float
) -> Motif:
    """Return a new motif that fills one bar with the given rhythmic cells; its first note is never a rest."""
    rhythm: list[tuple[float, float]] = []
    beat = 0.0
    while beat < beats_per_bar:
        for length in cells[int(rng.integers(len(cells)))]:
            length = min(length, beats_per_bar - beat)
            if length > 0 and (not rhythm or rng.random() >= rest_chance):
                rhythm.append((beat, length))
            beat += length
    steps = tuple(int(rng.choice(CONTOUR_STEPS)) for _ in rhythm[1:])
    return Motif(rhythm=tuple(rhythm), steps=steps)


def compose_phrase(motif: Motif, roots: Sequence[int], anchor: int, beats_per_bar: int, *, answers: bool) -> list[Tone]:
    """Return the motif led through one chord a bar, closing on a long note.

    ``anchor`` is the degree around which the phrase lies. A phrase that ``answers`` turns the motif upside down in its
    third bar and closes on the root of its last chord; one that asks closes on whichever chord tone is near.
    """
    tones: list[Tone] = []
    lift = (0, 1, 2, 0)
    for bar, root in enumerate(roots[:-1]):
        shape = motif.inverted() if answers and bar == 2 else motif
        wish = anchor + lift[bar % 4]
        if tones:
            wish = min(max(wish, tones[-1].degree - WIDEST_LEAP), tones[-1].degree + WIDEST_LEAP)
        tones += _state_motif(shape, root, wish, bar * beats_per_bar)
    last = roots[-1]
    near = tones[-1].degree if tones else anchor
    close = _octave_near(last, near) if answers else nearest_chord_degree(near, last)
    start = float((len(roots) - 1) * beats_per_bar)
    approach = nearest_chord_degree(close + 2 if close + 2 <= HIGHEST_DEGREE else close - 2, last)
    half = max(1.0, beats_per_bar / 4)
    tones.append(Tone(start_beat=start, length_beats=half, degree=approach))
    tones.append(Tone(start_beat=start + half, length_beats=beats_per_bar - half, degree=close))
    return tones


def _state_motif(motif: Motif, root: int, anchor: int, start_beat: float) -> list[Tone]:
    degree = nearest_chord_degree(anchor, root)
    tones = []
    for (onset, length), step in zip(motif.rhythm, (0, *motif.steps), strict=True):
        wish = degree + step if LOWEST_DEGREE <= degree + step <= HIGHEST_DEGREE else degree - step
        strong = onset % 2 == 0 or length >= 1.5
        degree = nearest_chord_degree(wish, root) if strong or abs(step) > 1 else wish
        tones.append(Tone(start_beat=start_beat + onset, length_beats=length, degree=degree))
    return tones


def _octave_near(degree: int, goal: int) -> int:
    return min((degree + shift for shift in (-14, -7, 0, 7, 14)), key=lambda tone: (abs(tone - goal), tone))
