"""Which blobs are sound, so that ranges of them may be served: part of a hash proves nothing.

A blob is read whole before its first range leaves this process, and is remembered by its stamp. Writing to it changes
the stamp, so it is read again; bytes that rot on a disk change nothing, so it is read again after a day all the same.
The cost is one reading per blob, process and day: a song of 3 MB takes 2 ms, 300 MB of FLAC 0.2 s on a warm disk. From
an object store the first listener waits for the whole of it to come.
"""

from threading import Lock
from typing import NamedTuple

from antiphon.blobs.store import BlobStamp, BlobStore

CHECKED_FOR_S = 24 * 3600
"""seconds; how long bytes that rot where they lie may be served. What a disk's cache holds does not rot."""

MAX_KEPT = 20_000
"""blobs; some 8 MB. The oldest leave first, and are read again when they are asked for."""

_LOCKS = 64
"""Blobs that may be read at a time, but for those that share a lock by chance: readers are threads of one pool."""


class _Seen(NamedTuple):
    stamp: BlobStamp
    until_s: float


class SoundBook:
    """The blobs of one store that were found sound lately. Threads may share it: two never read one blob at once."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._seen: dict[str, _Seen] = {}
        self._locks = tuple(Lock() for _ in range(_LOCKS))

    def ensure_sound(self, blob: str, now_s: float) -> int:
        """Return the size of a sound blob in bytes, having read it whole if it must be.

        Slow the first time: not for an event loop. Raises: BlobMissing, BlobCorrupt, and what the store does.
        """
        stamp = self._blobs.stamp(blob)
        if not self._is_known(blob, stamp, now_s):
            with self._locks[int(blob[:8], 16) % _LOCKS]:
                if not self._is_known(blob, stamp, now_s):
                    self._blobs.check(blob)
                    self._remember(blob, _Seen(stamp, now_s + CHECKED_FOR_S))
        return stamp.size_bytes

    def _is_known(self, blob: str, stamp: BlobStamp, now_s: float) -> bool:
        seen = self._seen.get(blob)
        return seen is not None and seen.stamp == stamp and seen.until_s - CHECKED_FOR_S <= now_s < seen.until_s

    def _remember(self, blob: str, seen: _Seen) -> None:
        while len(self._seen) >= MAX_KEPT:
            self._seen.pop(next(iter(self._seen)), None)
        self._seen[blob] = seen
