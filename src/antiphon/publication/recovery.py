"""Recovery: a record restored from a backup that is older than what its nodes serve is made to follow the log again.

Numbers first: the versions that the store announced are adopted, so that none is given twice. Then what was denied
since the backup: decisions that only the overlay knows become decisions of the record. At last the documents: whatever
differs between the newest version and what the record holds is published, and what the record never heard of is
withdrawn. All the while publication is held, and takedowns stay down: the overlay is never without them.

Whoever is killed in it leaves publication held; the same command goes on from there.

Worked example. Monday's record is restored on Wednesday; the log is at version 90, the record at 70. Versions 71 to 90
are adopted. Tuesday's takedown is in the overlay alone, and becomes a decision "recovered". Tuesday's deliveries are
gone from the record, so version 91 withdraws them; their senders deliver again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.errors import Refused
from antiphon.publication.announcing import mark_live, newest_stored, put_version
from antiphon.publication.audience import provider_subject
from antiphon.publication.building import build_entries
from antiphon.publication.comparing import Pair, pair_entries
from antiphon.publication.denials import list_unknown, write_overlay
from antiphon.publication.holding import check_signed, draft_hold
from antiphon.publication.log_states import open_log_state
from antiphon.publication.rollback import announce_entries, cut_entries
from antiphon.record import reading, writing
from antiphon.record.applying import apply_decision, finish_decision
from antiphon.record.audit import record_act
from antiphon.record.changes import changed_entities, head_version, lock_head
from antiphon.record.decisions import add_decision, find_redirect
from antiphon.record.instants import format_instant
from antiphon.record.publication_holds import Hold, add_hold, add_resume, find_hold
from antiphon.record.publication_tables import HoldKind
from antiphon.record.publications import Announced, adopt, announced_head, lock_publication
from antiphon.segments.entry import Entry
from antiphon.segments.log import load_version
from antiphon.segments.overlay import Denial
from antiphon.segments.runs import ChangeRuns
from antiphon.segments.snapshot import load_snapshot
from antiphon.segments.version import VersionRecord

ENTITIES_AT_ONCE = 1_000
"""Entities whose documents are built at a time: some MB of them."""

CHANGES_AT_ONCE = 2_000
"""Changes whose deliveries are looked at in one transaction, for what was never said to be live."""

RECOVERED = "recovered"
"""Who decided what only the overlay knew: nobody can say any more."""


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a recovery: versions adopted, decisions taken over from the overlay, versions that were announced
    for it, and how many documents these bring and withdraw."""

    adopted: tuple[int, ...]
    decisions: tuple[str, ...]
    versions: tuple[int, ...]
    brought: int
    withdrawn: int


def recover_record(
    engine: Engine, blobs: BlobStore, scratch: Path, *, by: str, reason: str, now: datetime
) -> Recovered:
    """Make a record follow the log that is ahead of it, and bring nodes to what the record holds.

    Raises: Refused (the caller's fault) where record and store agree already, or belong to different installations.
    """
    check_signed(by, reason)
    adopted = _adopt_versions(engine, blobs, by=by, reason=reason, now=now)
    decisions = _adopt_denials(engine, blobs, by=by, reason=reason, now=now)
    with reading(engine) as conn:
        hold, head = find_hold(conn), announced_head(conn)
    versions: list[int] = []
    brought = withdrawn = 0
    if hold is not None and hold.kind is HoldKind.RECOVERY and head is not None:
        for announced, entries in _publish_record(engine, blobs, scratch, head, now):
            versions.append(announced.version)
            brought += sum(entry.document is not None for entry in entries)
            withdrawn += sum(entry.document is None for entry in entries)
        _end_hold(engine, hold, by=by, reason=reason, now=now)
    elif not adopted and not decisions:
        raise Refused(
            "NothingToRecover", "the record knows every version and every denial of the store: it is not older"
        )
    return Recovered(
        adopted=adopted, decisions=decisions, versions=tuple(versions), brought=brought, withdrawn=withdrawn
    )


def _adopt_versions(engine: Engine, blobs: BlobStore, *, by: str, reason: str, now: datetime) -> tuple[int, ...]:
    """Adopt what the store has announced beyond the record, and hold publication in the same transaction."""
    newest = newest_stored(blobs)
    adopted: list[int] = []
    with writing(engine) as conn:
        lock_publication(conn)
        head, held = announced_head(conn), find_hold(conn)
        if newest <= (head.version if head is not None else 0):
            return ()
        for announced in _list_missing(blobs, head, newest):
            adopt(conn, announced)
            adopted.append(announced.version)
        if held is None or held.kind is not HoldKind.RECOVERY:
            if held is not None:
                add_resume(conn, held, by=by, reason="the record is recovered", is_accepted=False, now=now)
            add_hold(conn, draft_hold(conn, HoldKind.RECOVERY, by=by, reason=reason, now=now), now)
    return tuple(adopted)


def _list_missing(blobs: BlobStore, head: Announced | None, newest: int) -> Iterator[Announced]:
    """Yield the versions after the record's newest as they were announced.

    One that the store no longer keeps has its number and a name that is nobody's: it can never be asked for.
    """
    at, segment = (head.version, head.segment) if head is not None else (0, "")
    while at < newest:
        at += 1
        version = load_version(blobs, at) or _version_of_snapshot(blobs, at)
        following = None if version is not None else load_version(blobs, at + 1) or _version_of_snapshot(blobs, at + 1)
        if version is None:
            kept = following.parent if following is not None else f"no longer kept: {at}"
            version = VersionRecord(version=at, segment=kept, parent=segment, record_version=0, announced_at="")
        segment = version.segment
        yield Announced(
            version=at,
            segment=version.segment,
            parent=version.parent,
            record_version=version.record_version,
            announced_at=version.announced_at,
        )


def _version_of_snapshot(blobs: BlobStore, number: int) -> VersionRecord | None:
    snapshot = load_snapshot(blobs, number)
    return snapshot.version if snapshot is not None else None


def _adopt_denials(engine: Engine, blobs: BlobStore, *, by: str, reason: str, now: datetime) -> tuple[str, ...]:
    """Make decisions of what only the overlay knows, and return their ids; the overlay denies it throughout."""
    with writing(engine) as conn:
        lock_head(conn)
        by_decision: defaultdict[str, list[Denial]] = defaultdict(list)
        for denial in list_unknown(conn, blobs, now):
            by_decision[denial.decision_id].append(denial)
        decisions = [
            decision
            for decision_id, denials in by_decision.items()
            for decision in _draft_decisions(conn, decision_id, denials, f"taken over by {by.strip()}: {reason}", now)
        ]
        for decision in decisions:
            add_decision(conn, decision)
            told = f"{decision.target_kind} {decision.target_id}: {decision.reason}"
            record_act(conn, "recover", by=by, provider="", subject=decision.id, now=now, detail=told)
            apply_decision(conn, decision, now)
        if decisions:
            write_overlay(conn, blobs, now)
    for decision in decisions:
        finish_decision(engine, decision.id, now)
    return tuple(decision.id for decision in decisions)


def _draft_decisions(
    conn: Connection, decision_id: str, denials: Sequence[Denial], reason: str, now: datetime
) -> Iterator[Decision]:
    """Yield the decisions that deny what one did: one, or more where the record knows nothing of a merge in between.

    What a target was merged from is denied with it, by the record's own merges, and needs no decision.
    """
    subjects = {denial.entity_id for denial in denials}
    number = 0
    for denial in sorted(denials, key=lambda denial: denial.entity_id):
        if find_redirect(conn, denial.entity_id) in subjects:
            continue
        number += 1
        yield Decision(
            id=decision_id if number == 1 else f"{decision_id}-{number}",
            effect=Takedown(territories=tuple(str(code) for code in denial.territories)),
            target_kind=denial.kind,
            target_id=_read_target(denial),
            decided_by=RECOVERED,
            decided_at=format_instant(now),
            reason=reason,
            until=format_instant(datetime.fromtimestamp(denial.ends_at, UTC)) if denial.ends_at is not None else "",
        )


def _read_target(denial: Denial) -> str:
    is_provider = denial.kind is TargetKind.PROVIDER
    return unquote(denial.entity_id.removeprefix(provider_subject(""))) if is_provider else denial.entity_id


def _publish_record(
    engine: Engine, blobs: BlobStore, scratch: Path, head: Announced, now: datetime
) -> Iterator[tuple[Announced, list[Entry]]]:
    """Announce what brings nodes from the newest version to what the record holds, and yield each version with it."""
    put_version(blobs, head)
    with ChangeRuns(scratch) as wanted, open_log_state(blobs, scratch, head.version) as state:
        with reading(engine) as conn:
            position = head_version(conn)
            for changes in changed_entities(conn, ENTITIES_AT_ONCE):
                wanted.add(build_entries(conn, changes))
        kept = (entry for entry in wanted if entry.document is not None)
        for entries in cut_entries(_read_newer(pair_entries(iter(state), kept))):
            head = announce_entries(engine, blobs, head, entries, position, now)
            yield head, entries
    for first in range(0, position, CHANGES_AT_ONCE):
        mark_live(engine, head, now, span=(first, min(first + CHANGES_AT_ONCE, position)))


def _read_newer(pairs: Iterable[Pair]) -> Iterator[Entry]:
    for pair in pairs:
        yield pair.after if pair.after is not None else Entry(key=pair.key)


def _end_hold(engine: Engine, hold: Hold, *, by: str, reason: str, now: datetime) -> None:
    with writing(engine) as conn:
        lock_publication(conn)
        if find_hold(conn) == hold:
            add_resume(conn, hold, by=by, reason=f"recovered: {reason.strip()}", is_accepted=False, now=now)
