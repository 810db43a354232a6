"""What a WAV or AIFF file says its sound chunk holds; the demuxers silently clip that to what is there."""

import struct
from typing import BinaryIO

CHUNKS_MAX = 1000
"""Chunks looked at before the sound: files have a handful; a file of empty ones must not cost a million reads."""

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
"""What a writer that could not seek back leaves as the size. Source: RF64 (EBU Tech 3306), and common encoders."""


def count_missing_bytes(source: BinaryIO) -> int:
    """Return how many bytes of sound the file declares and does not hold; 0 for anything but WAV and AIFF.

    Moves the file's position.
    """
    size_bytes = source.seek(0, 2)
    source.seek(0)
    match source.read(12):
        case bytes(head) if head[:4] == b"RIFF" and head[8:] == b"WAVE":
            order, sound = "<4sI", b"data"
        case bytes(head) if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            order, sound = ">4sI", b"SSND"
        case _:
            return 0
    for _ in range(CHUNKS_MAX):
        header = source.read(8)
        if len(header) < 8:
            break
        name, length = struct.unpack(order, header)
        if name == sound:
            return 0 if length in _UNKNOWN_SIZES else max(0, source.tell() + length - size_bytes)
        source.seek(length + length % 2, 1)
    return 0
