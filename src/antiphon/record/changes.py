"""The change log: what changed in the catalogue, in order, in the transaction that changed it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, update

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.record.instants import format_instant
from antiphon.record.tables import changes, head

CLIENT: Final = "client"
"""What a change of a client has in the place of a kind of entity: nodes learn of clients by the same log."""

ChangeKind = EntityKind | Literal["client"]

_KINDS: dict[str, ChangeKind] = {**{kind.value: kind for kind in EntityKind}, CLIENT: CLIENT}

# Built once, since every delivery makes them: see ``entries``.
_HEAD = select(head.c.version).where(head.c.id == 1)
_LOCK_HEAD = update(head).where(head.c.id == 1).values(version=head.c.version).returning(head.c.version)
_MOVE_HEAD = (
    update(head).where(head.c.id == 1).values(version=head.c.version + bindparam("count")).returning(head.c.version)
)
_ADD_CHANGES = insert(changes)
_CHANGED = (
    select(changes.c.kind, changes.c.entity_id)
    .where(changes.c.version > bindparam("after"), changes.c.version <= bindparam("through"))
    .order_by(changes.c.version)
)
_ANY_CHANGE = select(changes.c.version).where(changes.c.delivery_id == bindparam("delivery")).limit(1)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One entity, or one client, changed. Versions count from 1 without a gap.

    One of the two causes is given where it is an entity: who changes clients is in the audit.
    """

    version: int
    kind: ChangeKind
    entity_id: str
    changed_at: str = ""
    delivery_id: str | None = None
    decision_id: str | None = None


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why the catalogue changes, and when: a delivery or a decision."""

    at: datetime
    delivery_id: str | None = None
    decision_id: str | None = None


def lock_head(conn: Connection) -> int:
    """Lock the head row until the transaction ends and return the version of the newest change; 0: there is none.

    Whoever changes the catalogue does this first: so changes are numbered without a gap, links are ordered, two workers
    never make one entity twice, and no reader steps past a transaction in flight.
    """
    version: int | None = conn.execute(_LOCK_HEAD).scalar_one_or_none()
    if version is None:
        raise Broken("the record has no head row; it was not made by this program's migrations")
    return version


def append_changes(conn: Connection, entities: Iterable[tuple[ChangeKind, str]], cause: Cause) -> int:
    """Append a change for each entity, in the order given, and return the newest version; call ``lock_head`` first."""
    changed = list(entities)
    if not changed:
        return head_version(conn)
    newest: int = conn.execute(_MOVE_HEAD, {"count": len(changed)}).scalar_one()
    rows = [
        {
            "version": newest - len(changed) + number,
            "kind": str(kind),
            "entity_id": entity_id,
            "changed_at": format_instant(cause.at),
            "delivery_id": cause.delivery_id,
            "decision_id": cause.decision_id,
        }
        for number, (kind, entity_id) in enumerate(changed, 1)
    ]
    conn.execute(_ADD_CHANGES, rows)
    return newest


def head_version(conn: Connection) -> int:
    """Return the version of the newest change; 0: there is none."""
    version: int = conn.execute(_HEAD).scalar_one()
    return version


def has_changed(conn: Connection, delivery_id: str) -> bool:
    """Tell whether a delivery has changed anything in the catalogue."""
    return conn.execute(_ANY_CHANGE, {"delivery": delivery_id}).first() is not None


def list_changed(conn: Connection, after: int, through: int) -> dict[tuple[ChangeKind, str], None]:
    """Return what changed after a version and up to another one, each once, in the order of its first change."""
    rows = conn.execute(_CHANGED, {"after": after, "through": through})
    return dict.fromkeys((_KINDS[kind], entity_id) for kind, entity_id in rows)


def changes_after(conn: Connection, version: int, limit: int) -> list[Change]:
    """Return the changes after a version, oldest first, at most ``limit``; empty: nothing has changed since."""
    query = select(changes).where(changes.c.version > version).order_by(changes.c.version).limit(limit)
    return [
        Change(
            version=row.version,
            kind=CLIENT if row.kind == CLIENT else EntityKind(row.kind),
            entity_id=row.entity_id,
            changed_at=row.changed_at,
            delivery_id=row.delivery_id,
            decision_id=row.decision_id,
        )
        for row in conn.execute(query)
    ]


def changed_entities(conn: Connection, at_once: int) -> Iterator[list[Change]]:
    """Yield everything that ever changed, once each, in batches, as changes of no version: all there is to publish."""
    last = ""
    kind = func.max(changes.c.kind).label("kind")  # an id is of one kind
    while True:
        query = select(changes.c.entity_id, kind).where(changes.c.entity_id > last).group_by(changes.c.entity_id)
        rows = conn.execute(query.order_by(changes.c.entity_id).limit(at_once)).all()
        if not rows:
            return
        yield [
            Change(version=0, kind=CLIENT if row.kind == CLIENT else EntityKind(row.kind), entity_id=row.entity_id)
            for row in rows
        ]
        last = rows[-1].entity_id
