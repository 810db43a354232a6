"""Blobs read in pieces, off the event loop, so that memory stays flat and a slow disk delays nobody else."""

import asyncio
from collections.abc import AsyncIterator

from antiphon.blobs import BlobStore
from antiphon.surfaces.reads.exchange import BlobRange

PIECE_BYTES = 256 * 1024
"""bytes; 16 s of Opus. A thousand slow listeners hold 256 MB at worst."""


STORE_PATHS = ("/stream/", "/images/", "/v1/exports")
"""How the paths begin whose answers ask the blob store, which may be a disk or a network away."""


async def read_pieces(blobs: BlobStore, wanted: BlobRange) -> AsyncIterator[bytes]:
    """Return the bytes of a range in order, in pieces of at most ``PIECE_BYTES``."""
    for start in range(wanted.start, wanted.stop, PIECE_BYTES):
        yield await asyncio.to_thread(blobs.read_range, wanted.blob, start, min(start + PIECE_BYTES, wanted.stop))
