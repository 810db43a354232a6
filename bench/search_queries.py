"""Queries people would type for songs that are known, and the judge of what was found. It knows nothing of the engine.

A query is made from a song's own words: as they are, swapped, without diacritics, broken off, or with one typo. The
judge asks whether the song, or one with the same title by the same artist, is among the first ten; for a query that
names no artist, one with the same title.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from random import Random

import msgspec

from bench.searched_songs import Song

RECALL_DEPTH = 10

_KEYS = {
    "Latin": "abcdefghijklmnopqrstuvwxyz",
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщыьэюя",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "Arabic": "ابتثجحدرزسشصضطعغفقكلمنهوي",
}
"""Letters typed by mistake, by the script of the word. Other scripts are typed by choosing whole characters."""

LEAST_TYPO_LETTERS = 3
"""A shorter word with one letter wrong is another word to people too."""


class SongQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed, and the song that is meant. ``names_artist``: whether the artist's words are in it."""

    kind: str
    text: str
    meant: Song
    names_artist: bool = True


QueryWriter = Callable[[Song, Random], SongQuery]


def is_found(query: SongQuery, found_ids: Sequence[str], songs: Mapping[str, Song]) -> bool:
    """Tell whether what was meant is among the first ten."""
    for track_id in found_ids[:RECALL_DEPTH]:
        song = songs[track_id]
        if song.title == query.meant.title and (song.artist == query.meant.artist or not query.names_artist):
            return True
    return False


def write_title_and_artist(song: Song, chance: Random) -> SongQuery:
    """Both, in one order or the other."""
    parts = [song.title, song.artist]
    chance.shuffle(parts)
    return SongQuery(kind="artist + title", text=" ".join(parts), meant=song)


def write_title(song: Song, _chance: Random) -> SongQuery:
    """The title alone."""
    return SongQuery(kind="title", text=song.title, meant=song, names_artist=False)


def write_plainly(song: Song, _chance: Random) -> SongQuery:
    """Both, without diacritics and in small letters."""
    text = f"{song.title} {song.artist}".lower().translate(str.maketrans("øłıđ", "olid"))
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return SongQuery(kind="missing diacritics", text=unicodedata.normalize("NFC", plain), meant=song)


def write_swapped(song: Song, chance: Random) -> SongQuery:
    """All words in any order."""
    words = f"{song.title} {song.artist}".split()
    chance.shuffle(words)
    return SongQuery(kind="swapped words", text=" ".join(words), meant=song)


def write_begun(song: Song, chance: Random) -> SongQuery:
    """Both, the last word broken off after two letters at least."""
    words = f"{song.title} {song.artist}".split()
    last = words[-1]
    words[-1] = last[: chance.randint(min(2, len(last)), len(last))]
    return SongQuery(kind="prefix", text=" ".join(words), meant=song)


def write_with_typo(song: Song, chance: Random) -> SongQuery:
    """Both, with one typo."""
    plain = write_title_and_artist(song, chance)
    return SongQuery(kind="one typo", text=make_typo(plain.text, chance), meant=song)


def write_title_with_typo(song: Song, chance: Random) -> SongQuery:
    """The title alone, with one typo."""
    return SongQuery(kind="title, one typo", text=make_typo(song.title, chance), meant=song, names_artist=False)


WRITERS: tuple[QueryWriter, ...] = (
    write_title_and_artist,
    write_title,
    write_plainly,
    write_swapped,
    write_begun,
    write_with_typo,
    write_title_with_typo,
)


def spell_out(song: Song) -> list[SongQuery]:
    """Return what is asked while a title and its artist are typed letter by letter."""
    text = f"{song.title} {song.artist}".lower()
    return [
        SongQuery(kind="type-ahead", text=text[:end], meant=song)
        for end in range(1, len(text) + 1)
        if not text[end - 1].isspace()
    ]


def make_typo(text: str, chance: Random) -> str:
    """Return a text with one letter of one word replaced, left out, put in, or swapped with the next.

    A text without a word of letters that one types, three or more, comes back as it is.
    """
    words = text.split()
    places = [place for place, word in enumerate(words) if len(word) >= LEAST_TYPO_LETTERS and _keys_of(word)]
    if not places:
        return text
    place = chance.choice(places)
    word = words[place]
    mistaken = word
    while mistaken.lower() == word.lower():
        mistaken = _mistype(word, _keys_of(word), chance)
    return " ".join([*words[:place], mistaken, *words[place + 1 :]])


def _mistype(word: str, keys: str, chance: Random) -> str:
    at = chance.randrange(len(word))
    match chance.choice(("replace", "leave out", "put in", "swap")):
        case "replace":
            return word[:at] + chance.choice(keys) + word[at + 1 :]
        case "leave out":
            return word[:at] + word[at + 1 :]
        case "put in":
            return word[:at] + chance.choice(keys) + word[at:]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _keys_of(word: str) -> str:
    """Return the letters of a word's script; "" where single letters are not typed."""
    if not word.isalpha():
        return ""
    name = unicodedata.name(word[-1], "").split(" ")[0].capitalize()
    return _KEYS.get(name, "")
