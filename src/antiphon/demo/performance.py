"""The performance of a recording: its score played by its band, mixed and mastered."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from antiphon.demo.band import LineUp, Player, assemble_band
from antiphon.demo.drums import strike_drum
from antiphon.demo.mix import add_echoes, apply_room, balance_bus, design_room, duck_bus, master_mix, place_sound
from antiphon.demo.modes import SAMPLE_RATE_HZ, Samples
from antiphon.demo.pitch import pitch_frequency_hz
from antiphon.demo.plan import Recording
from antiphon.demo.score import Note, Score, compose_score

LEAD_IN_S = 0.12
"""Quiet before the first beat: room for a hand that comes early, and for decoders that eat their first frame."""

FULL_PART_LUFS = -20.0
"""Loudness of a part at 0 dB of its line-up's balance: the drums are written for a band that plays at this loudness."""

MIDDLE_PITCH = 64
"""The pitch that stands where its player stands; higher ones fan out to the right, lower ones to the left."""


DRUM_PLACES: Mapping[str, tuple[float, float]] = {
    "hat": (0.3, 0.1),
    "shaker": (-0.45, 0.2),
    "clap": (0.05, 0.5),
    "snare": (-0.05, 0.25),
    "air": (0.0, 0.8),
}
"""Where a drum stands from left (-1) to right (1), and its share of the room; the others stand dry in the middle."""


def compose_recording(recording: Recording) -> npt.NDArray[np.int16]:
    """Return a recording, composed and played: 16-bit frames of shape (samples, 2) at 44.1 kHz, as long as planned.

    The same recording gives the same bytes on one machine; between processor families a sample may differ in its last
    bit.
    """
    sample_count = round(recording.duration_ms * SAMPLE_RATE_HZ / 1_000)
    band = assemble_band(recording.artist.style, recording.recipe.arrangement)
    music_s = recording.duration_ms / 1_000 - band.tail_s - LEAD_IN_S
    score = compose_score(recording.recipe, recording.artist.style, music_s)
    return master_mix(_Stage(score, band, recording.recipe.seed, sample_count).play())


class _Stage:
    """One performance under way: the buses it fills, and the chance its hands are subject to."""

    def __init__(self, score: Score, band: LineUp, seed: int, sample_count: int) -> None:
        self._score = score
        self._band = band
        self._seed = seed
        self._rng = np.random.default_rng([seed, 2])
        self._dry = np.zeros((2, sample_count), dtype=np.float32)
        self._send = np.zeros_like(self._dry)
        self._kicks_s = [self._second(hit.start_beat) for hit in score.hits if hit.drum == "kick"]

    def play(self) -> Samples:
        for player in self._band.players:
            self._mix_bus(self._play_part(player), player)
        self._play_drums()
        response = design_room(self._band.room_decay_s, self._band.room_damping, self._seed)
        self._send *= np.float32(self._band.room_level)
        return self._dry + apply_room(self._send, response)

    def _mix_bus(self, bus: Samples, player: Player) -> None:
        balance_bus(bus, FULL_PART_LUFS + player.balance_db)
        if player.echo:
            add_echoes(bus, self._band.echo_beats * self._score.beat_s, player.echo, self._band.echo_feedback)
        if player.ducked and self._kicks_s:
            duck_bus(bus, self._kicks_s, self._band.duck_depth)
        self._dry += bus
        bus *= np.float32(player.room)
        self._send += bus

    def _play_part(self, player: Player) -> Samples:
        bus = np.zeros_like(self._dry)
        notes: dict[tuple[int, float], Samples] = {}
        for note in self._strike_notes(player):
            key = (note.pitch, note.length_beats)
            if key not in notes:
                length_s = note.length_beats * self._score.beat_s + player.ring_s
                notes[key] = player.voice(pitch_frequency_hz(note.pitch + 12 * player.octave), length_s, self._seed)
            loose_s = abs(self._rng.normal(0, player.looseness_s)) if player.looseness_s else 0.0
            strum_s = player.strum_s * max(0, note.pitch - 50) / 5
            pan = player.pan + player.spread * (note.pitch - MIDDLE_PITCH) / 24
            gain = note.velocity**1.7 * (1 + 0.06 * self._rng.standard_normal() * bool(player.looseness_s))
            start_s = self._second(note.start_beat) + loose_s + strum_s
            place_sound(bus, notes[key], start_s, gain, float(np.clip(pan, -0.95, 0.95)))
        return bus

    def _strike_notes(self, player: Player) -> list[Note]:
        notes = self._score.parts[player.part]
        if not player.strikes:
            return list(notes)
        return [
            Note(start_beat=note.start_beat + onset, length_beats=length, pitch=note.pitch, velocity=note.velocity)
            for note in notes
            for onset, length in player.strikes
            if onset < note.length_beats
        ]

    def _play_drums(self) -> None:
        strokes: dict[tuple[str, int], Samples] = {}
        for number, hit in enumerate(self._score.hits):
            level = self._band.drums.get(hit.drum, 0.0)
            take = number % 3
            if level and (hit.drum, take) not in strokes:
                strokes[hit.drum, take] = strike_drum(hit.drum, np.random.default_rng([self._seed, 3, take]))
            if level:
                self._stroke(strokes[hit.drum, take], hit.drum, hit.start_beat, level * hit.velocity**1.5)

    def _stroke(self, sound: Samples, drum: str, start_beat: float, gain: float) -> None:
        pan, room = DRUM_PLACES.get(drum, (0.0, 0.03))
        place_sound(self._dry, sound, self._second(start_beat), gain, pan)
        place_sound(self._send, sound, self._second(start_beat), gain * room, pan)

    def _second(self, beat: float) -> float:
        return LEAD_IN_S + beat * self._score.beat_s
