"""Entries packed: blocks of entries, each compressed on its own, so that nobody has all of them in memory twice.

Segments and the chunks of a snapshot hold their entries in this form. A block says how large it is packed and expanded;
it is expanded into exactly that much room, so bytes that lie about their size end as ``Broken`` and never as memory.
"""

import struct
from collections.abc import Iterable, Iterator

import cramjam
import msgspec

from antiphon.model.errors import Broken
from antiphon.segments.entry import Entry, entry_bytes
from antiphon.segments.layout import MAX_DOCUMENT_BYTES

BLOCK_BYTES = 1 << 20
"""A block is closed once it expands to this: smaller ones pack worse (a tenth at a quarter of it), larger ones no
better, and it is what a reader holds at a time."""

MAX_BLOCK_BYTES = MAX_DOCUMENT_BYTES + (2 << 20)
"""What one block may expand to: the largest document alone, with its row and what was in the block before it."""

COMPRESSION_LEVEL = 1
"""zstd's. Of what documents are made, a million bytes a millisecond: 1.8 us a document, and a quarter of zlib's fastest
for less than two thirds of its size. Level 3 costs a third more for nothing, level 5 three times as much for 8%."""

_BLOCK = struct.Struct("<II")


_decoder = msgspec.msgpack.Decoder(list[Entry])
_encoder = msgspec.msgpack.Encoder()


def pack_entries(entries: Iterable[Entry]) -> Iterator[tuple[int, bytes]]:
    """Yield the blocks of entries in their order, each with the bytes it expands to."""
    held: list[Entry] = []
    size = 0
    for entry in entries:
        held.append(entry)
        size += entry_bytes(entry)
        if size >= BLOCK_BYTES:
            yield _pack_block(held)
            held, size = [], 0
    if held:
        yield _pack_block(held)


def unpack_entries(data: memoryview) -> Iterator[Entry]:
    """Yield the entries of packed blocks, a block at a time. Raises: Broken for what is none, or ends too early."""
    at = 0
    while at < len(data):
        if len(data) - at < _BLOCK.size:
            raise Broken(f"packed entries of {len(data)} bytes end inside the header of a block")
        packed_bytes, expanded_bytes = _BLOCK.unpack_from(data, at)
        at += _BLOCK.size
        if packed_bytes > len(data) - at:
            raise Broken(f"packed entries end {packed_bytes - len(data) + at} bytes before the end of a block")
        yield from _unpack_block(data[at : at + packed_bytes], expanded_bytes)
        at += packed_bytes


def _pack_block(entries: list[Entry]) -> tuple[int, bytes]:
    expanded = _encoder.encode(entries)
    if len(expanded) > MAX_BLOCK_BYTES:
        raise Broken(f"entries of {len(expanded)} bytes are over the limit of {MAX_BLOCK_BYTES} of one block")
    packed = bytes(cramjam.zstd.compress(expanded, level=COMPRESSION_LEVEL))
    return len(expanded), _BLOCK.pack(len(packed), len(expanded)) + packed


def _unpack_block(packed: memoryview, expanded_bytes: int) -> list[Entry]:
    if expanded_bytes > MAX_BLOCK_BYTES:
        raise Broken(f"a block says it expands to {expanded_bytes} bytes; the limit is {MAX_BLOCK_BYTES}")
    expanded = bytearray(expanded_bytes)
    try:
        got = cramjam.zstd.decompress_into(packed, expanded)
        if got != expanded_bytes:
            raise Broken(f"a block says it expands to {expanded_bytes} bytes; it holds {got}")
        return _decoder.decode(expanded)
    except cramjam.DecompressionError as error:
        raise Broken(f"a block that says it expands to {expanded_bytes} bytes does not: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"a block of {expanded_bytes} bytes holds no entries: {error}") from error
