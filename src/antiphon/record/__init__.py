"""The system of record: what was delivered, said, linked, decided, made of it and announced. SQL, and nothing but SQL.

One SQLite file on one machine, PostgreSQL on many; ``engine`` alone knows which. Every function takes the connection of
a transaction that its caller owns::

    engine = open_record("sqlite:///var/record.sqlite")
    migrate(engine)
    with writing(engine) as conn:
        add_provider(conn, Provider(id="north", name="North"), now)
    with reading(engine) as conn:
        deliveries = list_deliveries(conn, limit=20)

What happened is never changed: timelines, findings, statements, links, decisions, changes and publications are
append-only tables, and triggers hold everybody to it. What is *made* of these (current statements, entities and their
indexes) can be computed again at any time, and ``rebuild.recompute`` proves that it comes out the same.

Whoever changes the catalogue locks the one head row first (``changes.lock_head``). So versions of the change log have
no gaps, a reader that has seen version N has seen all before it, and no entity is made twice. A worked example: two
workers apply deliveries of one new release at once. The first locks the head, links the anchors, writes the album and
changes 1 to 5. The second waits, finds the links, inherits the ids, and writes changes 6 to 9, or none if it was the
older one.

Other rooms' tables may be in the same database (workflow state is); migrations know only those of ``tables``.
"""

from antiphon.record.engine import open_record, reading, writing
from antiphon.record.migrate import migrate

__all__ = ["migrate", "open_record", "reading", "writing"]
