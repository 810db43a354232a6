"""The search language: free text, and filters like ``artist:"Miles Davis"``, ``year:1955-1960``, ``isrc:...``.

A name's or genre's value goes to the next filter or to the end; in quotes, to the closing quote, so that free text can
follow. A code's, a year's or a tag's is one word. A word with a colon that names no filter is free text.
"""

import re

import msgspec

from antiphon.surfaces.reads.refusals import bad_parameter

MAX_QUERY_CHARACTERS = 250
"""characters; longer than any title with its artist, and short enough that a query costs little to run."""

PHRASE_FILTERS = ("album", "artist", "track", "genre", "label")
WORD_FILTERS = ("year", "upc", "isrc", "tag")
"""The filters of the catalogue profile, and label. A tag is new or hipster; others find nothing."""

_NAMES = "|".join((*PHRASE_FILTERS, *WORD_FILTERS))
_FILTER = re.compile(
    r"(?:(?<=\s)|^)(?:"
    rf"(?P<phrase>{'|'.join(PHRASE_FILTERS)}):\s*(?:\"(?P<quoted>[^\"]*)\"?|(?P<words>(?:(?!(?:{_NAMES}):)\S+\s*)*))"
    rf"|(?P<name>{'|'.join(WORD_FILTERS)}):\s*\"?(?P<word>[^\s\"]*)\"?"
    ")",
    re.IGNORECASE,
)
_YEARS = re.compile(r"[0-9]{4}(-[0-9]{4})?", re.ASCII)


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a search asks for: free text (may be empty), and the values of its filters by name."""

    text: str
    filters: dict[str, str]


def parse_search(q: str) -> SearchQuery:
    """Return what the ``q`` parameter asks for.

    Raises: ReadRefused (400) for nothing, too much, a filter twice or without a value, or what is no year.
    """
    if not q.strip() or len(q) > MAX_QUERY_CHARACTERS:
        raise bad_parameter("q", got=q, expected=f"1 to {MAX_QUERY_CHARACTERS} characters to search for")
    filters: dict[str, str] = {}
    for match in _FILTER.finditer(q):
        name = (match["phrase"] or match["name"]).lower()
        value = (match["quoted"] or match["words"] or match["word"] or "").strip()
        if name in filters or not value:
            raise bad_parameter("q", got=f"{name}:{value}", expected=f"one value for {name}")
        filters[name] = value
    if not _YEARS.fullmatch(filters.get("year", "2000")):
        raise bad_parameter("q", got=f"year:{filters['year']}", expected="year:1999 or year:1990-1999")
    return SearchQuery(text=" ".join(_FILTER.sub(" ", q).split()), filters=filters)
