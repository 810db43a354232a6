"""What a role means, in three questions: did it write, perform or produce? Source: ERN ContributorRole, and practice.

The allowed values grow with every version of the standard and senders add their own, so words are recognised by their
parts: "BackgroundVocalist", "Lead Vocals" and "background_vocals" all perform.
"""

import re
from functools import lru_cache

_LYRICISTS = frozenset(
    {
        "lyricist",
        "composerlyricist",
        "librettist",
        "author",
        "songwriter",
        "writer",
        "poet",
        "adapter",
        "translator",
        "sublyricist",
    }
)
_WRITERS = _LYRICISTS | frozenset(
    {"composer", "nonlyricauthor", "arranger", "subarranger", "composerwriter", "musicby"}
)
_PRODUCTION = re.compile(
    r"produc|engineer|mixer|mixing|mixed|remix|master(?!mind)|record(?:ist|ing)|programm|soundeditor|sounddesign"
)
_PERFORMING = re.compile(
    r"artist|perform|vocal|voice|sing|rap(?!h)|musician|solo|orchestra|choir|chor(?:us|al)|band|ensemble|quartet|trio|duo"
    r"|conductor|player|^dj$|clubdj|narrat|(?<!contr)actor|speaker|recit|instrument|(?:ian|ist|drummer)$"
    r"|guitar|bass|drum|piano|keyboard|violin|viola|cello|sax|trumpet|flute|percussion|synth"
)
_PICTURES = re.compile(
    r"graphic|visual|video|cartoon|makeup|styl|journal|copyist|public|illustrat|colou?rist|technician|special"
)
"""Words of pictures, print and craft that have a part of a performer's: "GraphicArtist", "FashionStylist"."""
_MAIN = frozenset({"mainartist", "primaryartist", "artist", "main", "primary"})
_FEATURED = frozenset({"featuredartist", "featuring", "featured", "feat", "featuredperformer"})
_WITH = frozenset({"with", "withartist"})

ROLES_REMEMBERED = 2_000
"""Distinct role words kept sorted out: the standard has some 400, and senders' own are few."""


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_writer(word: str) -> bool:
    """Tell whether a role is of somebody who wrote the music or its words."""
    return _key(word) in _WRITERS


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_lyricist(word: str) -> bool:
    """Tell whether a role covers words: also of who wrote both."""
    return _key(word) in _LYRICISTS


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_producer(word: str) -> bool:
    """Tell whether a role is of the production: producers, engineers, mixers."""
    return _PRODUCTION.search(_key(word)) is not None


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_performer(word: str) -> bool:
    """Tell whether a role is of somebody who is heard, or conducts who is."""
    key = _key(word)
    if key in _WRITERS or _PRODUCTION.search(key) or _PICTURES.search(key):
        return False
    return _PERFORMING.search(key) is not None


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_vocalist(word: str) -> bool:
    """Tell whether a role is of somebody who sings, raps or speaks."""
    return re.search(r"vocal|voice|singer|rapper|choir|chorus", _key(word)) is not None and is_performer(word)


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_main_artist(word: str) -> bool:
    """Tell whether a display role makes its party one of those a release is by."""
    return _key(word) in _MAIN


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_featured_artist(word: str) -> bool:
    """Tell whether a display role shows its party after "feat."."""
    return _key(word) in _FEATURED


@lru_cache(maxsize=ROLES_REMEMBERED)
def is_with_artist(word: str) -> bool:
    """Tell whether a display role shows its party after "with"."""
    return _key(word) in _WITH


def _key(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum())
