"""Spelling: the words of an index that somebody may have meant by a word with one typo.

One typo is a letter replaced, left out, put in, or swapped with the next. Short words of an alphabet are respelled in
every way and looked up. A longer one is halved: whichever half the typo is in, the other is whole, so what was meant
begins or ends with it, and the dictionaries of words and of reversed words are read only there. Either takes some
tenths of a millisecond at a million tracks, an eighth of what Tantivy's fuzzy query took over three fields, and it
gives words, so that a frequent one can come first and rows rank as if it had been typed.
"""

from collections.abc import Iterable, Iterator

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.rows import mark_word

MIN_MEANT_CHARACTERS = 3
"""The shortest word that somebody may have meant by another: with one letter of two off, any would do."""

MAX_NEIGHBOURS = 32
"""Words that one word may stand for, the most frequent first."""

_MAX_RESPELLED_CHARACTERS = 5
"""A word of 5 has 295 respellings, looked up in 0.3 ms; its halves are so short that half a percent of all words share
one."""

_MAX_SHARING = 2000
"""Words sharing a half that are compared; the most frequent. Three letters or more are seldom shared by so many."""

_MIN_PART_CHARACTERS = 2
"""Of a part of a word that was written together by mistake."""

_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяіјђћљњџєґ",
    "αβγδεζηθικλμνξοπρστυφχψως",
    "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
    "ابتثجحدذرزسشصضطظعغفقکلمنهویءپچژگ",
)
"""Scripts of few letters, in their folded forms; words of the others are halved at any length."""

_ALPHABET_OF = {letter: alphabet for alphabet in _ALPHABETS for letter in alphabet}


class Dictionary:
    """The words one kind's rows have in some fields of one index, each field with its own words."""

    def __init__(self, searcher: tantivy.Searcher, kind: EntityKind) -> None:
        self._searcher = searcher
        self._kind = kind

    def count_rows(self, word: str, field: str = "words") -> int:
        """Return how many rows have a word in a field; 0: it is not known. Rows just deleted may still count."""
        return self._searcher.doc_freq(field, mark_word(self._kind, word))

    def find_beginning(self, beginning: str) -> dict[str, int]:
        """Return the known words that begin so, the most frequent first, with how many rows have each."""
        terms = self._searcher.terms_with_prefix("words", mark_word(self._kind, beginning))
        return {term[1:]: count for term, count in terms}

    def find_neighbours(self, word: str) -> dict[str, int]:
        """Return the known words one typo away, the most frequent first, with how many rows have each."""
        if len(word) < MIN_MEANT_CHARACTERS - 1:
            return {}
        alphabet = _ALPHABET_OF.get(word[-1])
        if alphabet is not None and len(word) <= _MAX_RESPELLED_CHARACTERS:
            counts = self._count_all(_respell(word, alphabet))
        else:
            counts = self._find_sharing_half(word)
        counts.pop(word, None)
        return dict(sorted(counts.items(), key=lambda found: (-found[1], found[0]))[:MAX_NEIGHBOURS])

    def find_splits(self, word: str) -> list[tuple[str, str]]:
        """Return the pairs of known words that make this one when written together."""
        places = range(_MIN_PART_CHARACTERS, len(word) - _MIN_PART_CHARACTERS + 1)
        pairs = ((word[:place], word[place:]) for place in places)
        return [(first, last) for first, last in pairs if self.count_rows(first) and self.count_rows(last)]

    def _find_sharing_half(self, word: str) -> dict[str, int]:
        middle = len(word) // 2
        swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        counts = self._count_all((swapped,))  # a swap across the middle leaves neither half whole
        for found, count in self._list_beginning("words", word[:middle]):
            if len(found) >= MIN_MEANT_CHARACTERS and is_one_typo(word, found):
                counts[found] = count
        ending = [found[::-1] for found, _ in self._list_beginning("reversed", word[middle:][::-1])]
        return counts | self._count_all(found for found in ending if is_one_typo(word, found))

    def _list_beginning(self, field: str, beginning: str) -> Iterator[tuple[str, int]]:
        terms = self._searcher.terms_with_prefix(field, mark_word(self._kind, beginning), limit=_MAX_SHARING)
        return ((term[1:], count) for term, count in terms)

    def _count_all(self, words: Iterable[str]) -> dict[str, int]:
        long = (word for word in words if len(word) >= MIN_MEANT_CHARACTERS)
        return {word: count for word in long if (count := self.count_rows(word))}


def is_one_typo(typed: str, meant: str) -> bool:
    """Tell whether two words are one typo apart, or the same."""
    short, long = sorted((typed, meant), key=len)
    if len(long) - len(short) > 1:
        return False
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    if len(short) != len(long):
        return short[at:] == long[at + 1 :]
    is_swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return is_swapped or short[at + 1 :] == long[at + 1 :]


def _respell(word: str, alphabet: str) -> set[str]:
    """Return every word one typo away."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = {start + end[1:] for start, end in cuts if end}
    swapped = {start + end[1] + end[0] + end[2:] for start, end in cuts if len(end) > 1}
    replaced = {start + letter + end[1:] for start, end in cuts if end for letter in alphabet}
    put_in = {start + letter + end for start, end in cuts for letter in alphabet}
    return left_out | swapped | replaced | put_in
