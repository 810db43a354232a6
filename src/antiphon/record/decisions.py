"""Decisions in the record: kept whole, never changed; an undo is a record of its own.

What is asked is always about something: a delivery loads the decisions that bear on what it names, however many
thousands there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, insert, literal, or_, select, tuple_

from antiphon.catalogue import follow_merges, resolve_merges
from antiphon.model.decisions import Decision, DecisionKind, Effect, TargetKind
from antiphon.model.errors import Refused
from antiphon.record.decision_tables import decision_undos, decisions
from antiphon.record.instants import format_instant

LIST_LIMIT = 1_000
"""Decisions of one look at the list of them."""

IDS_AT_ONCE = 1_000
"""Ids named in one query: SQLite and PostgreSQL take some ten thousand parameters at most."""

_LEADING = (DecisionKind.MERGE.value, DecisionKind.SPLIT.value)
_DENYING = (DecisionKind.TAKEDOWN.value, DecisionKind.GEOBLOCK.value, DecisionKind.ERASE.value)

# Built once, since every delivery makes them: see ``entries``.
_ALL = (
    select(decisions, decision_undos.c.undone_by, decision_undos.c.undone_at)
    .join(decision_undos, decision_undos.c.decision_id == decisions.c.id, isouter=True)
    .order_by(decisions.c.decided_at, decisions.c.id)
)
_KEPT = _ALL.where(decision_undos.c.decision_id.is_(None))
_BEARING = _KEPT.where(decisions.c.target_id.in_(bindparam("targets", expanding=True)))
_EVER_MERGED = select(decisions.c.target_id).where(
    decisions.c.target_id.in_(bindparam("targets", expanding=True)), decisions.c.kind == DecisionKind.MERGE.value
)
_ANY_OF_KIND = select(decisions.c.id).where(decisions.c.kind == bindparam("kind")).limit(1)
_LEADING_ABOUT = _ALL.where(
    decisions.c.kind.in_(_LEADING),
    or_(
        decisions.c.target_id.in_(bindparam("ids", expanding=True)),
        decisions.c.into_id.in_(bindparam("ids", expanding=True)),
    ),
)


def add_decision(conn: Connection, decision: Decision) -> None:
    """Keep a decision as it is; ``deciding`` has checked it. Raises: Refused for an id that is taken."""
    if find_decision(conn, decision.id) is not None:
        raise Refused("DecisionIdTaken", f"there is a decision {decision.id} already; a new one needs a new id")
    conn.execute(
        insert(decisions).values(
            id=decision.id,
            kind=decision.kind.value,
            target_kind=decision.target_kind.value,
            target_id=decision.target_id,
            into_id=decision.into_id or None,
            effect=msgspec.json.encode(decision.effect).decode(),
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            reason=decision.reason,
            until=decision.until or None,
        )
    )


def add_undo(conn: Connection, decision_id: str, *, by: str, now: datetime) -> None:
    """Keep that a decision was taken back; ``deciding`` has checked that it may be."""
    conn.execute(insert(decision_undos).values(decision_id=decision_id, undone_by=by, undone_at=format_instant(now)))


def find_decision(conn: Connection, decision_id: str) -> Decision | None:
    """Return a decision, undone or not; None: there is none of this id."""
    return next(iter(_load(conn, _ALL.where(decisions.c.id == decision_id))), None)


def find_known(conn: Connection, decision_ids: Iterable[str]) -> frozenset[str]:
    """Return those of some ids that are decisions', undone ones too."""
    query = select(decisions.c.id).where(decisions.c.id.in_(bindparam("ids", expanding=True)))
    return frozenset(one for ids in _slice(decision_ids) for one in conn.execute(query, {"ids": ids}).scalars())


def list_decisions(
    conn: Connection,
    *,
    kind: DecisionKind | None = None,
    target_id: str = "",
    in_force_at: str = "",
    before: str = "",
    limit: int = 100,
) -> tuple[Decision, ...]:
    """Return decisions, newest first, also those undone and ended: of a kind, about a target, or in force at a time.

    ``before`` is the id of the last decision of the page before; empty: the first page.
    """
    newest = (decisions.c.decided_at, decisions.c.id)
    query = _ALL.order_by(None).order_by(*(column.desc() for column in newest)).limit(min(limit, LIST_LIMIT))
    if kind is not None:
        query = query.where(decisions.c.kind == kind.value)
    if target_id:
        query = query.where(or_(decisions.c.target_id == target_id, decisions.c.into_id == target_id))
    if in_force_at:
        query = query.where(
            decision_undos.c.decision_id.is_(None),
            or_(decisions.c.until.is_(None), decisions.c.until > in_force_at),
        )
    last = find_decision(conn, before) if before else None
    if last is not None:
        query = query.where(tuple_(*newest) < tuple_(literal(last.decided_at), literal(last.id)))
    return _load(conn, query)


def decisions_bearing_on(conn: Connection, provider: str, entity_ids: Iterable[str]) -> tuple[Decision, ...]:
    """Return the decisions not undone about a provider, some entities, or what merges and splits make of them.

    Oldest first; also those that have ended, since they say what was so until then.
    """
    found: dict[str, Decision] = {}
    asked: set[str] = set()
    wanted = {provider, *entity_ids}
    while wanted:
        asked |= wanted
        fresh = [one for ids in _slice(wanted) for one in _load(conn, _BEARING, targets=ids)]
        found |= {decision.id: decision for decision in fresh}
        wanted = {decision.into_id for decision in fresh if decision.into_id} - asked
    return _order(found.values())


def leading_decisions(conn: Connection, entity_ids: Iterable[str]) -> tuple[Decision, ...]:
    """Return the merges and splits from and to some entities, and on from there, undone ones too, oldest first."""
    found: dict[str, Decision] = {}
    asked: set[str] = set()
    wanted = set(entity_ids)
    while wanted:
        asked |= wanted
        fresh = [one for ids in _slice(wanted) for one in _load(conn, _LEADING_ABOUT, ids=ids)]
        found |= {decision.id: decision for decision in fresh}
        wanted = {entity for decision in fresh for entity in (decision.target_id, decision.into_id)} - asked
    return _order(found.values())


def denials_in_force(conn: Connection, now: datetime) -> tuple[Decision, ...]:
    """Return every takedown and geoblock that holds, oldest first."""
    has_time = or_(decisions.c.until.is_(None), decisions.c.until > format_instant(now))
    return _load(conn, _KEPT.where(decisions.c.kind.in_(_DENYING), has_time))


def list_erased(conn: Connection) -> frozenset[str]:
    """Return the albums that were decided to be erased, for good."""
    query = select(decisions.c.target_id).where(decisions.c.kind == DecisionKind.ERASE.value)
    return frozenset(conn.execute(query).scalars())


def has_any(conn: Connection, kind: DecisionKind) -> bool:
    """Tell whether there is any decision of a kind, one that was undone or has ended too."""
    return conn.execute(_ANY_OF_KIND, {"kind": kind.value}).first() is not None


def find_redirect(conn: Connection, entity_id: str) -> str | None:
    """Return the entity that an id redirects to; None: it was never merged, or is itself again."""
    return find_redirects(conn, [entity_id]).get(entity_id)


def find_redirects(conn: Connection, entity_ids: Iterable[str]) -> dict[str, str]:
    """Return the entities that some ids redirect to, by id; one that was never merged, or is itself again, is not."""
    asked = list(entity_ids)
    about = leading_decisions(conn, asked) if asked else ()
    final = {entity_id: follow_merges(entity_id, about) for entity_id in asked}
    return {entity_id: into_id for entity_id, into_id in final.items() if into_id != entity_id}


def find_merged(conn: Connection, entity_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids that redirect to some entities, sorted, by entity; one that none leads to is left out."""
    wanted, found = set(entity_ids), defaultdict(list)
    for merged, into_id in sorted(resolve_merges(leading_decisions(conn, wanted)).items()):
        if into_id in wanted:
            found[into_id].append(merged)
    return {into_id: tuple(merged) for into_id, merged in found.items()}


def find_ever_merged(conn: Connection, entity_ids: Iterable[str]) -> set[str]:
    """Return those of some entities that were ever merged into another, also where that was undone."""
    return {one for ids in _slice(entity_ids) for one in conn.execute(_EVER_MERGED, {"targets": ids}).scalars()}


def _slice(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    yield from (ordered[start : start + IDS_AT_ONCE] for start in range(0, len(ordered), IDS_AT_ONCE))


def _load(conn: Connection, query: Select[tuple[object, ...]], **parameters: list[str]) -> tuple[Decision, ...]:
    return tuple(_read_decision(row) for row in conn.execute(query, parameters))


def _order(found: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(sorted(found, key=lambda decision: (decision.decided_at, decision.id)))


def _read_decision(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(
        id=row.id,
        effect=msgspec.json.decode(row.effect, type=Effect),
        target_kind=TargetKind(row.target_kind),
        target_id=row.target_id,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        until=row.until or "",
        undone_by=row.undone_by or "",
        undone_at=row.undone_at or "",
    )
