"""Query parameters: read once, strictly, and refused with what was wrong.

A parameter we do not know is ignored, since clients send some that mean nothing here. One that comes twice is refused:
whichever we took, somebody would have meant the other.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote_plus

from antiphon.model.territories import TERRITORIES, Territory
from antiphon.surfaces.reads.refusals import ReadRefused, bad_parameter

MAX_QUERY_CHARACTERS = 8192
"""characters; a batch of 50 ids has 1,200, a long search 300."""

MAX_PARAMETERS = 20
"""parameters; the operation with the most has 6."""

MAX_ID_CHARACTERS = 64
"""Entity ids are 22 base-62 characters; other lengths are asked for in good faith and not found."""

_ID = f"[0-9A-Za-z]{{1,{MAX_ID_CHARACTERS}}}"
_IDS = re.compile(f"{_ID}(?:,{_ID})*")
"""Ids as nearly everybody sends them. Looking at each by itself takes four times as long."""

_MARKETS = {code: code for code in TERRITORIES} | {Territory(code.lower()): code for code in TERRITORIES}


QUERIES_KEPT = 512
"""Parsed queries; at most 8 MB. Look-ups send the same few, ``market=SE``, all the time."""


@lru_cache(QUERIES_KEPT)
def parse_query(query_string: str) -> Mapping[str, str]:
    """Return the parameters by name, percent-decoded; not to be changed. Raises: ReadRefused (400)."""
    if not query_string:
        return {}
    if len(query_string) > MAX_QUERY_CHARACTERS:
        raise ReadRefused(400, f"The query is longer than {MAX_QUERY_CHARACTERS} characters")
    pairs = query_string.split("&")
    if len(pairs) > MAX_PARAMETERS:
        raise ReadRefused(400, f"The query has more than {MAX_PARAMETERS} parameters")
    parameters: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        name, value = _decode(name), _decode(value)
        if name in parameters:
            raise bad_parameter(name, got="several values", expected="one")
        if name:
            parameters[name] = value
    return parameters


def _decode(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError as error:
        raise ReadRefused(400, "The query is not percent-encoded UTF-8") from error


def read_market(parameters: Mapping[str, str]) -> Territory | None:
    """Return the market asked for; None: none was named. Raises: ReadRefused (400).

    ``country`` is an older name of the parameter, which client libraries still send with some lists.
    """
    text = parameters.get("market") or parameters.get("country")
    if not text:
        return None
    market = _MARKETS.get(Territory(text))
    if market is None:
        raise bad_parameter("market", got=text, expected="an assigned ISO 3166-1 alpha-2 code")
    return market


def read_number(parameters: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number within its bounds, both included. Raises: ReadRefused (400)."""
    text = parameters.get(name)
    if text is None:
        return default
    if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) and least <= int(text) <= most:
        return int(text)
    raise bad_parameter(name, got=text, expected=f"a whole number from {least} to {most}")


def read_words(parameters: Mapping[str, str], name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the comma-separated words of a parameter in the order of ``allowed``; empty where it was not sent.

    Raises: ReadRefused (400) for a word that is not allowed.
    """
    known = tuple(allowed)
    words = {word.strip() for word in parameters.get(name, "").split(",")} - {""}
    for word in sorted(words.difference(known)):
        raise bad_parameter(name, got=word, expected="one or more of " + ", ".join(known))
    return tuple(word for word in known if word in words)


def read_ids(parameters: Mapping[str, str], *, most: int) -> tuple[str, ...]:
    """Return the ids of a batch, in order. Raises: ReadRefused (400) for none, too many, or a wrong one."""
    text = parameters.get("ids", "")
    ids = tuple(map(str.strip, text.split(",")))
    if ids == ("",):
        raise bad_parameter("ids", got="", expected="ids separated by commas")
    if len(ids) > most:
        raise bad_parameter("ids", got=f"{len(ids)} ids", expected=f"at most {most}")
    if not _IDS.fullmatch(text):  # which of them is wrong, unless there are blanks between them
        for entity_id in ids:
            check_id(entity_id)
    return ids


def check_id(entity_id: str) -> str:
    """Return the id if it has the form of one. Raises: ReadRefused (400)."""
    if not (entity_id.isalnum() and entity_id.isascii() and len(entity_id) <= MAX_ID_CHARACTERS):
        raise bad_parameter("id", got=entity_id, expected="base-62 characters")
    return entity_id
