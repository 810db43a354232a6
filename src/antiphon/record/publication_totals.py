"""What the whole catalogue came to with a version: kept so that a version can be held against yesterday's.

The newest is kept, and of those before the last of each ten minutes, for some days: a thousand rows of a KB at most.
"""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Row, Select, delete, insert, select

from antiphon.record.instants import format_instant
from antiphon.record.publication_tables import publication_totals as table

KEPT_FOR = timedelta(days=7)
"""How long totals are kept: a week's, so that a fault of last weekend can be seen in numbers."""

SLOT_CHARACTERS = len("2026-11-22T10:0")
"""What totals of one slot have in common: their time up to the tens of minutes. A day is 144 slots."""

_NEWEST = select(table).order_by(table.c.version.desc()).limit(1)
_ADD = insert(table)


class VersionTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue came to with a version. ``body`` is publication's own; ``is_accepted``: past the gate."""

    version: int
    announced_at: str
    is_accepted: bool
    body: bytes


def add_totals(conn: Connection, totals: VersionTotals, now: datetime) -> None:
    """Keep what a version came to, and let go of what nobody asks for any more."""
    before = _find(conn, _NEWEST)
    is_same_slot = before is not None and before.announced_at[:SLOT_CHARACTERS] == totals.announced_at[:SLOT_CHARACTERS]
    if before is not None and is_same_slot and not before.is_accepted:
        conn.execute(delete(table).where(table.c.version == before.version))
    elif before is not None:
        conn.execute(delete(table).where(table.c.announced_at < format_instant(now - KEPT_FOR)))
    conn.execute(_ADD, msgspec.structs.asdict(totals))


def newest_totals(conn: Connection) -> VersionTotals | None:
    """Return what the newest version came to, or the newest of which that is known; None: of none."""
    return _find(conn, _NEWEST)


def find_baseline(conn: Connection, at: datetime) -> VersionTotals | None:
    """Return what nodes served at a time, as far as is known: the newest totals not after it; None: there are none.

    A version that somebody accepted since then takes their place: its difference is known and meant.
    """
    accepted = select(table).where(table.c.is_accepted.is_(True)).order_by(table.c.version.desc()).limit(1)
    then = select(table).where(table.c.announced_at <= format_instant(at)).order_by(table.c.version.desc()).limit(1)
    found = [totals for query in (accepted, then) if (totals := _find(conn, query)) is not None]
    return max(found, key=lambda totals: totals.version, default=None)


def _find(conn: Connection, query: Select[tuple[object, ...]]) -> VersionTotals | None:
    row = conn.execute(query).one_or_none()
    return _read_totals(row) if row is not None else None


def _read_totals(row: Row[tuple[object, ...]]) -> VersionTotals:
    return VersionTotals(version=row.version, announced_at=row.announced_at, is_accepted=row.is_accepted, body=row.body)
