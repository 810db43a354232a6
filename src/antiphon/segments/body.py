"""Bodies: JSON with holes where what depends on the reader goes.

A body is written as an ordinary JSON object that holds markers, and cut once, when its document is built: then one byte
is left of each marker, which says of what kind the hole is. Markers and what is left of them use raw control bytes,
which JSON text cannot contain (it must escape them), so that no title can be mistaken for one.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import msgspec

BASE_URL_BYTE = b"\x00"
"""Stands in a body where the public base URL goes (scheme, host, optional prefix; no slash at the end, no /v1)."""

_MARK = b"\x01"
_MARKER = re.compile(rb"([0-9]):([0-9]+)(,?)")
"""What begins a marker, and what follows: the kind, the rights, and the comma if it is not the last member."""

_NO_NAME = b'"":'
"""What a hole for members has before it."""

_SAFE_PATH = re.compile(r"[A-Za-z0-9._~/-]*")


class HoleKind(IntEnum):
    """What goes into a hole. The numbers are part of the document format."""

    AVAILABILITY = 0
    """A track's members: ``is_playable`` and ``restrictions`` with a market, ``available_markets`` without."""
    MARKETS = 1
    """An album's members: ``available_markets``, and ``restrictions`` with a market in which none of it plays."""
    PAGE = 2
    """A value: the page of a list, made by the surface that knows the query's limit and offset."""
    LISTING = 3
    """A show's or an audiobook's member: ``available_markets``."""
    EPISODE = 4
    """An episode's members: ``is_playable`` and ``restrictions``, also without a market: then it is not playable."""
    CHAPTER = 5
    """A chapter's members: those of an episode, and ``available_markets`` without a market."""


HOLE_BYTES = tuple(bytes((kind + 1,)) for kind in HoleKind)
"""What stands in a body where a hole is, by its kind. Room for eight kinds: 0x09 is a tab, which JSON text may hold."""


class Hole(msgspec.Struct, frozen=True):
    """One hole: the offset of its byte in the body, and the index of the document's rights that fill it."""

    offset: int
    kind: HoleKind
    rights: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One JSON object of a document. Holes are in the order of their offsets.

    ``group`` is a number by which a surface may select items of a list without reading them (0 to 255).
    """

    body: bytes
    holes: tuple[Hole, ...] = ()
    group: int = 0


def hole_member(kind: HoleKind, rights: int) -> dict[str, msgspec.Raw]:
    """Return the marker of a hole for members, to be spread into the object that holds it.

    It must not be the last member: the members that fill it end with a comma.
    """
    return {"": hole_value(kind, rights)}


def hole_value(kind: HoleKind, rights: int = 0) -> msgspec.Raw:
    """Return the marker of a hole for a value (``HoleKind.PAGE``)."""
    return msgspec.Raw(_MARK + b"%d:%d" % (kind, rights))


def url_value(path: str) -> msgspec.Raw:
    """Return a JSON string: the public base URL and a path, which starts with a slash and needs no escaping.

    Raises: ValueError for a path with other characters than letters, digits and ``._~/-`` (our fault).
    """
    if not _SAFE_PATH.fullmatch(path):
        raise ValueError(f"{path!r} is no plain URL path")
    return msgspec.Raw(b'"' + BASE_URL_BYTE + path.encode() + b'"')


def cut_body(value: Mapping[str, Any], *, group: int = 0) -> Item:
    """Return the JSON of a value with its markers cut out and their places noted.

    Values may be anything msgspec encodes. Raises: ValueError where a member hole is the last member (our fault).
    """
    first, *marked = msgspec.json.encode(value).split(_MARK)
    parts = [first]
    holes: list[Hole] = []
    length = len(first)
    for piece in marked:
        marker = _MARKER.match(piece)
        assert marker is not None, "a marker has its numbers behind it"
        kind = HoleKind(int(marker[1]))
        rest = marker.end(2)
        if kind is not HoleKind.PAGE:
            if not marker[3]:
                raise ValueError(f"the hole for {kind.name.lower()} is the last member of its object")
            rest = marker.end()
            length -= len(_NO_NAME)
            parts[-1] = parts[-1].removesuffix(_NO_NAME)
        holes.append(Hole(length, kind, int(marker[2])))
        parts += (HOLE_BYTES[kind], piece[rest:])
        length += 1 + len(parts[-1])
    return Item(body=b"".join(parts), holes=tuple(holes), group=group)


def put_first(item: Item, member: bytes, *, rights: int, group: int) -> Item:
    """Return an object with one more member before its own: JSON with the comma behind it, and no hole.

    All its holes name other rights then, those of the list it is put into.
    """
    holes = tuple(Hole(hole.offset + len(member), hole.kind, rights) for hole in item.holes)
    return Item(body=b"{" + member + item.body[1:], holes=holes, group=group)
