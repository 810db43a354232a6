"""What stops publication, and who let it go on: holds and resumes, each kept for good.

Whoever writes here has locked publication before (``publications.lock_publication``).
"""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, insert, select

from antiphon.record.audit import record_act
from antiphon.record.instants import format_instant
from antiphon.record.publication_tables import HoldKind, publication_holds, publication_resumes

SUBJECT = "publication"
"""What the audit calls it."""

_HOLDS = (
    select(
        publication_holds,
        publication_resumes.c.resumed_by,
        publication_resumes.c.resumed_at,
        publication_resumes.c.reason.label("resume_reason"),
        publication_resumes.c.is_accepted,
    )
    .join(publication_resumes, publication_resumes.c.hold == publication_holds.c.number, isouter=True)
    .order_by(publication_holds.c.number.desc())
)
_NEWEST = _HOLDS.limit(1)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One time that publication was stopped, and how it went on. ``resumed_by`` empty: it still holds.

    ``version`` is the number that was not given, ``segment`` what would have had it, after ``parent`` and up to the
    change ``record_version``; ``segment`` empty: nothing that could be announced as it is. ``report`` is the gate's
    findings as JSON, ``totals`` what the version would have come to.
    """

    number: int
    kind: HoldKind
    held_by: str
    held_at: str
    reason: str
    version: int
    segment: str = ""
    parent: str = ""
    record_version: int = 0
    report: str = "[]"
    totals: bytes = b""
    resumed_by: str = ""
    resumed_at: str = ""
    resume_reason: str = ""
    is_accepted: bool = False


def find_hold(conn: Connection) -> Hold | None:
    """Return the hold that stops publication; None: nothing does."""
    row = conn.execute(_NEWEST).one_or_none()
    return _read_hold(row) if row is not None and row.resumed_by is None else None


def find_newest_hold(conn: Connection, kind: HoldKind) -> Hold | None:
    """Return the newest hold of a kind, also one that was resumed; None: there never was one."""
    row = conn.execute(_NEWEST.where(publication_holds.c.kind == kind.value)).one_or_none()
    return _read_hold(row) if row is not None else None


def list_holds(conn: Connection, limit: int) -> tuple[Hold, ...]:
    """Return holds, newest first, also those resumed, at most ``limit``."""
    return tuple(_read_hold(row) for row in conn.execute(_HOLDS.limit(limit)))


def add_hold(conn: Connection, hold: Hold, now: datetime) -> Hold:
    """Stop publication and return the hold with its number; nothing may hold it yet."""
    newest = next(iter(list_holds(conn, 1)), None)
    hold = msgspec.structs.replace(hold, number=newest.number + 1 if newest is not None else 1)
    columns = {name: getattr(hold, name) for name in publication_holds.c.keys()}  # noqa: SIM118 - columns, not a dict
    conn.execute(insert(publication_holds).values(columns | {"kind": hold.kind.value}))
    _audit(conn, "hold", hold, by=hold.held_by, detail=f"{hold.kind}: {hold.reason}", now=now)
    return hold


def add_resume(conn: Connection, hold: Hold, *, by: str, reason: str, is_accepted: bool, now: datetime) -> None:
    """End a hold. ``is_accepted``: the held version was announced as it is."""
    conn.execute(
        insert(publication_resumes).values(
            hold=hold.number,
            resumed_by=by.strip(),
            resumed_at=format_instant(now),
            reason=reason.strip(),
            is_accepted=is_accepted,
        )
    )
    action = "accept" if is_accepted else "resume"
    _audit(conn, action, hold, by=by, detail=reason.strip(), now=now)


def _audit(conn: Connection, action: str, hold: Hold, *, by: str, detail: str, now: datetime) -> None:
    told = f"hold {hold.number}, version {hold.version}: {detail}"
    record_act(conn, action, by=by, provider="", subject=SUBJECT, now=now, detail=told)


def _read_hold(row: Row[tuple[object, ...]]) -> Hold:
    return Hold(
        number=row.number,
        kind=HoldKind(row.kind),
        held_by=row.held_by,
        held_at=row.held_at,
        reason=row.reason,
        version=row.version,
        segment=row.segment,
        parent=row.parent,
        record_version=row.record_version,
        report=row.report,
        totals=row.totals,
        resumed_by=row.resumed_by or "",
        resumed_at=row.resumed_at or "",
        resume_reason=row.resume_reason or "",
        is_accepted=bool(row.is_accepted),
    )
