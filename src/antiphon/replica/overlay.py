"""The overlay as a node reads it: from the store each time, kept with the time of reading, the clock of the lease."""

import hashlib
from datetime import datetime

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import NodeFiles
from antiphon.replica.head import to_ms
from antiphon.segments import NO_DENIALS, OVERLAY_NAME, decode_overlay, encode_overlay

NOTE_EVERY_MS = 1000
"""How often an unchanged overlay's reading time is written: each writing is a commit. The lease may only seem older by
this, never younger."""


class OverlayReader:
    """Brings the overlay from the store into the node's files."""

    def __init__(self, blobs: BlobStore, files: NodeFiles) -> None:
        self._blobs = blobs
        self._files = files
        stored = files.load_overlay()
        self._sequence = 0 if stored is None else decode_overlay(stored).sequence

    def read(self, now: datetime) -> bool:
        """Read the overlay, and renew the lease as of ``now``, the time before the reading; tell whether it changed.

        Raises: Broken for an overlay that is lost, unreadable or older than one that was read: it lacks denials.
        """
        data = self._blobs.get_named(OVERLAY_NAME)
        if data is None:
            if self._sequence:
                raise Broken(f"the store has no overlay; expected sequence {self._sequence} or later; write it again")
            data = encode_overlay(NO_DENIALS)
        head = self._files.load_head()
        mark = int.from_bytes(hashlib.sha256(data).digest()[:8], "little")
        if mark == head.overlay_mark:
            if abs(to_ms(now) - head.overlay_read_at_ms) >= NOTE_EVERY_MS:
                self._files.change_head(overlay_read_at_ms=to_ms(now))
            return False
        sequence = decode_overlay(data).sequence
        if sequence < self._sequence:
            raise Broken(
                f"the overlay in the store has sequence {sequence}; this node has read {self._sequence}: it lacks "
                "denials made since; write the complete set under a higher sequence"
            )
        self._files.store_overlay(data, mark, to_ms(now))
        self._sequence = sequence
        return True
