"""Waivers: a rule that does not hold a provider's deliveries for a time, by somebody's word. Undone, never deleted."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from antiphon.model.errors import Refused
from antiphon.record.agreement_tables import waiver_undos, waivers
from antiphon.record.instants import format_instant

_WAIVERS = select(waivers, waiver_undos.c.undone_by, waiver_undos.c.undone_at).outerjoin(
    waiver_undos, waiver_undos.c.waiver_id == waivers.c.id
)
# Built once, since every delivery makes it: see ``entries``.
_IN_FORCE = _WAIVERS.where(waivers.c.provider == bindparam("of_provider"), waiver_undos.c.waiver_id.is_(None))


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """One waiver. ``release_key`` empty: for every release of the provider. ``until`` is exclusive; empty: for good.

    ``delivery_id`` is the held delivery that was the occasion. Times are ISO 8601 instants in UTC.
    """

    id: str
    provider: str
    rule: str
    release_key: str = ""
    waived_by: str
    waived_at: str
    until: str = ""
    reason: str
    delivery_id: str
    undone_by: str = ""
    undone_at: str = ""

    def is_in_force(self, at: str) -> bool:
        """Tell whether the waiver holds at an instant."""
        return not self.undone_at and (not self.until or at < self.until)

    def covers(self, rule: str, release_keys: Sequence[str]) -> bool:
        """Tell whether a finding of a rule about the release that has these keys is waived."""
        return rule == self.rule and (not self.release_key or self.release_key in release_keys)


def add_waiver(conn: Connection, waiver: Waiver) -> None:
    """Record a waiver. It acts on what is checked from now on."""
    row = msgspec.structs.asdict(waiver)
    conn.execute(insert(waivers).values({column.name: row[column.name] for column in waivers.columns}))


def undo_waiver(conn: Connection, waiver_id: str, *, by: str, now: datetime) -> Waiver:
    """Record that a waiver no longer holds and return it so. Raises: Refused if there is none, or it was undone."""
    waiver = find_waiver(conn, waiver_id)
    if waiver is None or waiver.undone_at:
        state = "does not exist" if waiver is None else f"was undone by {waiver.undone_by}"
        raise Refused("WaiverNotInForce", f"waiver {waiver_id} {state}; list waivers to see which hold")
    if not by.strip():
        raise Refused("NoReason", "an undo needs the name of whoever decides it")
    undone_at = format_instant(now)
    conn.execute(insert(waiver_undos).values(waiver_id=waiver_id, undone_by=by.strip(), undone_at=undone_at))
    return msgspec.structs.replace(waiver, undone_by=by.strip(), undone_at=undone_at)


def find_waiver(conn: Connection, waiver_id: str) -> Waiver | None:
    """Return a waiver, undone or not; None: there is none of this id."""
    row = conn.execute(_WAIVERS.where(waivers.c.id == waiver_id)).mappings().one_or_none()
    return _read_waiver(row) if row is not None else None


def list_waivers(conn: Connection, provider: str | None = None) -> tuple[Waiver, ...]:
    """Return waivers, newest first, also those that no longer hold. ``provider`` None: everybody's."""
    query = _WAIVERS.order_by(waivers.c.waived_at.desc(), waivers.c.id)
    if provider is not None:
        query = query.where(waivers.c.provider == provider)
    return tuple(_read_waiver(row) for row in conn.execute(query).mappings())


def waivers_in_force(conn: Connection, provider: str, now: datetime) -> tuple[Waiver, ...]:
    """Return the waivers that hold for a provider now: one indexed read, mostly of nothing."""
    at = format_instant(now)
    found = (_read_waiver(row) for row in conn.execute(_IN_FORCE, {"of_provider": provider}).mappings())
    return tuple(waiver for waiver in found if waiver.is_in_force(at))


def _read_waiver(row: RowMapping) -> Waiver:
    return Waiver(**{name: value or "" for name, value in row.items()})
