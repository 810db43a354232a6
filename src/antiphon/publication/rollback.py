"""Rollback: nodes serve what they served at an older version, under a new number, until somebody resumes.

The new version holds the older documents of every key that changed since, those that are gone now too. Its
``record_version`` is the older one's, so that what came after it is published again when publication is resumed; until
then the log is held, since the fault that was rolled back is in the record still. Takedowns are not touched: they are
in the overlay. Nor are clients: a key that was revoked since stays revoked. What was erased since does not come back: a
document that names any of it stays as it is now.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken, Refused
from antiphon.publication.announcing import put_version
from antiphon.publication.comparing import Pair, compare_versions
from antiphon.publication.gate import find_faults
from antiphon.publication.holding import check_signed, draft_hold
from antiphon.record import reading, writing
from antiphon.record.decisions import list_erased
from antiphon.record.instants import format_instant
from antiphon.record.publication_holds import add_hold, add_resume, find_hold, find_newest_hold
from antiphon.record.publication_tables import HoldKind
from antiphon.record.publications import (
    Announced,
    announce,
    announced_head,
    find_publication,
    lock_publication,
)
from antiphon.segments.document import DocumentKind
from antiphon.segments.entry import Entry, entry_bytes
from antiphon.segments.segment import encode_segment

SEGMENT_BYTES = 32 << 20
"""of documents in one segment of a rollback: what a node applies in a second, and a publisher holds in memory."""


_ENTITY_ID = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Za-z]{22}(?![0-9A-Za-z])")
"""What may be an entity's id in a document: among its subjects, or in its text."""


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a rollback: the versions that were announced, and how many documents they bring back."""

    to: Announced
    versions: tuple[int, ...]
    documents: int


def roll_back(
    engine: Engine, blobs: BlobStore, scratch: Path, version: int, *, by: str, reason: str, now: datetime
) -> RolledBack:
    """Bring nodes back to what they served at a version, and hold publication there.

    A hold that was in force ends with it: what was held is among what is published again on resuming. Whoever is
    killed in it leaves publication held; the same command goes on.
    Raises: Refused for a version that was never announced, is the newest, or is no longer kept.
    """
    check_signed(by, reason)
    target = _begin(engine, version, by=by, reason=reason, now=now)
    announced: list[int] = []
    documents = 0
    with reading(engine) as conn:
        head, erased = announced_head(conn) or target, list_erased(conn)
    with compare_versions(blobs, scratch, version, head.version) as pairs:
        for entries in cut_entries(_list_old_entries(pairs, erased)):
            head = announce_entries(engine, blobs, head, entries, target.record_version, now)
            announced.append(head.version)
            documents += len(entries)
    return RolledBack(to=target, versions=tuple(announced), documents=documents)


def announce_entries(
    engine: Engine, blobs: BlobStore, head: Announced, entries: Sequence[Entry], record_version: int, now: datetime
) -> Announced:
    """Announce entries as the next version, under the hold that is in force, and return it.

    Raises: Broken (our fault) for what no node could read; how far the catalogue swings is up to whoever asks for it.
    """
    faults = find_faults(entries)
    if faults:
        raise Broken(f"version {head.version + 1} is not announced: {'; '.join(map(str, faults))}")
    announced = Announced(
        version=head.version + 1,
        segment=blobs.put(encode_segment(entries, head.segment)),
        parent=head.segment,
        record_version=record_version,
        announced_at=format_instant(now),
    )
    with writing(engine) as conn:
        hold = find_hold(conn)
        announce(conn, announced, under_hold=hold.number if hold is not None else 0)
    put_version(blobs, announced)
    return announced


def cut_entries(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield entries in batches that each fit a segment; where there are none, one empty batch."""
    held: list[Entry] = []
    size = 0
    for entry in entries:
        if size >= SEGMENT_BYTES:
            yield held
            held, size = [], 0
        held.append(entry)
        size += entry_bytes(entry)
    yield held


def _begin(engine: Engine, version: int, *, by: str, reason: str, now: datetime) -> Announced:
    """Hold publication for a rollback and return the version it leads to. Raises: Refused."""
    with writing(engine) as conn:
        lock_publication(conn)
        target = _find_target(conn, version)
        held = find_hold(conn)
        if held is None or held.kind is not HoldKind.ROLLBACK:
            if held is not None:
                add_resume(conn, held, by=by, reason=f"rolled back to {version}", is_accepted=False, now=now)
            hold = draft_hold(conn, HoldKind.ROLLBACK, by=by, reason=f"to version {version}: {reason.strip()}", now=now)
            add_hold(conn, hold, now)
    return target


def _find_target(conn: Connection, version: int) -> Announced:
    target, head, held = find_publication(conn, version), announced_head(conn), find_hold(conn)
    if target is None or head is None:
        newest = f"the newest is {head.version}" if head is not None else "nothing was announced yet"
        raise Refused("UnknownVersion", f"there is no version {version}; {newest}")
    if target.version == head.version:
        raise Refused("VersionIsNewest", f"version {version} is what nodes serve already; name an older one")
    if held is not None and held.kind is HoldKind.RECOVERY:
        raise Refused(
            "RecoveryUnfinished", "a recovery of the record is not finished; run `antiphon publication recover`"
        )
    recovery = find_newest_hold(conn, HoldKind.RECOVERY)
    if recovery is not None and version < recovery.version:
        raise Refused(
            "RollbackBehindRecovery",
            f"version {recovery.version} recovered an older record; what was announced before is of changes that the "
            "record no longer has, and could not be published again; name a version from there on",
        )
    return target


def _list_old_entries(pairs: Iterable[Pair], erased: frozenset[str]) -> Iterator[Entry]:
    gone = frozenset(entity_id.encode() for entity_id in erased)
    for pair in pairs:
        if pair.key[0] == DocumentKind.CLIENT:
            continue
        if pair.before is None:
            yield Entry(key=pair.key)
        elif not gone or gone.isdisjoint(_ENTITY_ID.findall(pair.before.document or b"")):
            yield pair.before
