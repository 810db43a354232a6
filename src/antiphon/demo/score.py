"""The composer: from a recipe and a length to every note of a piece.

A piece is phrases of four bars and one closing bar. Its form grows with its length (theme and return, then a contrast
between them, then an introduction and a breath), each phrase kind lets some parts in and keeps others out, and the
tempo bends a little so that the last chord falls where the plan wants it. The same seed always gives the same score.
"""

import msgspec
import numpy as np

from antiphon.demo.melody import Motif, compose_motif, compose_phrase
from antiphon.demo.pitch import chord_degrees, degree_pitch, lead_voices
from antiphon.demo.plan import Recipe, Style
from antiphon.demo.texture import PROGRESSIONS, REST, TEXTURES, Texture

PHRASE_BARS = 4
SIXTEENTH_BEATS = 0.25

FORMS: dict[int, tuple[str, ...]] = {
    1: ("theme",),
    2: ("theme", "return"),
    3: ("theme", "contrast", "return"),
    4: ("theme", "return", "contrast", "return"),
    5: ("introduction", "theme", "return", "contrast", "return"),
    6: ("introduction", "theme", "return", "contrast", "breath", "return"),
    7: ("introduction", "theme", "return", "contrast", "breath", "return", "return"),
}
"""Kinds of phrase of a piece by their number; longer pieces repeat the middle of the longest form."""

INTENSITIES = {"introduction": 0.62, "theme": 0.78, "return": 0.92, "contrast": 1.0, "breath": 0.66}
"""How loud a kind of phrase is played, relative to the loudest."""

MELODIC_LAYERS = ("chords", "bass", "melody", "arpeggio")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note to be played: onset and length in beats of the piece, MIDI pitch, and velocity from 0 to 1."""

    start_beat: float
    length_beats: float
    pitch: int
    velocity: float


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A drum to be struck, with velocity from 0 to 1."""

    start_beat: float
    drum: str
    velocity: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A finished piece: notes by part, each in order of time, and the strokes of the drums."""

    beat_s: float
    beats: float
    parts: dict[str, tuple[Note, ...]]
    hits: tuple[Hit, ...]


class _Phrase(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    start_beat: float
    roots: tuple[int, ...]
    voicings: tuple[tuple[int, ...], ...]
    intensity: float


def compose_score(recipe: Recipe, style: Style, music_s: float) -> Score:
    """Return the piece of a recipe, ``music_s`` seconds from its first beat to the end of its closing bar."""
    rng = np.random.default_rng([recipe.seed, 1])
    bar_s = recipe.beats_per_bar * 60.0 / recipe.tempo_bpm
    phrase_count = max(1, round((music_s / bar_s - 1) / PHRASE_BARS))
    beats = (phrase_count * PHRASE_BARS + 1) * recipe.beats_per_bar
    return _Composition(recipe, TEXTURES[style], rng).write(plan_form(phrase_count), music_s / beats)


def plan_form(phrase_count: int) -> tuple[str, ...]:
    """Return the kinds of phrase of a piece, in order."""
    longest = FORMS[max(FORMS)]
    if phrase_count in FORMS:
        return FORMS[phrase_count]
    extra = phrase_count - len(longest)
    return longest[:4] + tuple(longest[1 + index % 3] for index in range(extra)) + longest[4:]


class _Composition:
    """The choices of one piece, drawn once from its seed, and the writing of its phrases from them."""

    def __init__(self, recipe: Recipe, texture: Texture, rng: np.random.Generator) -> None:
        self._recipe = recipe
        self._texture = texture
        self._bar = recipe.beats_per_bar
        progressions = PROGRESSIONS[recipe.mode]
        first, second = rng.permutation(len(progressions))[:2]
        self._home, self._away = progressions[first], progressions[second]
        self._motifs = {kind: self._new_motif(rng) for kind in ("theme", "contrast")}
        self._motifs["return"] = self._motifs["theme"]
        self._motifs["breath"] = self._motifs["contrast"].inverted()
        self._anchors = {"theme": int(rng.integers(2, 5)), "contrast": int(rng.integers(4, 7))}
        self._arpeggio = texture.arpeggios[rng.integers(len(texture.arpeggios))]
        self._bass = texture.basses[rng.integers(len(texture.basses))]
        self._groove = texture.grooves[rng.integers(len(texture.grooves))]
        self._parts: dict[str, list[Note]] = {layer: [] for layer in MELODIC_LAYERS}
        self._hits: list[Hit] = []

    def _new_motif(self, rng: np.random.Generator) -> Motif:
        return compose_motif(rng, self._texture.melody_cells, self._bar, self._texture.rest_chance)

    def write(self, form: tuple[str, ...], beat_s: float) -> Score:
        voicing: tuple[int, ...] = ()
        beat = 0.0
        for number, kind in enumerate(form):
            roots = self._away if kind in ("contrast", "breath") else self._home
            voicings = []
            for root in roots:
                voicing = self._voice_chord(root, voicing)
                voicings.append(voicing)
            intensity = INTENSITIES[kind] * (1.0 if number else 0.92)
            phrase = _Phrase(kind=kind, start_beat=beat, roots=roots, voicings=tuple(voicings), intensity=intensity)
            self._write_phrase(phrase, answers=number % 2 == 1 or number == len(form) - 1)
            beat += PHRASE_BARS * self._bar
        self._write_close(beat, self._voice_chord(0, voicing))
        parts = {layer: tuple(sorted(notes, key=lambda note: note.start_beat)) for layer, notes in self._parts.items()}
        hits = tuple(sorted(self._hits, key=lambda hit: (hit.start_beat, hit.drum)))
        return Score(beat_s=beat_s, beats=beat + self._bar, parts=parts, hits=hits)

    def _voice_chord(self, root: int, previous: tuple[int, ...]) -> tuple[int, ...]:
        degrees = chord_degrees(root, self._texture.chord_size)
        pitches = [degree_pitch(self._recipe.tonic, self._recipe.mode, degree) for degree in degrees]
        return lead_voices(previous, pitches, *self._texture.chord_range)

    def _write_phrase(self, phrase: _Phrase, *, answers: bool) -> None:
        layers = self._texture.layers[phrase.kind]
        for bar, (root, voicing) in enumerate(zip(phrase.roots, phrase.voicings, strict=True)):
            start = phrase.start_beat + bar * self._bar
            swell = phrase.intensity * (0.94 + 0.02 * bar)
            if "chords" in layers:
                self._add_notes("chords", start, [(0.0, float(self._bar), pitch) for pitch in voicing], swell)
            if "bass" in layers:
                self._write_bass(start, root, swell)
            if "arpeggio" in layers:
                self._write_arpeggio(start, voicing, swell)
            self._write_groove(start, layers, swell)
        if "melody" in layers:
            self._write_melody(phrase, answers=answers)

    def _write_melody(self, phrase: _Phrase, *, answers: bool) -> None:
        anchor = self._anchors["contrast" if phrase.kind in ("contrast", "breath") else "theme"]
        tones = compose_phrase(self._motifs[phrase.kind], phrase.roots, anchor, self._bar, answers=answers)
        for tone in tones:
            degree = tone.degree + 7 * self._texture.melody_octave
            pitch = degree_pitch(self._recipe.tonic, self._recipe.mode, degree)
            accent = 1.0 if tone.start_beat % self._bar == 0 else 0.88
            start = phrase.start_beat + tone.start_beat
            self._add_notes("melody", start, [(0.0, tone.length_beats, pitch)], phrase.intensity * accent)

    def _write_bass(self, start: float, root: int, velocity: float) -> None:
        low = root - 7 if root > 3 else root
        notes = [
            (onset, min(length, self._bar - onset), degree_pitch(self._recipe.tonic, self._recipe.mode, low + step - 7))
            for onset, length, step in self._bass
            if onset < self._bar
        ]
        self._add_notes("bass", start, notes, velocity)

    def _write_arpeggio(self, start: float, voicing: tuple[int, ...], velocity: float) -> None:
        step = self._texture.arpeggio_step_beats
        notes = []
        for number in range(int(self._bar / step)):
            index = self._arpeggio[number % len(self._arpeggio)]
            if index != REST:
                octave, tone = divmod(index, len(voicing))
                notes.append((number * step, step, voicing[tone] + 12 * octave))
        for onset, length, pitch in notes:
            accent = 1.0 if onset == 0 else 0.9 if onset % 1 == 0 else 0.78
            self._add_notes("arpeggio", start, [(onset, length, pitch)], velocity * accent)

    def _write_groove(self, start: float, layers: frozenset[str], velocity: float) -> None:
        for drum, steps in self._groove.items():
            for number, step in enumerate(steps[: self._bar * 4] if drum in layers else ""):
                if step != ".":
                    loudness = velocity * (1.0 if step == "x" else 0.55)
                    self._hits.append(Hit(start_beat=start + number * SIXTEENTH_BEATS, drum=drum, velocity=loudness))

    def _write_close(self, start: float, voicing: tuple[int, ...]) -> None:
        tonic, mode, length = self._recipe.tonic, self._recipe.mode, float(self._bar)
        self._add_notes("chords", start, [(0.0, length, pitch) for pitch in voicing], 0.75)
        self._add_notes("bass", start, [(0.0, length, degree_pitch(tonic, mode, -7))], 0.75)
        sung = [note.pitch for note in self._parts["melody"]] or [tonic + 12]
        close = min((tonic + 12 * octave for octave in range(-1, 4)), key=lambda pitch: abs(pitch - sung[-1]))
        self._add_notes("melody", start, [(0.0, length, close)], 0.7)
        rolled = [(number * 0.25, length - number * 0.25, pitch) for number, pitch in enumerate(voicing)]
        self._add_notes("arpeggio", start, rolled, 0.6)
        for drum in self._groove:
            if drum in ("kick", "stomp", "air"):
                self._hits.append(Hit(start_beat=start, drum=drum, velocity=0.8))

    def _add_notes(self, part: str, start: float, notes: list[tuple[float, float, int]], velocity: float) -> None:
        for onset, length, pitch in notes:
            note = Note(start_beat=start + onset, length_beats=length, pitch=pitch, velocity=velocity)
            self._parts[part].append(note)
