"""Byte ranges. Source: RFC 9110, section 14.

A header with one range is honoured. One with several is answered with the whole, which the RFC allows: players ask
for one range at a time, and a multipart answer would be a second way of sending the same bytes, to test and to defend.
A header that is no ``bytes`` range at all is ignored, as the RFC demands.
"""

import re
from enum import Enum

import msgspec

_ONE_RANGE = re.compile(r"bytes=[\s,]*(?P<first>[0-9]*)-(?P<last>[0-9]*)[\s,]*", re.IGNORECASE | re.ASCII)

MAX_POSITION_DIGITS = 18
"""digits; positions beyond 10^18 lie behind the end of every blob, so longer numbers need not be read."""


class Span(msgspec.Struct, frozen=True):
    """Bytes ``start`` to ``stop``, half-open; never empty."""

    start: int
    stop: int


class Unsatisfiable(Enum):
    """The range starts behind the end, or asks for the last 0 bytes: answered with 416."""

    UNSATISFIABLE = "unsatisfiable"


UNSATISFIABLE = Unsatisfiable.UNSATISFIABLE


def parse_range(header: str | None, size_bytes: int) -> Span | Unsatisfiable | None:
    """Return which bytes of a whole of ``size_bytes`` the header asks for; None: send the whole."""
    match = _ONE_RANGE.fullmatch(header) if header is not None else None
    if match is None or size_bytes == 0:
        return None
    first, last = _read_position(match["first"]), _read_position(match["last"])
    if first is None:
        return None if last is None else _find_suffix(last, size_bytes)
    if last is not None and last < first:
        return None
    if first >= size_bytes:
        return UNSATISFIABLE
    return Span(first, size_bytes if last is None else min(last + 1, size_bytes))


def _read_position(digits: str) -> int | None:
    if not digits:
        return None
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) <= MAX_POSITION_DIGITS else 10**MAX_POSITION_DIGITS


def _find_suffix(length: int, size_bytes: int) -> Span | Unsatisfiable:
    return Span(max(0, size_bytes - length), size_bytes) if length else UNSATISFIABLE
