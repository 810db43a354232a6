"""Bytes that must not be lost: content-addressed blobs, and a few small objects with names.

A **blob** is immutable and is named by the SHA-256 of its content (64 hex digits), so the same bytes are stored once,
writing them twice is harmless, and whoever reads them can tell whether they are still what was written. A **named
object** is small and is replaced whole: ``overlay``, ``versions/00000012``.

What a store promises, and every store is held to by the same tests:

- **Put means durable.** When ``put`` returns, the bytes survive the loss of power. A folder sees to it itself
  (temporary file, write, fsync, rename, fsync of the directory), an object store by its own acknowledgement.
- **Whole or not at all.** Nobody ever sees part of an object: not a reader beside the writer, not after a full disk
  or a killed process.
- **Checked before use.** ``get`` and ``get_file`` hash what they read: a byte that flipped on disk is ``BlobCorrupt``,
  never data. ``read_range`` cannot do that, and says so: who serves ranges asks a ``SoundBook`` first, which reads a
  blob whole once and remembers it for as long as nobody wrote to it.
- **A damaged copy heals.** Putting the same content again replaces what no longer fits its name. (For a file in an
  object store its size alone decides: reading it back to compare would double the traffic.)

Errors tell whose fault it is. A missing or corrupt blob is ours (``Broken``), since a hash exists only because a put
returned it; a full or unreachable store may be better later (``Transient``); a bad name or range is the caller's
(``Refused``).

>>> from antiphon.blobs import open_blobs
>>> blobs = open_blobs("memory://")
>>> blob = blobs.put(b"To be heard")
>>> blob[:8], blobs.get(blob), blobs.read_range(blob, 6, 11)
('ce61f1c9', b'To be heard', b'heard')
>>> blobs.put_named("versions/00000001", b"{}")
>>> blobs.get_named("versions/00000001"), blobs.get_named("versions/00000002")
(b'{}', None)
"""

from antiphon.blobs.errors import (
    BlobCorrupt,
    BlobMissing,
    InvalidBlobName,
    RangeOutOfBounds,
    SourceChanged,
    StoreFull,
    StoreUnavailable,
)
from antiphon.blobs.folder import FolderBlobs
from antiphon.blobs.locations import open_blobs
from antiphon.blobs.soundness import SoundBook
from antiphon.blobs.store import BlobStamp, BlobStore

__all__ = [
    "BlobCorrupt",
    "BlobMissing",
    "BlobStamp",
    "BlobStore",
    "FolderBlobs",
    "InvalidBlobName",
    "RangeOutOfBounds",
    "SoundBook",
    "SourceChanged",
    "StoreFull",
    "StoreUnavailable",
    "open_blobs",
]
