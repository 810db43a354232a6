"""Keeping the log: when a snapshot is due, storing it, and removing what the log no longer needs.

A snapshot is due after so many versions, since following them is what it saves a node, and after so many bytes, since
reading them is. It costs the more the larger the catalogue is, so the bytes are at least as many as the newest snapshot
has: while a catalogue is being filled, building snapshots takes twice the work of the last one, not the square of it.
And it is due once a day, however little was published: the log is compacted by days.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from antiphon.blobs import BlobMissing, BlobStore
from antiphon.model.errors import Broken
from antiphon.record import reading
from antiphon.record.delivered_blobs import find_delivered
from antiphon.record.publications import list_publications_after
from antiphon.segments.compaction import Compaction, compact_log
from antiphon.segments.log import list_snapshots
from antiphon.segments.snapshot import Snapshot, load_snapshot
from antiphon.segments.snapshot_building import build_snapshot

SNAPSHOT_EVERY_VERSIONS = 2_000
"""A node applies some 30 versions a second: a minute behind, which is what taking up a million tracks takes."""

SNAPSHOT_EVERY_BYTES = 64 << 20
"""of packed segments: some 200,000 tracks. A first snapshot before that would save a new node a few seconds."""

SNAPSHOT_EVERY = timedelta(days=1)
"""How long a version waits for a snapshot at most; what compaction counts in."""

_VERSIONS_AT_ONCE = 1_000


class SnapshotSchedule:
    """Tells when a snapshot is due, by the versions announced since the last one it saw."""

    def __init__(self, engine: Engine, blobs: BlobStore) -> None:
        self._engine = engine
        self._blobs = blobs
        self._snapshot = 0
        self._snapshot_bytes = 0
        self._counted = 0
        self._bytes = 0

    def is_due(self, now: datetime) -> bool:
        """Tell whether a snapshot is due; looks only at what was announced since it was asked last."""
        newest = max(list_snapshots(self._blobs), default=0)
        if newest != self._snapshot:
            self._snapshot, self._snapshot_bytes = newest, _size_of(self._blobs, newest)
            self._counted, self._bytes = newest, 0
        self._counted = max(self._counted, newest)
        while self._count_more():
            pass
        return (
            self._counted - newest >= SNAPSHOT_EVERY_VERSIONS
            or self._bytes >= max(SNAPSHOT_EVERY_BYTES, self._snapshot_bytes)
            or self._has_waited(newest, now)
        )

    def _has_waited(self, snapshot: int, now: datetime) -> bool:
        """Tell whether the first version after a snapshot has waited for long."""
        with reading(self._engine) as conn:
            first = list_publications_after(conn, snapshot, 1)
        return bool(first) and datetime.fromisoformat(first[0].announced_at) <= now - SNAPSHOT_EVERY

    def _count_more(self) -> bool:
        with reading(self._engine) as conn:
            announced = list_publications_after(conn, self._counted, _VERSIONS_AT_ONCE)
        for one in announced:
            with suppress(BlobMissing):  # whoever builds the snapshot says so
                self._bytes += self._blobs.size(one.segment)
            self._counted = one.version
        return len(announced) == _VERSIONS_AT_ONCE


def store_snapshot(engine: Engine, blobs: BlobStore, scratch: Path, now: datetime) -> tuple[Snapshot, Compaction]:
    """Store a snapshot of the newest version, then remove what the log no longer needs; return both.

    One at a time: it is the publisher's own child, or somebody's command. Raises: Broken where the log cannot be read.
    """

    def find_needed(asked: Collection[str]) -> set[str]:
        with reading(engine) as conn:
            return find_delivered(conn, asked)

    snapshot = build_snapshot(blobs, scratch)
    return snapshot, compact_log(blobs, now, find_needed)


def _size_of(blobs: BlobStore, version: int) -> int:
    try:
        snapshot = load_snapshot(blobs, version) if version else None
    except Broken:
        return 0
    return snapshot.size_bytes if snapshot is not None else 0
