"""Compaction: what the log no longer needs goes: versions every retained state is past, and snapshots between.

What stays reaches every version of the last ``KEPT_DAYS``: the newest snapshot from before that span, every version
after it, and of the snapshots since the newest of each day, so that there always is one to start from when the oldest
has served its time. The ``KEPT_SNAPSHOTS`` newest stay whatever their age, with what leads from the oldest of them to
the others: if a chunk of one is damaged, the one before and the versions since lead to the same place.

Only what names of the log led to is deleted: segments of removed versions, chunks and manifests of removed snapshots.
Each is unlike any other blob by what it says of itself (a segment its parent, a chunk the version it was made for), so
nothing else of the log can be the same blob; and whoever calls says which of them something else needs.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import msgspec

from antiphon.blobs import BlobMissing, BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.log import list_snapshots, list_versions, load_version
from antiphon.segments.snapshot import Snapshot, find_manifest, load_snapshot, snapshot_name
from antiphon.segments.version import version_name

KEPT_DAYS = 7
"""How far back a rollback, a pin or a comparison reaches: somebody notices on Monday what was published on Friday, with
days to spare. A node away for longer starts from a snapshot."""

KEPT_SNAPSHOTS = 3
"""However old they are: one in use, one to fall back on, one more since two made after each other share most chunks."""

_FindNeeded = Callable[[Collection[str]], Collection[str]]


class Compaction(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed: the numbers of versions and of snapshots, and how many blobs went with them."""

    versions: tuple[int, ...] = ()
    snapshots: tuple[int, ...] = ()
    blobs: int = 0


def compact_log(blobs: BlobStore, now: datetime, find_needed: _FindNeeded) -> Compaction:
    """Remove what the log no longer needs, and return what that was; without a snapshot from before it, nothing.

    ``find_needed`` returns those of the blobs it is given that something beside the log uses; they stay. Blobs go
    before the names that lead to them, so that whoever is killed in between leaves nothing that nobody finds.
    """
    snapshots = _load_snapshots(blobs)
    kept = choose_snapshots(snapshots, now)
    if not kept:
        return Compaction()
    dropped = [snapshot for snapshot in snapshots if snapshot not in kept]
    versions = _find_past(blobs, kept[0], now)
    shared = {chunk.blob for snapshot in kept for chunk in snapshot.chunks}
    gone = {chunk.blob for snapshot in dropped for chunk in snapshot.chunks} - shared
    gone |= {record.segment for number in versions if (record := load_version(blobs, number)) is not None}
    manifests = [find_manifest(blobs, snapshot.version.version) for snapshot in dropped]
    deleted = [*sorted(gone), *(manifest for manifest in manifests if manifest is not None)]
    needed = set(find_needed(deleted))
    for blob in deleted:
        if blob not in needed:
            blobs.delete(blob)
    for snapshot in dropped:
        blobs.delete_named(snapshot_name(snapshot.version.version))
    for number in versions:
        blobs.delete_named(version_name(number))
    return Compaction(
        versions=versions,
        snapshots=tuple(snapshot.version.version for snapshot in dropped),
        blobs=len(set(deleted) - needed),
    )


def choose_snapshots(snapshots: Collection[Snapshot], now: datetime) -> tuple[Snapshot, ...]:
    """Return the snapshots that stay, of all there are in order; versions before the first of them may go."""
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.version.version)
    span_starts_at = now - timedelta(days=KEPT_DAYS)
    before = [snapshot for snapshot in ordered if _announced_at(snapshot) <= span_starts_at]
    of_a_day = {_announced_at(snapshot).date(): snapshot for snapshot in ordered if snapshot not in before}
    kept = {snapshot.version.version for snapshot in (*before[-1:], *of_a_day.values(), *ordered[-KEPT_SNAPSHOTS:])}
    return tuple(snapshot for snapshot in ordered if snapshot.version.version in kept)


def _find_past(blobs: BlobStore, oldest: Snapshot, now: datetime) -> tuple[int, ...]:
    """Return the versions that only lead to the oldest snapshot, which is from before the span; else none."""
    if _announced_at(oldest) > now - timedelta(days=KEPT_DAYS):
        return ()
    return tuple(number for number in list_versions(blobs) if number < oldest.version.version)


def _load_snapshots(blobs: BlobStore) -> list[Snapshot]:
    """Return the snapshots that can be read. One whose manifest is gone is what a killed compaction left: it goes.

    A damaged one is left for somebody to look at.
    """
    found = []
    for number in list_snapshots(blobs):
        try:
            snapshot = load_snapshot(blobs, number)
        except BlobMissing:
            blobs.delete_named(snapshot_name(number))
        except Broken:
            continue
        else:
            found += [snapshot] if snapshot is not None else []
    return found


def _announced_at(snapshot: Snapshot) -> datetime:
    return datetime.fromisoformat(snapshot.version.announced_at)
