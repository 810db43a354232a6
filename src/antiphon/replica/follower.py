"""The follower: from announced versions and the overlay to the node's files. The only process that writes them.

LMDB commits first and is the version. The index follows; the head remembers how far it got, and whatever a crash left
undone is done again from the segments when the follower starts, which is harmless where it had been done.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import MAP_SIZE_BYTES, NodeFiles
from antiphon.replica.head import to_ms
from antiphon.replica.index import IndexWriter
from antiphon.replica.reading import Replica
from antiphon.segments import (
    NO_DENIALS,
    OVERLAY_NAME,
    Entry,
    VersionRecord,
    check_document,
    decode_overlay,
    decode_segment,
    decode_version,
    encode_overlay,
    version_name,
)

NOTE_EVERY_MS = 1000
"""How often an unchanged overlay's reading time is written: each writing is a commit. The lease may only seem older by
this, never younger."""

VERSIONS_PER_COMMIT = 100
"""How many versions the index takes in one commit when it catches up: each commit costs some 10 ms."""


class Follower:
    """Follows one store into one folder. Opening it repairs the index; that may take long after a loss of the index.

    Raises: Refused if another follower has the folder; Broken and Transient as ``poll`` does.
    """

    def __init__(self, blobs: BlobStore, root: Path, *, map_size_bytes: int = MAP_SIZE_BYTES) -> None:
        self._blobs = blobs
        self._files = NodeFiles(root, map_size_bytes)
        self._index = IndexWriter(root)
        self._sequence = self._load_sequence()
        if self._index.is_new:
            self._files.change_head(search_version=0)
        self._catch_up_index()
        self.replica = Replica(root, environment=self._files.environment)
        """Reads for this very process."""

    def poll(self, now: datetime) -> bool:
        """Read the overlay, then apply every version announced since; tell whether anything changed.

        ``now`` is the time before the call: the lease counts from it.
        Raises: Broken where the store holds what cannot be served (a damaged segment, a log that is not the one we
        followed, an overlay older than ours); Transient where it does not answer. Either way the node goes on serving
        what it had, and the next poll tries again.
        """
        has_changed = self._read_overlay(now)
        while self._apply_next():
            has_changed = True
            self._read_overlay(now)  # a long way to catch up must not delay a takedown
        if abs(to_ms(now) - self._files.load_head().level_at_ms) >= NOTE_EVERY_MS:
            self._files.change_head(level_at_ms=to_ms(now))
        return has_changed

    @property
    def version(self) -> int:
        """The version this node serves; 0: none yet."""
        return self._files.load_head().version

    def close(self) -> None:
        """Let go of the files."""
        self._index.close()
        self.replica.close()
        self._files.close()

    def _read_overlay(self, now: datetime) -> bool:
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

    def _apply_next(self) -> bool:
        """Apply the next version; tell whether there was one."""
        version = self._load_version(self._files.load_head().version + 1)
        if version is None:
            return False
        segment = self._files.load_segment()
        if version.parent != segment:
            raise Broken(
                f"version {version.version} follows segment {version.parent or 'none'}; this node has "
                f"{segment or 'none'}: another log; empty the node's folder to follow it from its start"
            )
        entries = self._load_entries(version)
        for entry in entries:
            _check_entry(entry)
        self._files.apply(
            entries,
            version.segment,
            version=version.version,
            announced_at_ms=_parse_announced_at(version),
            record_version=version.record_version,
        )
        self._index.write(entries)
        self._index.commit()
        self._files.change_head(search_version=version.version)
        return True

    def _catch_up_index(self) -> None:
        head = self._files.load_head()
        for number in range(head.search_version + 1, head.version + 1):
            version = self._load_version(number)
            if version is None:
                raise Broken(f"{version_name(number)} is gone from the store, and the index needs it; restore it")
            self._index.write(self._load_entries(version))
            if number % VERSIONS_PER_COMMIT == 0 or number == head.version:
                self._index.commit()
                self._files.change_head(search_version=number)

    def _load_version(self, number: int) -> VersionRecord | None:
        data = self._blobs.get_named(version_name(number))
        if data is None:
            return None
        version = decode_version(data)
        if version.version != number:
            raise Broken(f"{version_name(number)} holds version {version.version}")
        return version

    def _load_entries(self, version: VersionRecord) -> Sequence[Entry]:
        return decode_segment(self._blobs.get(version.segment))

    def _load_sequence(self) -> int:
        data = self._files.load_overlay()
        return 0 if data is None else decode_overlay(data).sequence


def _check_entry(entry: Entry) -> None:
    """Check what the node would otherwise find out while a listener waits. Raises: Broken."""
    if len(entry.key) < 2 or entry.key[0] == 0 or not entry.key.isascii():
        raise Broken(f"segment has the key {entry.key[:40]!r}; expected a kind and an id")
    if entry.document is not None:
        check_document(entry.document)


def _parse_announced_at(version: VersionRecord) -> int:
    try:
        announced_at = datetime.fromisoformat(version.announced_at)
    except ValueError as error:
        raise Broken(
            f"version {version.version} was announced at {version.announced_at!r}; expected ISO 8601"
        ) from error
    if announced_at.tzinfo is None:
        raise Broken(f"version {version.version} was announced at {version.announced_at!r}; expected UTC")
    return to_ms(announced_at)
