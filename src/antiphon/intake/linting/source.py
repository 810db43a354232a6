"""A message as its sender wrote it: text with lines and columns, and the way back to the very bytes."""

import codecs
import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

import msgspec

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DEFAULT = "utf-8"


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is behind the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


class Edit(NamedTuple):
    """Characters from ``start`` to before ``end`` become others."""

    start: int
    end: int
    text: str


class SourceText(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The text of a file. ``mark`` are the bytes before it that are no text (a byte order mark).

    ``misread_at``: the first byte that is no text in this encoding; None: all of it is.
    """

    text: str
    encoding: str = _DEFAULT
    mark: bytes = b""
    misread_at: int | None = None

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Where each line starts. Lines end with a line feed alone, as XML parsers count them."""
        return (0, *(match.end() for match in re.finditer("\n", self.text)))

    def line(self, number: int) -> str:
        """Return a line by its number, without its end; empty where there is none."""
        if not 0 < number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].removesuffix("\r")

    def region(self, start: int, end: int) -> Region:
        """Return the region of the characters from ``start`` to before ``end``."""
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        return Region(line=line, column=column, end_line=end_line, end_column=end_column)

    def excerpt(self, region: Region) -> str:
        """Return the text of a region."""
        start = self.line_starts[region.line - 1] + region.column - 1
        return self.text[start : self.line_starts[region.end_line - 1] + region.end_column - 1]

    def encode(self, text: str) -> bytes | None:
        """Return another text as the bytes of this file would be; None where its encoding has no such character."""
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeError:
            return None

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.line_starts, at)
        return line, at - self.line_starts[line - 1] + 1


def read_source(data: bytes) -> SourceText:
    """Return the text of a message, in the encoding of its byte order mark or declaration. Never raises.

    Bytes that are no text stay visible as lone surrogates.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    if not encoding:
        encoding = next((name for start, name in _STARTS if data.startswith(start)), "")
    if not encoding:
        encoding = _read_declared(data)
    body = data[len(mark) :]
    try:
        return SourceText(text=body.decode(encoding), encoding=encoding, mark=mark)
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        readable = body.decode(_DEFAULT, errors="surrogateescape")
        return SourceText(text=readable, encoding=_DEFAULT, mark=mark, misread_at=at)


def apply_edits(text: str, edits: tuple[Edit, ...]) -> str:
    """Return the text with every edit made, and nothing else changed. Of two that overlap the first is made."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits):
        if edit.start >= at:
            pieces += (text[at : edit.start], edit.text)
            at = edit.end
    return "".join((*pieces, text[at:]))


def _read_declared(data: bytes) -> str:
    declared = _DECLARED.match(data[:400])
    name = declared[1].decode("ascii") if declared else _DEFAULT
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return _DEFAULT
    # A declared UTF-16 without a mark, read so far, is no UTF-16; and codecs that are no encodings of text are none.
    is_text = found.startswith(("utf-8", "iso8859", "cp125", "ascii", "latin"))
    return found if is_text else _DEFAULT
