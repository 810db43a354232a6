"""Where deliveries came from, and what a source has given already: what a restart must neither lose nor take twice."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select

from antiphon.record.choreography_tables import arrivals, taken_units
from antiphon.record.instants import format_instant

# Built once, since every delivery makes them.
_ARRIVALS = (
    select(arrivals)
    .where(arrivals.c.delivery_id == bindparam("delivery"))
    .order_by(arrivals.c.arrived_at, arrivals.c.source, arrivals.c.place)
)
_ADD_ARRIVAL = insert(arrivals)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One place a delivery lay at.

    ``source``: the location of the watched folder or prefix; empty: it was handed in, so its answer is asked for.
    ``place``: the path of the release folder inside the source. ``generation``: in which words its sender is answered,
    a value of ``formats.ern.Generation``. ``is_test``: its batch's manifest says that it is only a test. ``facts``:
    what is known of the batch, as JSON that ``intake`` reads; empty: it came without one.
    """

    source: str = ""
    place: str = ""
    generation: str = ""
    is_test: bool = False
    facts: str = ""


def add_arrival(conn: Connection, delivery_id: str, arrival: Arrival, now: datetime) -> bool:
    """Record where a delivery lay; False: that it lay there was on record."""
    places = {(known.source, known.place) for known in find_arrivals(conn, delivery_id)}
    if (arrival.source, arrival.place) in places:
        return False
    row = msgspec.structs.asdict(arrival) | {"delivery_id": delivery_id, "arrived_at": format_instant(now)}
    conn.execute(_ADD_ARRIVAL, row)
    return True


def find_arrivals(conn: Connection, delivery_id: str) -> tuple[Arrival, ...]:
    """Return where a delivery lay, in order of arrival."""
    return tuple(
        Arrival(source=row.source, place=row.place, generation=row.generation, is_test=row.is_test, facts=row.facts)
        for row in conn.execute(_ARRIVALS, {"delivery": delivery_id})
    )


def add_taken(
    conn: Connection, source: str, unit: str, fingerprint: str, now: datetime, *, problem_count: int = 0
) -> None:
    """Record that all a unit held, as it lay there, was accepted or refused. Recording it again changes nothing."""
    if not is_taken(conn, source, unit, fingerprint):
        row = {"source": source, "unit": unit, "fingerprint": fingerprint, "problem_count": problem_count}
        conn.execute(insert(taken_units).values(row | {"taken_at": format_instant(now)}))


def is_taken(conn: Connection, source: str, unit: str, fingerprint: str) -> bool:
    """Tell whether a unit was taken as it lies there."""
    query = select(func.count()).where(
        taken_units.c.source == source, taken_units.c.unit == unit, taken_units.c.fingerprint == fingerprint
    )
    return conn.execute(query).scalar_one() > 0


def list_taken(conn: Connection, source: str) -> frozenset[tuple[str, str]]:
    """Return the (unit, fingerprint) of everything a source gave, for one look at all of it."""
    query = select(taken_units.c.unit, taken_units.c.fingerprint).where(taken_units.c.source == source)
    return frozenset((row.unit, row.fingerprint) for row in conn.execute(query))
