"""What waits for a person: deliveries whose newest stage is a hold, oldest first."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, Connection, func, literal, literal_column, select

from antiphon.model.delivery import Stage
from antiphon.record.agreement_tables import audit
from antiphon.record.tables import deliveries, statements, timeline

HELD_LIMIT = 5_000
"""Rows of one list of held deliveries: more than anybody reads, and as many as one waiver looks through."""


LETTING_GO = ("clear", "release")
"""Acts of the audit by which a held delivery goes on: cleared by hand, or released by a waiver."""


class HeldDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One held delivery. ``release_key`` is the strongest key in its message; empty: the message was not read."""

    id: str
    provider: str
    batch: str
    message: str
    held_at: str
    release_key: str


def list_held(conn: Connection, *, provider: str | None = None, limit: int = 100) -> tuple[HeldDelivery, ...]:
    """Return what waits for a person, the oldest hold first. ``provider`` None: everybody's.

    What was let go and has not been taken up yet is left out: nobody needs to look at it.
    """
    query = (
        select(
            deliveries.c.id,
            deliveries.c.provider,
            deliveries.c.batch,
            deliveries.c.message_path,
            timeline.c.at,
            statements.c.release_key,
        )
        .join(deliveries, deliveries.c.id == timeline.c.delivery_id)
        .outerjoin(statements, statements.c.delivery_id == deliveries.c.id)
        .where(timeline.c.stage == Stage.HELD.value, _is_newest(), ~_let_go(timeline.c.delivery_id, timeline.c.at))
        .order_by(timeline.c.at, deliveries.c.receipt)
        .limit(min(limit, HELD_LIMIT))
    )
    if provider is not None:
        query = query.where(deliveries.c.provider == provider)
    return tuple(
        HeldDelivery(
            id=row.id,
            provider=row.provider,
            batch=row.batch,
            message=row.message_path,
            held_at=row.at,
            release_key=row.release_key or "",
        )
        for row in conn.execute(query)
    )


def list_held_for(conn: Connection, rule: str, delivery_id: str = "") -> tuple[tuple[str, str], ...]:
    """Return (delivery, what it waits for) of those whose newest stage is a hold with the detail "<rule> <what>".

    The oldest first; what was let go is left out. ``delivery_id`` empty: of all of them.
    """
    query = (
        select(timeline.c.delivery_id, timeline.c.detail)
        .where(
            timeline.c.stage == literal_column("'held'"),
            timeline.c.detail.startswith(f"{rule} ", autoescape=True),
            _is_newest(),
            ~_let_go(timeline.c.delivery_id, timeline.c.at),
        )
        .order_by(timeline.c.at)
        .limit(HELD_LIMIT)
    )
    if delivery_id:
        query = query.where(timeline.c.delivery_id == delivery_id)
    return tuple((row.delivery_id, row.detail.removeprefix(f"{rule} ")) for row in conn.execute(query))


def count_holds(conn: Connection, delivery_id: str) -> int:
    """Return how often a delivery was held."""
    query = select(func.count()).where(timeline.c.delivery_id == delivery_id, timeline.c.stage == Stage.HELD.value)
    return conn.execute(query).scalar_one()


def is_let_go(conn: Connection, delivery_id: str) -> bool:
    """Tell whether a delivery that was held is on its way again, though no worker has taken it up yet."""
    newest = (
        select(timeline.c.stage, timeline.c.at)
        .where(timeline.c.delivery_id == delivery_id)
        .order_by(timeline.c.position.desc())
        .limit(1)
    )
    row = conn.execute(newest).one_or_none()
    if row is None or row.stage != Stage.HELD.value:
        return False
    return bool(conn.execute(select(_let_go(literal(delivery_id), literal(row.at)))).scalar_one())


def _is_newest() -> ColumnElement[bool]:
    later = timeline.alias("later")
    return ~(
        select(later.c.position)
        .where(later.c.delivery_id == timeline.c.delivery_id, later.c.position > timeline.c.position)
        .exists()
    )


def _let_go(delivery_id: ColumnElement[str], held_at: ColumnElement[str]) -> ColumnElement[bool]:
    return (
        select(audit.c.id)
        .where(audit.c.subject == delivery_id, audit.c.action.in_(LETTING_GO), audit.c.done_at >= held_at)
        .exists()
    )


def find_release_keys(conn: Connection, delivery_ids: Iterable[str]) -> dict[str, str]:
    """Return the strongest release key of each delivery whose message was read."""
    query = select(statements.c.delivery_id, statements.c.release_key).where(
        statements.c.delivery_id.in_(sorted(set(delivery_ids)))
    )
    return {row.delivery_id: row.release_key for row in conn.execute(query)}
