"""What no log line may hold: secrets, and characters that could make one line look like another."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"

TEXT_CHARACTERS_MAX = 2_000
"""Characters of one text in a line. A sender's megabyte of title must not become ours of log."""

_SECRET_WORDS = frozenset({"authorization", "cookie", "credential", "key", "password", "secret", "signature", "token"})
_HARMLESS_NAMES = frozenset({"release_key"})
"""Names that have a secret word in them and hold none: a release key is a barcode."""

_TELLING_NAMES = "token|secret|password|signature|api_?key"
_SECRET_TEXTS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {REDACTED}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), REDACTED),
    (re.compile(rf"(?i)(?<![\w-])([\w-]*(?:{_TELLING_NAMES})[\w-]*)=[^&;\s\"']+"), rf"\1={REDACTED}"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), f"://{REDACTED}@"),
)
"""Secrets inside texts: authorization headers, signed tokens, query parameters, passwords in addresses."""


def redact(name: str, value: Any) -> Any:
    """Return the value as it may be logged under ``name``: secrets gone, texts on one line and cut.

    Containers are gone through; what is neither text, number nor container is logged as its text.
    """
    if _names_a_secret(name):
        return REDACTED
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {clean_text(str(key)): redact(str(key), item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact("", item) for item in value]
    return clean_text(str(value))


def _names_a_secret(name: str) -> bool:
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower())
    return name.lower() not in _HARMLESS_NAMES and any(word.removesuffix("s") in _SECRET_WORDS for word in words)


def clean_text(text: str) -> str:
    """Return the text without secrets, its control and format characters written as escapes, cut where it is long."""
    cut = text[:TEXT_CHARACTERS_MAX]  # first, since searching a sender's megabyte would take minutes
    for pattern, replacement in _SECRET_TEXTS:
        cut = pattern.sub(replacement, cut)
    plain = "".join(character if is_plain(character) else escape(character) for character in cut)
    return f"{plain}... ({len(text)} characters)" if len(text) > TEXT_CHARACTERS_MAX else plain


def is_plain(character: str) -> bool:
    """Tell whether a character can neither break a line, nor turn its direction, nor drive a terminal."""
    return (character.isascii() and character.isprintable()) or unicodedata.category(character)[0] not in "CZ"


def escape(character: str) -> str:
    r"""Return the character as an escape: ``\n``, ``\x1b``, ``\u202e``; a space of any width stays a space."""
    return " " if unicodedata.category(character) == "Zs" else character.encode("unicode_escape").decode()
