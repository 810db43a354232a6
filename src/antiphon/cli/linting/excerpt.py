"""A line of a stranger's file as it can be shown: cut around what it is shown for, and harmless on a terminal."""

import unicodedata
from typing import NamedTuple

from antiphon.cli.printing import printable
from antiphon.intake.linting import Region, SourceText

ELLIPSIS = "…"
TAB = "    "

LEAD_SHARE = 3
"""Of the room for a cut line, the part before the caret: a third, since values are read from their start."""


class Excerpt(NamedTuple):
    """A line in three parts: before the value, the value, after it."""

    before: str
    value: str
    after: str

    @property
    def text(self) -> str:
        """The line as it is shown."""
        return f"{self.before}{self.value}{self.after}"

    def dedented(self, columns: int) -> "Excerpt":
        """Return the excerpt without so many of its first blanks, which its part before the value must have."""
        return self._replace(before=self.before[columns:]) if self.before[:columns].isspace() else self

    @property
    def underline(self) -> str:
        """Blanks and carets that stand below the value, however wide its characters are."""
        return f"{' ' * width_of(self.before)}{'^' * max(1, width_of(self.value))}"


def cut_excerpt(source: SourceText, region: Region, room: int) -> Excerpt:
    """Return the first line of a region in at most about ``room`` columns."""
    line = source.line(region.line)
    start = region.column - 1
    end = region.end_column - 1 if region.end_line == region.line else len(line)
    value = cut_end(line[start:end], room)
    lead = max(0, (room - len(value)) // LEAD_SHARE)
    before = line[:start]
    if len(line) > room and len(before) > lead:
        before = ELLIPSIS + before[len(before) - lead :]
    after = cut_end(line[end:], max(0, room - len(before) - len(value)))
    return Excerpt(*map(showable, (before, value, after)))


def showable(text: str) -> str:
    """Return text that prints: tabs as blanks, what does not show or turns the reading direction as its number."""
    return printable(text.replace("\t", TAB))


def cut_end(text: str, room: int) -> str:
    """Return the start of a text, with a sign where it goes on."""
    return text if len(text) <= room else f"{text[: max(0, room - 1)]}{ELLIPSIS}"


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
