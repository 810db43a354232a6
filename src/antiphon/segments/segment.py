"""Segments: immutable batches of changed documents, in the object store under the hash of their bytes.

A segment names its parent, the segment of the version before, so that the chain can be followed by what is hashed
alone. Its checksum tells a copy that lies anywhere but in a store, where the name does.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence

from antiphon.model.errors import Broken
from antiphon.segments.entry import Entry
from antiphon.segments.packing import pack_entries, unpack_entries

FORM = b"ASEG\x00\x00\x00\x02"
"""Magic and format version."""

MAX_EXPANDED_BYTES = 1 << 30
"""The size in memory at which a publisher must cut: it holds one segment whole, and may have two billion bytes."""

NO_PARENT = ""
"""The parent of the first segment of a log."""

_HEADER = struct.Struct("<8s32sQQI")
"""Form, parent, entries, bytes expanded, checksum of all that and of the blocks after it."""

_CHECKED = struct.Struct("<8s32sQQ")
_NO_PARENT_BYTES = bytes(32)


def encode_segment(entries: Sequence[Entry], parent: str) -> bytes:
    """Return the bytes of a segment: the same for the same entries in the same order after the same parent.

    ``parent``: the blob of the segment before, ``NO_PARENT`` for the first. Raises: Broken (our fault) for a key given
    twice, more than fits one segment, or a parent that is no blob.
    """
    if len({entry.key for entry in entries}) != len(entries):
        raise Broken(f"segment of {len(entries)} entries names a key twice: the later one would hide the other")
    blocks = []
    size = 0
    for expanded_bytes, block in pack_entries(entries):
        blocks.append(block)
        size += expanded_bytes
        if size > MAX_EXPANDED_BYTES:
            raise Broken(f"segment of {len(entries)} entries is over {MAX_EXPANDED_BYTES} bytes: cut it into several")
    checked = _CHECKED.pack(FORM, _parent_bytes(parent), len(entries), size)
    checksum = zlib.crc32(checked)
    for block in blocks:
        checksum = zlib.crc32(block, checksum)
    return b"".join((checked, checksum.to_bytes(4, "little"), *blocks))


def name_parent(data: bytes, parent: str) -> bytes:
    """Return a segment with another parent, the bytes that ``encode_segment`` would have given.

    So segments can be packed before it is known what they follow. Raises: Broken for bytes that are no segment.
    """
    _, count, size = _read_header(data)
    blocks = memoryview(data)[_HEADER.size :]
    checked = _CHECKED.pack(FORM, _parent_bytes(parent), count, size)
    checksum = zlib.crc32(blocks, zlib.crc32(checked))
    return b"".join((checked, checksum.to_bytes(4, "little"), blocks))


def decode_segment(data: bytes) -> tuple[Entry, ...]:
    """Return the entries of a segment in order. Raises: Broken for bytes that are none, or not a whole one."""
    return tuple(iter_segment(data))


def iter_segment(data: bytes) -> Iterator[Entry]:
    """Yield the entries of a segment in order, a block of them in memory at a time. Raises: as ``decode_segment``.

    Only one who has come to the end knows that the segment is sound; the checksum has been compared before the first.
    """
    count, size = _read_header(data)[1:]
    if size > MAX_EXPANDED_BYTES:
        raise Broken(f"segment says it holds {size} bytes; the limit is {MAX_EXPANDED_BYTES}")
    got = 0
    for entry in unpack_entries(memoryview(data)[_HEADER.size :]):
        got += 1
        yield entry
    if got != count:
        raise Broken(f"segment says it has {count} entries; it has {got}")


def read_parent(data: bytes) -> str:
    """Return the segment that a segment follows; ``NO_PARENT``: it is a log's first. Raises: as ``decode_segment``."""
    return _read_header(data)[0]


def _read_header(data: bytes) -> tuple[str, int, int]:
    """Return parent, entries and expanded bytes of a segment whose checksum holds."""
    if len(data) < _HEADER.size:
        raise Broken(f"segment of {len(data)} bytes ends inside its header of {_HEADER.size}")
    form, parent, count, size, checksum = _HEADER.unpack_from(data)
    if form != FORM:
        raise Broken(f"segment starts with {form!r}; expected {FORM!r}: publish it again or upgrade the node")
    got = zlib.crc32(memoryview(data)[_HEADER.size :], zlib.crc32(memoryview(data)[: _CHECKED.size]))
    if got != checksum:
        raise Broken(f"segment of {len(data)} bytes has the checksum {got:08x}; it says {checksum:08x}")
    return NO_PARENT if parent == _NO_PARENT_BYTES else parent.hex(), count, size


def _parent_bytes(parent: str) -> bytes:
    if parent == NO_PARENT:
        return _NO_PARENT_BYTES
    try:
        raw = bytes.fromhex(parent)
    except ValueError:
        raw = b""
    if len(raw) != len(_NO_PARENT_BYTES):
        raise Broken(f"segment follows {parent[:80]!r}; expected the 64 hexadecimal digits of a segment")
    return raw
