"""Segments: immutable batches of changed documents, in the object store under the hash of their bytes."""

import struct
import zlib
from collections.abc import Sequence

import msgspec

from antiphon.model.errors import Broken
from antiphon.segments.search_row import SearchRow

FORM = b"ASEG\x00\x00\x00\x01"
"""Magic and format version."""

MAX_EXPANDED_BYTES = 2 << 30
"""The size in memory at which a publisher must cut: a node holds one segment whole while it applies it."""

_HEADER = struct.Struct("<8sQ")
_COMPRESSION_LEVEL = 1
"""zlib's fastest: 3 to 5 times faster than its default for some tenth more bytes, and the publisher waits for it."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One changed document. ``document`` None: it is gone, and its row in the index with it.

    ``search`` None: the document has no row in the index.
    """

    key: bytes
    document: bytes | None = None
    search: SearchRow | None = None


class _Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entries: tuple[Entry, ...]


def encode_segment(entries: Sequence[Entry]) -> bytes:
    """Return the bytes of a segment: the same for the same entries in the same order.

    Raises: Broken (our fault) for a key given twice, or more than fits one segment.
    """
    if len({entry.key for entry in entries}) != len(entries):
        raise Broken(f"segment of {len(entries)} entries names a key twice: the later one would hide the other")
    payload = msgspec.msgpack.encode(_Segment(entries=tuple(entries)))
    if len(payload) > MAX_EXPANDED_BYTES:
        raise Broken(f"segment of {len(payload)} bytes is over the limit of {MAX_EXPANDED_BYTES}: cut it into several")
    return _HEADER.pack(FORM, len(payload)) + zlib.compress(payload, _COMPRESSION_LEVEL)


def decode_segment(data: bytes) -> tuple[Entry, ...]:
    """Return the entries of a segment in order. Raises: Broken for bytes that are none, or not a whole one."""
    if len(data) < _HEADER.size:
        raise Broken(f"segment of {len(data)} bytes ends inside its header of {_HEADER.size}")
    form, size = _HEADER.unpack_from(data)
    if form != FORM:
        raise Broken(f"segment starts with {form!r}; expected {FORM!r}: publish it again or upgrade the node")
    if size > MAX_EXPANDED_BYTES:
        raise Broken(f"segment says it holds {size} bytes; the limit is {MAX_EXPANDED_BYTES}")
    try:
        # One byte more than it says shows a segment that says too little, without expanding all of it.
        payload = zlib.decompressobj().decompress(data[_HEADER.size :], size + 1)
        if len(payload) != size:
            raise Broken(f"segment says it holds {size} bytes; it holds {'more' if len(payload) > size else 'less'}")
        return msgspec.msgpack.decode(payload, type=_Segment).entries
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"segment of {len(data)} bytes is not readable: {error}") from error
