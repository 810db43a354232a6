"""Apply decisions: build anew every album they bear on, however many those are.

A decision about a provider may bear on more releases than everybody else can wait for. Then its transaction builds the
first of them, and notes how far it came; ``finish_decision`` goes on, a batch in a transaction, and whoever finds that
it died does so in its place. Denials do not wait for any of this: nodes read them elsewhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select

from antiphon.catalogue import follow_merges
from antiphon.model.decisions import Decision, DecisionKind, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.record.catalogue import albums_of
from antiphon.record.changes import Cause, lock_head
from antiphon.record.decision_tables import unfinished_decisions
from antiphon.record.decisions import find_decision, leading_decisions
from antiphon.record.engine import reading, writing
from antiphon.record.entries import write_release
from antiphon.record.instants import format_instant
from antiphon.record.statements import list_current_keys

Release = tuple[str, str]
"""A release by its provider and key."""

RELEASES_AT_ONCE = 200
"""releases built anew in one transaction, some 5 ms each: every other writer waits a second at most."""

ABANDONED_AFTER = timedelta(minutes=10)
"""How long after it was decided what is unfinished counts as abandoned: 100,000 releases take less."""


def apply_decision(conn: Connection, decision: Decision, now: datetime) -> int:
    """Build anew the albums a decision bears on; of very many, the first, with a note of where to go on."""
    return _build(conn, decision.id, _list_releases(conn, decision), now, is_undo=decision.is_undone)


def finish_decision(engine: Engine, decision_id: str, now: datetime) -> int:
    """Apply what is left of a decision, or of its undo, to the releases it bears on; return how many entities changed.

    Doing it twice, or two at once, comes to the same.
    """
    with reading(engine) as conn:
        decision = find_decision(conn, decision_id)
        left = {is_undo: _list_left(conn, decision, is_undo=is_undo) for is_undo in (False, True)} if decision else {}
    changed = 0
    for is_undo, releases in left.items():
        for start in range(0, len(releases), RELEASES_AT_ONCE):
            with writing(engine) as conn:
                lock_head(conn)
                changed += _build(conn, decision_id, releases[start:], now, is_undo=is_undo)
    return changed


def finish_abandoned(engine: Engine, now: datetime) -> int:
    """Go on with decisions that somebody began to apply long ago; return how many entities changed."""
    begun_before = unfinished_decisions.c.worked_at < format_instant(now - ABANDONED_AFTER)
    with reading(engine) as conn:
        abandoned = conn.execute(select(unfinished_decisions.c.decision_id).where(begun_before)).scalars().all()
    return sum(finish_decision(engine, decision_id, now) for decision_id in sorted(set(abandoned)))


def _build(conn: Connection, decision_id: str, releases: Sequence[Release], now: datetime, *, is_undo: bool) -> int:
    """Build a batch of releases anew, and note the last of them, or that there are no more after it."""
    of_this = (unfinished_decisions.c.decision_id == decision_id, unfinished_decisions.c.is_undo == is_undo)
    batch, cause = releases[:RELEASES_AT_ONCE], Cause(at=now, decision_id=decision_id)
    changed = sum(write_release(conn, provider, key, cause) for provider, key in batch)
    conn.execute(delete(unfinished_decisions).where(*of_this))
    if len(releases) > len(batch):
        provider, key = batch[-1]
        note = {"provider": provider, "release_key": key, "worked_at": format_instant(now)}
        conn.execute(insert(unfinished_decisions).values(decision_id=decision_id, is_undo=is_undo, **note))
    return changed


def _list_left(conn: Connection, decision: Decision, *, is_undo: bool) -> list[Release]:
    of_this = (unfinished_decisions.c.decision_id == decision.id, unfinished_decisions.c.is_undo == is_undo)
    row = conn.execute(select(unfinished_decisions).where(*of_this)).one_or_none()
    if row is None:
        return []
    return [release for release in _list_releases(conn, decision) if release > (row.provider, row.release_key)]


def _list_releases(conn: Connection, decision: Decision) -> list[Release]:
    """Return every release a decision bears on, as they were and as they will be, in order."""
    if decision.kind is DecisionKind.HOLD:
        return []
    if decision.target_kind is TargetKind.PROVIDER:
        return [pair for pair in list_current_keys(conn) if pair[0] == decision.target_id]
    kind, reached = EntityKind(decision.target_kind.value), {decision.target_id}
    if decision.into_id:
        about = leading_decisions(conn, [decision.target_id, decision.into_id])
        reached = {entity for d in about for entity in (d.target_id, d.into_id)}
        reached |= {follow_merges(entity, about) for entity in reached}
    return sorted({pair for entity in reached for pair in albums_of(conn, kind, entity)})
