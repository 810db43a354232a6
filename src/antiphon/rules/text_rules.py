"""The rule about characters of titles and names that deceive whoever reads them: people, terminals and logs.

A finding itself never repeats such a character (``checking``), however it was found. What deceives on every surface
holds the delivery; what only looks wrong warns, since a pasted title has it by accident.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

TEXT_LENGTH_LIMIT = 1_000
"""Characters of a title or a name. The longest real titles have some 400."""

STACKED_MARKS_LIMIT = 4
"""Combining marks on one letter. Vietnamese, Hebrew with cantillation and Tibetan need up to four."""

_LATIN = "A-Za-z\u00c0-\u024f"
_LOOKALIKE = "\u0370-\u03ff\u0400-\u052f"

_DECEPTIONS: tuple[tuple[str, Severity, re.Pattern[str]], ...] = (
    ("a control character", Severity.HOLD, re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")),
    ("a control of writing direction", Severity.HOLD, re.compile(r"[\u202a-\u202e\u2066-\u2069]")),
    ("a line break or tabulator", Severity.WARN, re.compile(r"[\t-\r\x85\u2028\u2029]")),
    (
        "an invisible character",
        Severity.WARN,
        re.compile(
            r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
            r"\ufff0-\ufffb\U000e0000-\U000e0fff]"
        ),
    ),
    (
        "a character without a meaning",
        Severity.WARN,
        re.compile(r"[\ue000-\uf8ff\ufdd0-\ufdef\ufffc-\uffff\U000f0000-\U0010ffff]"),
    ),
    (
        "a word of mixed alphabets",
        Severity.WARN,
        re.compile(rf"[{_LATIN}][{_LOOKALIKE}]|[{_LOOKALIKE}][{_LATIN}]"),
    ),
    ("letters that are mathematical signs", Severity.WARN, re.compile(r"[\U0001d400-\U0001d7ff]{2}")),
    (
        "a pile of marks",
        Severity.WARN,
        re.compile(
            rf"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{{{STACKED_MARKS_LIMIT + 1},}}"
        ),
    ),
)
"""What a text may not hold, worst first. Left and right marks, and joiners, are not in it: Hebrew, Arabic, Persian and
Indic scripts are written with them."""

_SUSPECT = re.compile("|".join(pattern.pattern for _, _, pattern in _DECEPTIONS))


class _Text(NamedTuple):
    place: Release | Resource
    what: str
    text: str


@rule(
    "M9",
    "Titles and names hold only what is shown, and all of it",
    severity=Severity.HOLD,
    source="Unicode Technical Reports 36 and 39",
    confidence=Confidence.INFERRED,
    fix="type the text anew, in the characters of its own language",
    ack_code=AckCode.USER_DEFINED,
    why="Characters that are not shown make one name look like another, turn lines around and forge lines of logs.",
)
def holds_only_shown_characters(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per kind of deceptive character in a title or a name, and per one too long to be shown."""
    for place, what, text in _texts(evidence):
        if len(text) > TEXT_LENGTH_LIMIT:
            yield breach_at(
                place,
                got=f"{what} of {len(text)} characters",
                expected=f"at most {TEXT_LENGTH_LIMIT} characters",
                message=f"The {what} is too long to be shown.",
            )
        read = text[:TEXT_LENGTH_LIMIT]
        if not (read.isascii() and read.isprintable()) and _SUSPECT.search(read):
            for kind, severity, pattern in _DECEPTIONS:
                found = pattern.search(read)
                if found:
                    yield breach_at(
                        place,
                        got=f"{kind}, {_name_characters(found[0])}, in {what} {read!r}",
                        expected="only characters that are shown",
                        message=f"The {what} holds {kind}.",
                        severity=severity,
                    )


def _texts(evidence: Evidence) -> Iterator[_Text]:
    for part in evidence.parts:
        for title in part.titles:
            yield _Text(part, "title", title.value)
            if title.subtitle:
                yield _Text(part, "version", title.subtitle)
        for line in (*part.p_lines, *part.c_lines):
            yield _Text(part, "line", line.text)
        if isinstance(part, Release):
            for label in part.labels:
                yield _Text(part, "label", label.value)
    for uses in (evidence.artists, evidence.contributors):
        for name, use in uses.items():
            yield _Text(use.place, "name", name)


def _name_characters(text: str) -> str:
    """Return the code points of a text, as many as tell what it is."""
    return " ".join(f"U+{ord(character):04X}" for character in text[:2])


RULES = (holds_only_shown_characters,)
