"""Songs to search among: a made-up catalogue of any size whose words are as uneven as real ones.

Words are drawn by Zipf's law from vocabularies of several scripts, with and without diacritics. A few artists have
hundreds of songs; songs come back live, as remixes and on compilations, by the same words. Always the same for the same
seed.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.rights import bitset_of
from antiphon.segments import SearchRow

SEED = 20_261_122
TITLE_WORDS = 60_000
NAME_WORDS = 40_000
SONGS_PER_ARTIST = 12
SONGS_PER_ALBUM = 10
VARIANT_SHARE = 0.15
"""Of songs that are another version, or the same one again on another album, of an earlier song by the same artist."""

_ID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VARIANTS = ("{} (Live)", "{} - Remastered 2011", "{} (Acoustic)", "{} - Radio Edit", "{} (Remix)", "{}", "{}", "{}")
_EUROPE = tuple(map(Territory, ("SE", "NO", "DK", "FI", "DE", "FR", "NL", "BE", "ES", "IT", "PL", "GB")))
_MARKETS = tuple(
    bitset_of(territories).to_bytes(32, "little") for territories in (TERRITORIES, _EUROPE, (Territory("JP"),))
)
_MARKET_SHARES = (80, 17, 3)


class Alphabet(msgspec.Struct, frozen=True, kw_only=True):
    """What words of one script are made of: a syllable is one of each part. ``share`` in a hundred words."""

    share: int
    parts: tuple[tuple[str, ...], ...]
    syllables: tuple[int, int]


_LATIN = (
    (*"bcdfghjklmnprvwt", "", "br", "ch", "fl", "gr", "pr", "sh", "st", "th", "tr", "s"),
    ("a", "a", "e", "e", "e", "i", "o", "o", "u", "ai", "ea", "ou"),
    ("", "", "", "n", "r", "l", "s", "nd", "m", "x"),
)
_ACCENTED = (
    ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "ç", "š", "ł", "ñ"),
    ("a", "e", "i", "o", "é", "è", "á", "ä", "ö", "ü", "å", "ø", "í", "ó"),
    ("", "", "n", "r", "l", "s"),
)
ALPHABETS = (
    Alphabet(share=74, parts=_LATIN, syllables=(1, 3)),
    Alphabet(share=14, parts=_ACCENTED, syllables=(2, 3)),
    Alphabet(share=4, parts=(tuple("бвгдзклмнпрстфхшч"), tuple("аеиоуыяй"), ("", "н", "р", "л")), syllables=(2, 3)),
    Alphabet(share=2, parts=(tuple("βγδθκλμνπρστφχ"), tuple("αεηιουωάέή"), ("", "ς", "ν")), syllables=(2, 3)),
    Alphabet(share=2, parts=(tuple("日月山川花雨夢空海風星光影道恋歌春夏秋冬愛心東京北南西時間声"),), syllables=(2, 4)),
    Alphabet(share=1, parts=(tuple("가나다라마바사아자차카타파하고노도로모보소오조"),), syllables=(2, 4)),
    Alphabet(share=1, parts=(tuple("بتثجحدرسشعفقكلمنهوي"), ("ا", "و", "ي", "")), syllables=(2, 3)),
    Alphabet(share=1, parts=(tuple("אבגדהוזחטיכלמנסעפצקרשת"),), syllables=(3, 5)),
    Alphabet(share=1, parts=(tuple("กขคงจชดตนบปพมยรลวสห"), ("า", "ิ", "ู", "อ")), syllables=(2, 4)),
)


class Song(msgspec.Struct, frozen=True):
    """A song as its catalogue tells it. ``number`` gives its id."""

    number: int
    title: str
    artist: str
    album: str
    popularity: int

    @property
    def track_id(self) -> str:
        """The id of its track."""
        return make_id(self.number)

    def make_row(self) -> SearchRow:
        """Return what a node indexes of it."""
        return SearchRow(
            kind=EntityKind.TRACK,
            title=self.title,
            artists=(self.artist,),
            album=self.album,
            ids=(f"isrc:QZANT{self.number:07}",),
            years=(1950 + self.number % 77,),
            label=f"Label {self.number % 97}",
            genres=("Pop", "Rock", "Jazz", "Hip Hop")[self.number % 4 : self.number % 4 + 1],
            popularity=self.popularity,
            markets=Random(self.number).choices(_MARKETS, _MARKET_SHARES)[0],
        )


def make_id(number: int) -> str:
    """Return the id of the n-th song: 22 base-62 characters that keep no order."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)
    digits = ""
    for _ in range(22):
        mixed, digit = divmod(mixed, 62)
        digits += _ID_DIGITS[digit]
    return digits


def invent_songs(count: int) -> Iterator[Song]:
    """Yield so many songs, artist by artist."""
    chance = Random(SEED)
    number = 0
    while number < count:
        artist = " ".join(draw_words(chance, names(), chance.choices((1, 2, 3), (25, 60, 15))[0]))
        own = min(count - number, max(1, int(SONGS_PER_ARTIST / 3 * chance.paretovariate(1.2))), 2000)
        titles: list[str] = []
        for place in range(own):
            if place % SONGS_PER_ALBUM == 0:
                album = " ".join(draw_words(chance, titles_vocabulary(), chance.choices((1, 2, 3), (40, 40, 20))[0]))
            title = _invent_title(chance, titles)
            titles.append(title)
            yield Song(number, title, artist, album, min(100, int(chance.paretovariate(0.9))) - 1)
            number += 1


def _invent_title(chance: Random, earlier: Sequence[str]) -> str:
    if earlier and chance.random() < VARIANT_SHARE:
        return chance.choice(_VARIANTS).format(chance.choice(earlier))
    return " ".join(draw_words(chance, titles_vocabulary(), chance.choices((1, 2, 3, 4, 5), (22, 33, 25, 13, 7))[0]))


class Vocabulary(msgspec.Struct, frozen=True):
    """Words, and the running sum of how often each is said."""

    words: tuple[str, ...]
    weights: tuple[float, ...]


def draw_words(chance: Random, vocabulary: Vocabulary, count: int) -> list[str]:
    """Return some words, frequent ones more often."""
    return chance.choices(vocabulary.words, cum_weights=vocabulary.weights, k=count)


@lru_cache(maxsize=1)
def titles_vocabulary() -> Vocabulary:
    """Return the words of titles."""
    return _make_vocabulary(Random(SEED + 1), TITLE_WORDS)


@lru_cache(maxsize=1)
def names() -> Vocabulary:
    """Return the words of artists' names."""
    return _make_vocabulary(Random(SEED + 2), NAME_WORDS)


def _make_vocabulary(chance: Random, size: int) -> Vocabulary:
    """Return words, the most frequent first; frequent ones are short, as in every language."""
    words: dict[str, None] = {}
    shares = [alphabet.share for alphabet in ALPHABETS]
    while len(words) < size:
        alphabet = chance.choices(ALPHABETS, shares)[0]
        low, high = alphabet.syllables
        syllables = chance.randint(low, high) if len(words) > 200 else low
        word = "".join(chance.choice(part) for _ in range(syllables) for part in alphabet.parts)
        if len(word) > 1:
            words[word.capitalize()] = None
    return Vocabulary(tuple(words), tuple(accumulate(1 / (rank + 3) for rank in range(size))))
