"""The composer keeps to its key, its form and its seed."""

from itertools import pairwise

import pytest

from antiphon.demo.pitch import degree_pitch, lead_voices, nearest_chord_degree, pitch_frequency_hz
from antiphon.demo.plan import Recipe, Style
from antiphon.demo.score import compose_score, plan_form

RECIPE = Recipe(seed=11, tonic=60, mode="dorian", tempo_bpm=100)


def test_pitches_have_the_frequencies_of_concert_pitch() -> None:
    assert pitch_frequency_hz(69) == 440.0
    assert pitch_frequency_hz(60) == pytest.approx(261.6256, abs=1e-4)


def test_degrees_run_on_through_the_octaves() -> None:
    assert [degree_pitch(60, "major", degree) for degree in (-1, 0, 2, 7)] == [59, 60, 64, 72]


def test_a_note_beside_a_chord_is_drawn_to_its_nearest_tone() -> None:
    assert [nearest_chord_degree(degree, 0) for degree in (0, 1, 3, 5, 8)] == [0, 0, 2, 4, 7]


def test_voices_move_no_further_than_they_must() -> None:
    assert lead_voices((60, 64, 67), (65, 69, 72), 55, 76) == (60, 65, 69)


@pytest.mark.parametrize("style", list(Style))
def test_the_same_seed_gives_the_same_score_and_another_seed_another(style: Style) -> None:
    first = compose_score(RECIPE, style, 30.0)
    assert first == compose_score(RECIPE, style, 30.0)
    other = Recipe(seed=12, tonic=60, mode="dorian", tempo_bpm=100)
    assert first.parts["melody"] != compose_score(other, style, 30.0).parts["melody"]


@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("mode", ["major", "minor", "dorian", "lydian", "mixolydian"])
def test_every_note_is_in_the_key_and_inside_the_piece(style: Style, mode: str) -> None:
    score = compose_score(Recipe(seed=5, tonic=57, mode=mode, tempo_bpm=96, beats_per_bar=3), style, 33.0)
    scale = {degree_pitch(57, mode, degree) % 12 for degree in range(7)}
    for notes in score.parts.values():
        assert {note.pitch % 12 for note in notes} <= scale
        assert all(note.start_beat >= 0 and note.start_beat + note.length_beats <= score.beats for note in notes)
        assert all(0 < note.velocity <= 1 for note in notes)
    assert all(hit.start_beat < score.beats for hit in score.hits)


def test_the_tempo_bends_so_that_whole_phrases_fill_the_length() -> None:
    score = compose_score(RECIPE, Style.MALLETS, 31.7)
    assert score.beat_s * score.beats == pytest.approx(31.7)
    assert 60 / score.beat_s == pytest.approx(100, rel=0.25)


def test_the_theme_comes_back() -> None:
    score = compose_score(RECIPE, Style.STRINGS, 40.0)
    phrase = 4 * RECIPE.beats_per_bar
    openings = [
        [
            (note.start_beat % phrase, note.pitch)
            for note in score.parts["melody"]
            if start <= note.start_beat < start + 4
        ]
        for start in range(0, int(score.beats) - phrase, phrase)
    ]
    assert openings[0] in openings[1:]


def test_a_piece_ends_on_its_tonic() -> None:
    score = compose_score(RECIPE, Style.MALLETS, 30.0)
    assert score.parts["melody"][-1].pitch % 12 == RECIPE.tonic % 12
    assert score.parts["bass"][-1].pitch % 12 == RECIPE.tonic % 12


def test_melodies_are_singable() -> None:
    for seed in range(20):
        score = compose_score(Recipe(seed=seed, tonic=60, mode="major", tempo_bpm=90), Style.MALLETS, 40.0)
        pitches = [note.pitch for note in score.parts["melody"]]
        assert max(pitches) - min(pitches) <= 26, f"seed {seed}"
        assert max(abs(after - before) for before, after in pairwise(pitches)) <= 16, f"seed {seed}"


def test_a_longer_piece_has_more_phrases_and_always_a_theme() -> None:
    for phrase_count in range(1, 12):
        form = plan_form(phrase_count)
        assert len(form) == phrase_count
        assert "theme" in form
