"""What a name shows by itself: several artists in one field, roles, addresses, words that name nobody.

Patterns only; what follows from a match is for the rules to say. Real acts are called all sorts of things ("Earth, Wind
& Fire", "Sum 41", "The 1975"), so a pattern wants what no act's name has: brackets around a year, "feat." between two.
"""

import re
from functools import lru_cache

from antiphon.rules.credits import fold_name

NAME_LENGTH_READ = 300
"""Characters of a name that are looked at. Real names stay under 100, and patterns may take the square of it."""

VARIOUS_PLACEHOLDER = "VariousArtists"
"""The value of SpecialDisplayArtist (ERN 4.3.2) that says so in one word."""

NAMES_REMEMBERED = 4_000
"""Names kept taken apart, of 300 characters at most: an album repeats a few, and the next album of a label the same."""

_FEATURING = re.compile(r"(?<=\S)\s+[(\[]?(?:feat\.?|ft\.|featuring)\s+(?=\S)", re.I)
_LIST_SEPARATORS = ";|/"
_LIST = re.compile(r"\s*[;|]\s*|\s+/\s+")
_JOINT = re.compile(
    r"\s+(?:&|\+|x|×|and|und|et|y|e|og|och|ja|en|with|vs\.?|versus|pres\.?|presents)\s+|,\s+(?:(?:&|and|und|et|y)\s+)?",
    re.I,
)
_BATTLE = re.compile(r"(?<=\S)\s+(?:vs\.?|versus|pres\.|presents)\s+(?=\S)", re.I)

_YEAR = r"(?:1[5-9]|20)\d\d"
_INSTRUMENT = (
    r"vocals?|voice|singer|rapper|guitars?|bass|drums?|percussion|piano|keyboards?|keys|synth(?:esi[sz]er)?s?|organ"
    r"|violin|viola|cello|double bass|flute|clarinet|oboe|sax(?:ophone)?|trumpet|trombone|horns?|harp|harmonica|banjo"
    r"|accordion|dj|producer|composer|songwriter|lyricist|writer|arranger|conductor|engineer|mixer|remixer"
    r"|featured artist|main artist|soprano|alto|tenor|baritone|narrator|soloist"
)
_QUALIFIED = rf"(?:(?:lead|backing|background|electric|acoustic|executive|co-)\s*)?(?:{_INSTRUMENT})"

SURPLUS = {
    "a web address": re.compile(r"https?://|\bwww\.[a-z]|\b[a-z0-9-]{2,}\.(?:com|net|org|info|co\.uk)\b", re.I),
    "a handle": re.compile(r"(?<![\w.])@\w{2,}"),
    "another name": re.compile(r"(?<=\S)\s+[(\[]?(?:a\.?k\.?a\.?|also known as)\s+(?=\S)", re.I),
    "a former or other band": re.compile(
        r"[(\[]\s*(?:ex[-\s]|formerly|former member|from the band|of the )[^)\]]*[)\]]", re.I
    ),
    "a role or instrument": re.compile(
        rf"[(\[]\s*{_QUALIFIED}(?:\s*(?:,|/|&|and)\s*{_QUALIFIED})*\s*[)\]]\s*$"
        rf"|\s[-–—]\s*{_QUALIFIED}\s*$"
        r"|^(?:prod(?:uced|\.)?|composed|written|performed|remixed|mixed|music|lyrics|vocals)\s+by\b"
        r"|^(?:producer|composer|lyricist|remixer|vocals?)\s*:",
        re.I,
    ),
    "dates": re.compile(rf"[(\[]\s*(?:born|died|b\.|d\.|\*|†)?\s*{_YEAR}\s*(?:[-–]\s*(?:{_YEAR})?)?\s*[)\]]", re.I),
}
"""What a name holds that is no part of it, and how it is recognised."""

_MAY_HOLD_MORE = re.compile(r"[(\[@:–—]|\.[A-Za-z]|\s-|[kK]\.?[aA]\b|[kK][nN][oO][wW][nN]|[bB][yY]\b")
"""What every pattern of SURPLUS has: names without it, nearly all, are looked at once."""

_VARIOUS = re.compile(
    r"(?:various(?: artists?)?|v\.? ?/? ?a\.?|diverse(?: artists?)?|verschiedene(?: interpreten)?|div\.? artists?)",
    re.I,
)

_COMPANY = re.compile(
    r"\b(?:records|recordings|record label|music group|entertainment|publishing|distribution|productions|tontr[äa]ger"
    r"|schallplatten|ltd\.?|llc|gmbh|inc\.|s\.?r\.?l\.?|b\.v\.|limited)\s*$",
    re.I,
)
_FRIENDS = re.compile(
    r"\s(?:&|and|und|et|y|e|\+)\s+(?:(?:his|her|their|the)\s+)?(?:friends|guests|freunde|g[äa]ste|amis|amigos|amici|others?)\s*$",
    re.I,
)

_PURPOSE_WORDS = """
christmas xmas sleep sleeping bedtime study studying yoga meditation relax relaxing relaxation workout fitness gym party
summer baby kids children childrens nursery spa massage focus concentration chill chillout lofi lo-fi ambient rain
nature ocean healing zen romantic dinner cooking lounge top best greatest hot new viral tiktok dance pop rock jazz piano
instrumental background deep calm calming peaceful soothing easy listening running cardio halloween wedding karaoke 80s
90s 2000s lullaby soft happy sad love white brown noise mindfulness reiki chakra
"""
_PRODUCT_WORDS = """
hits music songs sounds sound beats tunes playlist playlists tracks classics charts collection compilation mix rhymes
lullabies noises ambience melodies anthems
"""
_FILLER_WORDS = "the a of for and & to your my all time vol vol. no 1 10 20 40 50 100"
_PURPOSES = frozenset(_PURPOSE_WORDS.split())
_PRODUCTS = frozenset(_PRODUCT_WORDS.split())
_FILLERS = frozenset(_FILLER_WORDS.split())
_ALONE = frozenset({"yoga", "meditation", "karaoke", "christmas", "workout", "relaxation", "asmr", "lullabies"})

_NOBODY_PHRASES = """
unknown|unknown artist|artist unknown|n/a|na|n.a.|none|null|no artist|artist|artist name|main artist|tba|tbd|tbc
to be announced|test artist|untitled|not available|-|?|.|no name
"""
_NOBODY = frozenset(phrase for line in _NOBODY_PHRASES.split("\n") for phrase in line.split("|") if phrase)


def joined_by_featuring(name: str) -> tuple[str, ...]:
    """Return the artists of a name on both sides of "feat."; empty where the name is one."""
    return _parts(_FEATURING, name)


def joined_as_list(name: str) -> tuple[str, ...]:
    """Return the artists a name lists with semicolons, bars or slashes, or as three full names with commas; or none."""
    if any(separator in name for separator in _LIST_SEPARATORS):
        listed = _parts(_LIST, name)
        if listed:
            return listed
    if "," not in name:
        return ()
    parts = joined_names(name)
    is_one_band = sum(part.casefold().startswith("the ") for part in parts) > 1
    return parts if len(parts) >= 3 and all(" " in part for part in parts) and not is_one_band else ()


def joined_by_battle(name: str) -> tuple[str, ...]:
    """Return the artists of a name on both sides of "vs." or "presents"; empty where the name is one."""
    return _parts(_BATTLE, name)


def joined_names(name: str) -> tuple[str, ...]:
    """Return what a name would fall into at every "&", "and", comma and the like; empty where it has none of them."""
    return _parts(_JOINT, name)


def is_various(name: str) -> bool:
    """Tell whether a name stands for many artists ("Various Artists", "V/A")."""
    return name == VARIOUS_PLACEHOLDER or _VARIOUS.fullmatch(name.strip()[:NAME_LENGTH_READ]) is not None


def is_company_name(name: str) -> bool:
    """Tell whether a name ends as companies' names do ("Paper Lantern Records", "Northway GmbH")."""
    return _COMPANY.search(name[:NAME_LENGTH_READ]) is not None


def ends_with_friends(name: str) -> bool:
    """Tell whether a name ends in "and Friends" or the like."""
    return _FRIENDS.search(name[:NAME_LENGTH_READ]) is not None


def names_nobody(name: str) -> bool:
    """Tell whether a name only fills a field that wanted one ("N/A", "Unknown Artist")."""
    return fold_name(name[:NAME_LENGTH_READ]) in _NOBODY


def is_search_phrase(name: str) -> bool:
    """Tell whether a name says what people search for and nobody's name ("Christmas Hits", "Deep Sleep Music")."""
    words = [word.strip("'’,.!") for word in fold_name(name[:NAME_LENGTH_READ]).split()]
    told = [word for word in words if word not in _FILLERS]
    return (
        all(word in _PURPOSES or word in _PRODUCTS for word in told)
        and any(word in _PURPOSES for word in told)
        and any(word in _PRODUCTS for word in told)
    )


def is_search_word(name: str) -> bool:
    """Tell whether a name is one word that people search for ("Yoga"). A few real acts are called so."""
    return fold_name(name[:NAME_LENGTH_READ]) in _ALONE


def find_surplus(name: str) -> tuple[str, str] | None:
    """Return what a name holds that is no part of it: the kind and the words; None: nothing."""
    read = name[:NAME_LENGTH_READ]
    if not _MAY_HOLD_MORE.search(read):
        return None
    for kind, pattern in SURPLUS.items():
        found = pattern.search(read)
        if found:
            return kind, found[0].strip()
    return None


def _parts(separator: re.Pattern[str], name: str) -> tuple[str, ...]:
    return _split(separator, name[:NAME_LENGTH_READ])


@lru_cache(maxsize=NAMES_REMEMBERED)
def _split(separator: re.Pattern[str], name: str) -> tuple[str, ...]:
    parts = [part.strip(" ()[]") for part in separator.split(name)]
    named = tuple(part for part in parts if part)
    return named if len(named) > 1 else ()
