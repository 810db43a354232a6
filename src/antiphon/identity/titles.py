"""Titles taken apart for comparing: what a song is called, and what tells this version of it from others."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from antiphon.model.letters import PLAIN_LETTERS

_TITLES_KEPT = 4096
"""Titles taken apart kept per process, some 300 bytes each: the tracks of a delivery are compared with many."""

_ENCLOSED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_GUESTS = re.compile(r"\b(?:feat|ft|featuring)\b.*", re.IGNORECASE | re.DOTALL)
_GUESTS_ENCLOSED = re.compile(r"\s*(?:feat|ft|featuring|with)\b", re.IGNORECASE)
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
_AND = re.compile(r"\s[&+]\s")
_WORD = re.compile(r"\w+")

_SAYS_NOTHING = re.compile(
    r"\b(?:album|main|original|single|bonus|deluxe|standard|explicit|clean|edited|amended|lp|ep|mix cut"
    r"|version|edition|track|video|digital booklet|remaster(?:ed)?(?: \d{4})?|\d{4} remaster(?:ed)?)\b"
)
"""What editions add to titles without the sound being another. Whether words are clean is an advisory, no version."""

_MAKES_VERSION = re.compile(
    r"\b(?:remix|mix|edit|dub|live|acoustic|instrumental|karaoke|unplugged|demo|cover|session|version|rework|reprise)\b"
)
"""What a part after a dash must have to be a version: "Song - Radio Edit", but not "Ob-la-di - Ob-la-da"."""

_WHOLE_ALBUM = frozenset({"live", "acoustic", "instrumental", "instrumentals", "karaoke", "unplugged"})
"""Versions whole albums are of. Their titles say it for every song, and some shops repeat it in each song's title."""

_SMALL_WORDS = frozenset({"a", "an", "and", "at", "by", "from", "in", "of", "on", "the"})

_PARTS = frozenset({"pt", "part", "vol", "volume", "no", "chapter", "act"})
"""After these a numeral is a number; elsewhere "I" is a word."""

_NUMERALS = {
    numeral: str(number)
    for spelled in ("i ii iii iv v vi vii viii ix x", "one two three four five six seven eight nine ten")
    for number, numeral in enumerate(spelled.split(), 1)
}


class TitleParts(NamedTuple):
    """What a title is made of: its own words in order, and the words that tell the version; none: the version people
    mean unasked. ``guests`` are the words of the names after "feat.".
    """

    words: tuple[str, ...]
    version: frozenset[str]
    guests: frozenset[str] = frozenset()


@lru_cache(_TITLES_KEPT)
def take_apart(title: str, version: str = "") -> TitleParts:
    """Return the parts of a title; ``version`` is the version title where it came in a field of its own.

    Guests are apart: they are credits, and senders put them where they like. "&" is the word "and".
    """
    enclosed = [version] if version else []
    rest = _AND.sub(" and ", title)
    while found := _ENCLOSED.search(rest):
        enclosed.append(found[1])
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    rest, *tails = _DASH.split(rest)
    for tail in tails:
        if _MAKES_VERSION.search(fold(tail)):
            enclosed.append(tail)
        else:
            rest = f"{rest} {tail}"
    told = (fold(part) for part in enclosed if not _GUESTS_ENCLOSED.match(part))
    version_words = frozenset(word for part in told for word in _WORD.findall(_SAYS_NOTHING.sub(" ", part)))
    named = (
        _GUESTS_ENCLOSED.sub("", found[0], count=1) for part in (rest, *enclosed) if (found := _GUESTS.search(part))
    )
    guests = frozenset(word for names in named for word in split_words(names))
    return TitleParts(split_words(_GUESTS.sub("", rest)), version_words - _SMALL_WORDS, guests - _SMALL_WORDS)


def find_album_versions(album: str) -> frozenset[str]:
    """Return the versions that an album's title says all its songs are of; mostly none."""
    return _WHOLE_ALBUM.intersection(split_words(album))


def find_numbers(words: tuple[str, ...]) -> frozenset[str]:
    """Return the numbers among a title's words: which part or volume it is."""
    spelled = (_NUMERALS.get(word, "") for before, word in pairwise(words) if before in _PARTS)
    return frozenset(word for word in (*words, *spelled) if word.isdecimal())


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents and punctuation, in order."""
    return tuple(_WORD.findall(fold(text)))


def fold(text: str) -> str:
    """Return a text in lower case without accents and apostrophes, compatibility forms and letters made plain."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(PLAIN_LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in "'\u2019`")
