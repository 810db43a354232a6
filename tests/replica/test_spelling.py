"""Typos: what a mistyped word is taken for, and what it is never taken for."""

from collections.abc import Iterator
from random import Random

import pytest

from antiphon.replica.spelling import is_one_typo
from tests.replica.indexing import RowIndex, a_row

TYPED = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "cyrillic": "абвгдежзиклмнопрстуфхцчшы",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "arabic": "ابتثجحدرزسشعغفقکلمنهو",
    "hangul": "가나다라마바사아자차카타파하고노도로모보소오조",
    "devanagari": "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह",
}
WORDS = (
    *("sun", "moon", "amber", "harbour", "nightingale", "extraordinarily"),
    *("сон", "ветер", "колокола"),
    *("φως", "θαλασσα"),
    *("שיר", "ירושלימ"),
    *("حبش", "فيروزية"),
    *("나비사", "고노도로모"),
    *("गगन", "समरकल"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RowIndex]:
    rows = [a_row(f"w{at}", f"Song {word} Gold", "Nobody") for at, word in enumerate(WORDS)]
    rows += [
        a_row("black", "Blackbird", "Quarrymen"),
        a_row("halo", "Halo", "Beyoncé"),
        a_row("hello", "Hello", "Adèle"),
        a_row("two", "2 Become 1", "Spices"),
        a_row("waves", "Low Waves", "Sea"),
    ]
    index = RowIndex(tmp_path_factory.mktemp("spelling"), rows)
    yield index
    index.close()


def test_two_typos_are_not_one() -> None:
    for typed in ("beyonce", "halo"):
        assert is_one_typo(typed, typed)
    for typed, meant in (("bayonca", "beyonce"), ("byonec", "beyonce"), ("ca", "abc"), ("ohal", "halo"), ("", "ab")):
        assert not is_one_typo(typed, meant)


@pytest.mark.parametrize("at", range(len(WORDS)), ids=WORDS.__getitem__)
def test_a_word_is_found_with_any_one_letter_replaced_left_out_put_in_or_swapped(index: RowIndex, at: int) -> None:
    word = WORDS[at]
    letters = next(letters for letters in TYPED.values() if set(word) & set(letters))
    for typed in every_typo(word, letters, Random(at)):
        if len(typed) > 1:
            assert index.find(f"song {typed} gold") == [f"w{at}"], typed


def every_typo(word: str, letters: str, chance: Random) -> Iterator[str]:
    """Yield one typo of each sort at each place."""
    for at in range(len(word)):
        yield word[:at] + chance.choice(letters) + word[at:]
        yield word[:at] + chance.choice(letters) + word[at + 1 :]
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@pytest.mark.parametrize("typed", ["hbeyonce allo", "xy halo", "beyounci halo", "h adele zzz", "adele hxllx"])
def test_two_typos_or_a_word_too_short_to_be_meant_find_nothing(index: RowIndex, typed: str) -> None:
    assert index.find(typed) == []


def test_a_number_is_not_another_number_spelled(index: RowIndex) -> None:
    assert index.find("two become 1") == []
    assert index.find("2 become 1") == ["two"]


def test_a_word_that_exists_is_taken_as_it_is_while_that_finds_anything(index: RowIndex) -> None:
    assert index.find("halo") == ["halo"]  # not Hello
    assert set(index.find("hallo")) == {"halo", "hello"}  # nobody has this one
    assert index.find("adele halo") == []  # two letters off
    assert index.find("low wave sea") == ["waves"]


def test_a_typo_that_makes_another_word_is_found_where_the_words_as_typed_find_nothing(index: RowIndex) -> None:
    assert index.find("song mon gold") == ["w1"]
    assert index.find("song soon gold") == ["w1"]
    assert index.find("halo beyonce gold") == []
    index.write(a_row("mood", "Mood", "Somebody"))
    assert index.find("song mood gold") == ["w1"]
    assert index.find("mood") == ["mood"]


def test_words_written_together_or_apart_by_mistake_are_found(index: RowIndex) -> None:
    assert index.find("black bird") == index.find("blackbird") == ["black"]
    assert index.find("black bird quarrymen") == index.find("quarrymen black bird") == ["black"]
    assert index.find("lowwaves") == index.find("lowwaves sea") == ["waves"]


def test_a_word_written_later_is_known_and_one_that_left_is_not(index: RowIndex) -> None:
    index.write(a_row("new", "Quicksilver", "Messenger"))
    assert index.find("qiucksilver") == index.find("quicksilvre") == ["new"]
    index.write(a_row("new", "Golden", "Messenger"))
    assert index.find("qiucksilver") == index.find("quicksilvre") == []


def test_a_begun_word_is_found_with_a_typo_too(index: RowIndex) -> None:
    assert index.find("song gold extraodina") == ["w5"]
    assert index.find("song gold xtraordina") == ["w5"]
