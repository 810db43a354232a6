"""Words: the form in which texts are indexed and searched, the same for both.

Case, accents and compatibility forms fold away ("Beyoncé" and "BEYONCE" are one word). Marks stay where they spell: in
Devanagari or under a Japanese か. Scripts that do not part words by blanks (Chinese, Japanese, Thai, ...) become
single characters and pairs, so that any part of a title finds it.
"""

import re
import unicodedata
from functools import cache, lru_cache

from antiphon.model.letters import PLAIN_LETTERS

MAX_WORDS = 256
MAX_WORD_CHARACTERS = 64
"""Limits of one indexed text. The longest real titles have some 100 words; more is noise or an attack."""

MAX_CHUNK_CHARACTERS = 1024
"""Of what stands between two blanks: as many as hold ``MAX_WORDS`` words in any script."""

_REMEMBERED_CHUNKS = 20_000
"""The same names and words come again and again; some 5 MB of them are not folded anew each time."""

_STRIPPED_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"
)
"""Accents, Hebrew points and Arabic vowel signs: what people leave out when they type."""

_UNPARTED = (
    "\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_RUNS = re.compile(f"[{_UNPARTED}]+|[^{_UNPARTED}]+")
_IS_UNPARTED = re.compile(f"[{_UNPARTED}]")
_MARK_RANGES = ((0x0300, 0x1E00), (0x20D0, 0x2100), (0x3099, 0x309B), (0xA800, 0xAC00))

_SAME_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ـ": None})
"""Letters that are typed one for the other: their Arabic and their Persian form. A tatweel only stretches a word."""


def index_words(text: str) -> list[str]:
    """Return the words a text is found by, in order.

    What signs part but no blank ("don't", "AC/DC") is found by its parts and as one word ("dont", "acdc").
    """
    words: list[str] = []
    for chunk in text.split():
        words += _fold_chunk(chunk[:MAX_CHUNK_CHARACTERS])[0]
        if len(words) > MAX_WORDS:
            return words[:MAX_WORDS]
    return words


def query_words(text: str) -> list[str]:
    """Return the words somebody looks for, in order, each once. Every one of them is to be found."""
    words: dict[str, None] = {}
    for part in _word_pattern().findall(_fold(text)):
        for run in _RUNS.findall(part):
            is_pairs = len(run) > 1 and _IS_UNPARTED.match(run)
            words.update(dict.fromkeys(_pairs(run) if is_pairs else [run[:MAX_WORD_CHARACTERS]]))
    return list(words)


def whole_text(text: str) -> str:
    """Return a text without anything that parts its words: what a whole title is compared by; "" for one of only signs.

    Cut to ``MAX_CHUNK_CHARACTERS``.
    """
    return "".join([_fold_chunk(chunk)[1] for chunk in text[:MAX_CHUNK_CHARACTERS].split()])


@lru_cache(_REMEMBERED_CHUNKS)
def _fold_chunk(chunk: str) -> tuple[tuple[str, ...], str]:
    """Return the words of what stands between two blanks, and all of it as one word."""
    words: list[str] = []
    whole = ""
    for folded in _fold(chunk).split():  # a compatibility form may fold to something with a blank in it
        parts = _word_pattern().findall(folded)
        for part in parts:
            for run in _RUNS.findall(part):
                words += [*run, *_pairs(run)] if _IS_UNPARTED.match(run) else [run]
        joined = "".join(parts)
        whole += joined
        if len(parts) > 1:
            words.append(joined)
    return tuple(word for word in words[:MAX_WORDS] if len(word) <= MAX_WORD_CHARACTERS), whole


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(PLAIN_LETTERS)
    if folded.isascii():
        return folded
    bare = _STRIPPED_MARKS.sub("", unicodedata.normalize("NFD", folded)).translate(_SAME_LETTERS)
    return unicodedata.normalize("NFC", bare)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


@cache
def _word_pattern() -> re.Pattern[str]:
    """Return the pattern of a word: letters and digits, and the marks among them that spell."""
    marks = "".join(
        character
        for first, stop in _MARK_RANGES
        for character in map(chr, range(first, stop))
        if unicodedata.category(character).startswith("M")
    )
    return re.compile(f"[^\\W_](?:[^\\W_]|[{marks}])*")
