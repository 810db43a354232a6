"""Words: the one form in which texts are indexed and searched, in any script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.replica.words import MAX_WORD_CHARACTERS, MAX_WORDS, index_words, query_words, whole_text

TEXTS = st.text(max_size=60)


@given(TEXTS)
def test_every_word_of_a_text_finds_the_text(text: str) -> None:
    assert {word for word in query_words(text) if len(word) < MAX_WORD_CHARACTERS} <= set(index_words(text))


@given(TEXTS)
def test_the_form_of_a_text_does_not_matter(text: str) -> None:
    assert query_words(unicodedata.normalize("NFD", text)) == query_words(unicodedata.normalize("NFC", text))
    assert whole_text(unicodedata.normalize("NFD", text)) == whole_text(unicodedata.normalize("NFC", text))


@given(TEXTS, TEXTS)
def test_words_do_not_hang_on_what_stands_beside_them(one: str, other: str) -> None:
    assert index_words(f"{one} {other}") == index_words(one) + index_words(other)


@given(st.text())
def test_no_word_holds_what_parts_words(text: str) -> None:
    for word in (*index_words(text), *query_words(text), whole_text(text)):
        assert not any(character.isspace() or not character.isprintable() for character in word)


def test_a_text_of_any_length_has_a_bounded_number_of_words() -> None:
    assert len(index_words("one-two " * 100_000)) <= MAX_WORDS
    assert len(index_words("one-" * 100_000)) <= MAX_WORDS
    assert index_words("x" * 1000) == []


@pytest.mark.parametrize(
    ("text", "indexed", "asked"),
    [
        ("Don't", ["don", "t", "dont"], ["don", "t"]),
        ("AC/DC", ["ac", "dc", "acdc"], ["ac", "dc"]),
        ("a a", ["a", "a"], ["a"]),
        ("Straße", ["strasse"], ["strasse"]),
        ("Sigur Rós", ["sigur", "ros"], ["sigur", "ros"]),
        ("Mø & Łona", ["mo", "lona"], ["mo", "lona"]),
        ("İstanbul ısı", ["istanbul", "isi"], ["istanbul", "isi"]),
        ("ΌΝΕΙΡΟ Ὄνειρος", ["ονειρο", "ονειροσ"], ["ονειρο", "ονειροσ"]),
        ("Йога ёлка", ["иога", "елка"], ["иога", "елка"]),
        ("日本語", ["日", "本", "語", "日本", "本語"], ["日本", "本語"]),
        ("เพลง", ["เ", "พ", "ล", "ง", "เพ", "พล", "ลง"], ["เพ", "พล", "ลง"]),
        ("사랑해", ["사랑해"], ["사랑해"]),
        ("مُحَمَّد ـعـلي", ["محمد", "علی"], ["محمد", "علی"]),
        ("על־שָׁלוֹם", ["על", "שלום", "עלשלום"], ["על", "שלום"]),
        ("हिन्दी", ["हिन्दी"], ["हिन्दी"]),
        ("ﬁre ＡＢ①", ["fire", "ab1"], ["fire", "ab1"]),
        ("🎵 !?", [], []),
    ],
)
def test_texts_fold_to_these_words(text: str, indexed: list[str], asked: list[str]) -> None:
    assert index_words(text) == indexed
    assert query_words(text) == asked


@pytest.mark.parametrize("text", ["Black Bird", "BLACKBIRD", "black-bird", "  black  bird!"])
def test_a_whole_title_is_one_word_however_it_is_parted(text: str) -> None:
    assert whole_text(text) == "blackbird"
