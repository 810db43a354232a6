"""How alike two recordings are: what speaks for one recording, what against, and that it can be said why."""

from pathlib import Path

import pytest
from bench.matching import cross_validate, fit_weights, measure_accuracy
from bench.song_pairs import read_pairs
from hypothesis import given
from hypothesis import strategies as st

from antiphon.identity.likeness import (
    PRIOR,
    SAME_RECORDING,
    WEIGHTS,
    RecordingSketch,
    compare_recordings,
    find_evidence,
)
from antiphon.identity.titles import take_apart

MIX = RecordingSketch(title="Glass Harbour (Night Mix)", artists=("Mira Vale",), duration_ms=321_000)
PLAIN = RecordingSketch(title="Glass Harbour", artists=("Mira Vale",), duration_ms=210_000)


def a_sketch(title: str = "Glass Harbour", artist: str = "Mira Vale", duration_ms: int = 210_000) -> RecordingSketch:
    return RecordingSketch(title=title, artists=(artist,), duration_ms=duration_ms)


@pytest.mark.parametrize(
    "other",
    [
        MIX,
        a_sketch("Salt Meadow"),
        a_sketch("Glass Harbour (Live)", duration_ms=260_000),
        a_sketch(artist="Ada North", duration_ms=290_000),
        a_sketch("Glass Harbour, Pt. II", duration_ms=250_000),
    ],
)
def test_other_recordings_are_told_apart(other: RecordingSketch) -> None:
    assert compare_recordings(PLAIN, other).score < SAME_RECORDING


@pytest.mark.parametrize(
    "other",
    [
        PLAIN,
        a_sketch("GLASS HARBOUR [Explicit]", duration_ms=211_000),
        a_sketch("Glass Harbour (feat. Ada North)", "Mira Vale & Ada North"),
        a_sketch("Glass Harbor (Album Version)"),
        a_sketch("Glass Harbour - Remastered 2011"),
    ],
)
def test_spellings_of_one_recording_are_one(other: RecordingSketch) -> None:
    assert compare_recordings(PLAIN, other).score > SAME_RECORDING


def test_a_score_can_say_what_it_is_made_of() -> None:
    likeness = compare_recordings(PLAIN, MIX)
    assert [evidence.found for evidence in likeness.evidence] == [
        "title same",
        "length apart",
        "version on one side",
        "artist same",
    ]


def test_what_one_side_does_not_say_is_no_evidence() -> None:
    found = {evidence.found for evidence in compare_recordings(PLAIN, RecordingSketch(title="Glass Harbour")).evidence}
    assert found == {"title same", "version same"}


@pytest.mark.parametrize(
    ("title", "words", "version"),
    [
        ("Ob-la-di - Ob-la-da", ("ob", "la", "di", "ob", "la", "da"), set()),
        ("Song - Radio Edit", ("song",), {"radio", "edit"}),
        ("Song (feat. A) [B Remix]", ("song",), {"b", "remix"}),
        ("Søng (Live at the Hall)", ("song",), {"live", "hall"}),
        ("夜 (アコースティック)", ("夜",), {"アコースティック"}),
        ("((((", (), set()),
    ],
)
def test_titles_come_apart_into_name_and_version(title: str, words: tuple[str, ...], version: set[str]) -> None:
    parts = take_apart(title)
    assert parts.words == words
    assert parts.version == version


SKETCHES = st.builds(
    RecordingSketch,
    title=st.text(max_size=30),
    artists=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    album=st.text(max_size=20),
    duration_ms=st.none() | st.integers(0, 10**7),
    released=st.sampled_from(["", "1999", "2026-11", "2026-11-22"]),
)


@given(one=SKETCHES, other=SKETCHES)
def test_the_order_of_two_makes_no_difference(one: RecordingSketch, other: RecordingSketch) -> None:
    assert compare_recordings(one, other) == compare_recordings(other, one)
    assert 0 < compare_recordings(one, other).score < 1


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Row & Road", "Row and Road", "title same"),
        ("Glass Harbour, Pt. II", "Glass Harbour, Pt. 3", "part other"),
        ("Glass Harbour (feat. Ada)", "Glass Harbour ft. Bo", "guests other"),
        ("Glass Harbour (with Ada)", "Glass Harbour [feat. Ada & Bo]", "version same"),
    ],
)
def test_what_titles_say_is_told_by_its_level(one: str, other: str, level: str) -> None:
    assert level in find_evidence(a_sketch(one), a_sketch(other))


def test_numerals_of_parts_are_numbers_and_words_are_not() -> None:
    assert "part other" not in find_evidence(a_sketch("Harbour Pt. II"), a_sketch("Harbour, Part 2"))
    assert "part other" not in find_evidence(a_sketch("I and You"), a_sketch("You and I"))


def test_a_version_that_the_whole_album_is_of_is_no_other_one() -> None:
    on_live_album = RecordingSketch(title="Glass Harbour", artists=("Mira Vale",), album="Caught at Night: Live")
    assert "version same" in find_evidence(on_live_album, a_sketch("Glass Harbour (Live)"))
    assert "version on one side" in find_evidence(a_sketch(), a_sketch("Glass Harbour (Live)"))


def test_the_weights_are_those_the_train_pairs_give_and_no_others(shared: Path) -> None:
    fitted, prior = fit_weights(read_pairs(shared / "samples" / "matching" / "itunes-amazon-train.txt"))
    chosen = {"artist other", "advisory other"}
    assert {name: round(weight, 1) for name, weight in fitted.items() if name not in chosen} == {
        name: pytest.approx(weight, abs=0.11) for name, weight in WEIGHTS.items() if name not in chosen
    }
    assert prior == pytest.approx(PRIOR, abs=0.11)


@pytest.mark.parametrize("split", ["valid", "dirty-valid"])
def test_people_and_the_scorer_agree_on_pairs_it_has_not_seen(shared: Path, split: str) -> None:
    pairs = read_pairs(shared / "samples" / "matching" / f"itunes-amazon-{split}.txt")
    assert measure_accuracy(pairs).f1 >= 0.96


def test_what_is_compared_holds_on_pairs_the_weights_were_not_fitted_on(shared: Path) -> None:
    pairs = read_pairs(shared / "samples" / "matching" / "itunes-amazon-train.txt")
    assert cross_validate(pairs).f1 >= 0.97


def test_a_file_that_holds_no_pairs_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("COL Song_Name VAL a\tCOL Song_Name VAL b\t1\nCOL Song_Name VAL a\t1\n")
    with pytest.raises(ValueError, match=r"pairs\.txt:2"):
        read_pairs(file)
