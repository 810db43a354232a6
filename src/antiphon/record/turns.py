"""Turns in the queue, and what a provider sends in a day: what keeps one provider's flood from the others' deliveries.

A delivery's turn is one behind its provider's newest, but never behind where the queue is: of a provider that sends
ten thousand, each has a turn of its own; the first of another provider has the next turn of all. The queue takes the
lowest turn first. So providers take turns, however many each has waiting. Source: start-time fair queueing, Goyal 1996.
"""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, Insert, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.record.agreement_tables import turns, update_counts
from antiphon.record.tables import counters

_TURN = "turn"

# Built once, since every delivery makes it: see ``entries``.
_REACH = (
    update(counters)
    .where(counters.c.name == _TURN, counters.c.value < bindparam("turn"))
    .values(value=bindparam("turn"))
)


class Turn(msgspec.Struct, frozen=True):
    """One turn. ``ahead``: how many of the provider's deliveries, this one included, have not had theirs yet."""

    number: int
    ahead: int


def take_turn(conn: Connection, provider: str) -> Turn:
    """Give a provider's next delivery its turn in the queue and return it; a turn is the provider's alone."""
    reached = select(counters.c.value).where(counters.c.name == _TURN).scalar_subquery()
    next_turn = case((turns.c.newest >= reached, turns.c.newest + 1), else_=reached + 1)
    statement = (
        update(turns)
        .where(turns.c.provider == provider)
        .values(newest=next_turn)
        .returning(turns.c.newest, reached.label("reached"))
    )
    row = conn.execute(statement).one_or_none()
    if row is None:
        first = _find_turn(conn) + 1
        if _add_row(conn, insert(turns).values(provider=provider, newest=first)):
            return Turn(first, 1)
        row = conn.execute(statement).one()
    return Turn(row.newest, row.newest - row.reached)


def reach_turn(conn: Connection, turn: int) -> None:
    """Record that the queue has come to a turn; it never goes back."""
    conn.execute(_REACH, {"turn": turn})


def count_update(conn: Connection, provider: str, now: datetime) -> None:
    """Count one more message of a provider about a release that was known, on this day (UTC)."""
    where = (update_counts.c.provider == provider, update_counts.c.day == _day_of(now))
    statement = update(update_counts).where(*where).values(updates=update_counts.c.updates + 1)
    if conn.execute(statement).rowcount == 0:
        _add_row(conn, insert(update_counts).values(provider=provider, day=_day_of(now), updates=0))
        conn.execute(statement)


def find_update_count(conn: Connection, provider: str, now: datetime) -> int:
    """Return how many messages about known releases a provider sent on this day (UTC), as far as they were checked."""
    query = select(update_counts.c.updates).where(
        update_counts.c.provider == provider, update_counts.c.day == _day_of(now)
    )
    return conn.execute(query).scalar_one_or_none() or 0


def _find_turn(conn: Connection) -> int:
    turn: int = conn.execute(select(counters.c.value).where(counters.c.name == _TURN)).scalar_one()
    return turn


def _add_row(conn: Connection, statement: Insert) -> bool:
    """Add a row; False: somebody else was faster."""
    try:
        with conn.begin_nested():
            conn.execute(statement)
    except IntegrityError:
        return False
    return True


def _day_of(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
