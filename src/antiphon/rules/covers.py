"""Covers, karaoke and tributes: what titles say about whose song it was."""

import re
from collections.abc import Iterable

from antiphon.model.claims import Genre
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.anatomy import shown_title
from antiphon.rules.genres import KARAOKE, find_genre

TITLE_LENGTH_READ = 500
"""Characters of a title that are searched. Real titles stay under 300; patterns may take the square of it."""

_HINTS = (
    "karaoke",
    "カラオケ",
    "караоке",
    "노래방",
    "style of",
    "alike",
    " by ",
    "tribute",
    "salute",
    "homage",
    "cover",
)
"""What every pattern of this module has, in lower case: titles without them, nearly all, are searched no further."""

_KARAOKE = re.compile(r"karaoke|カラオケ|караоке|노래방", re.I)
_KARAOKE_VERSION = re.compile(r"[(\[][^()\[\]]{0,60}karaoke|[-–—]\s*karaoke\b|karaoke (?:version|edition|mix)", re.I)
"""Where the word is no part of the song's name: "Karaoke Queen" is a song."""
_ORIGINALLY = re.compile(
    r"originally\s+(?:performed|recorded|sung|made famous)\s+by\s+(?P<artist>[^)\]]+)",
    re.I,
)
_ALIKE = re.compile(
    r"(?:[(\[]|\s[-–—]\s)\s*(?:(?:performed |made )?in the style of|sound[- ]?alike(?: of| to)?"
    r"|(?:as )?made (?:famous|popular) by|(?:as )?populari[sz]ed by)\s*(?P<artist>[^)\]]*)",
    re.I,
)
_TRIBUTE = re.compile(r"\b(?:a\s+)?(?:tribute\s+to|salute\s+to|homage\s+to|cover\s+of)\s+(?P<artist>[^)\]:–—]+)", re.I)
_COVER = re.compile(r"\b(?:tribute|karaoke|cover version|covers? (?:of|by))\b|[(\[]\s*cover\s*[)\]]", re.I)


def titles_of_covers(parts: Iterable[Release | Resource]) -> tuple[tuple[Release | Resource, str], ...]:
    """Return the parts whose titles may say that the song is somebody else's, with their titles."""
    found = []
    for part in parts:
        title = shown_title(part.titles)[:TITLE_LENGTH_READ]
        lower = title.lower()
        if any(hint in lower for hint in _HINTS):
            found.append((part, title))
    return tuple(found)


def says_karaoke(title: str) -> bool:
    """Tell whether a title, with its version, says that it is karaoke."""
    return _KARAOKE.search(title[:TITLE_LENGTH_READ]) is not None


def are_karaoke(genres: Iterable[Genre]) -> bool:
    """Tell whether one of the genres is Karaoke."""
    return any(find_genre(genre.text) == KARAOKE for genre in genres)


def is_karaoke_version(title: str) -> bool:
    """Tell whether a title says in its version that it is karaoke."""
    return _KARAOKE_VERSION.search(title[:TITLE_LENGTH_READ]) is not None


def original_performer(title: str) -> tuple[str, str] | None:
    """Return the words "originally performed by ..." of a title and the artist they name; None: it has none."""
    return _named(_ORIGINALLY, title)


def imitated_artist(title: str) -> tuple[str, str] | None:
    """Return the words of a title that offer a sound-alike ("in the style of ...") and the artist; None: none."""
    return _named(_ALIKE, title)


def honoured_artist(title: str) -> tuple[str, str] | None:
    """Return the words of a title that honour an artist ("A Tribute to ...") and the artist; None: it has none."""
    return _named(_TRIBUTE, title)


def is_cover(title: str) -> bool:
    """Tell whether a title says that the song is somebody else's."""
    return _COVER.search(title[:TITLE_LENGTH_READ]) is not None


def _named(pattern: re.Pattern[str], title: str) -> tuple[str, str] | None:
    found = pattern.search(title[:TITLE_LENGTH_READ])
    return (found[0].strip(" ([-–—"), found["artist"].strip()) if found else None
