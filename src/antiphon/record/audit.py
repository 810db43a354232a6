"""The audit: who did what by hand, appended in the transaction that does it and never changed."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from antiphon.record.agreement_tables import audit
from antiphon.record.instants import format_instant

AUDIT_LIMIT = 1_000
"""Rows of one look into the audit."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing somebody did. ``provider`` is whom it concerns, ``subject`` the id of what it was done to."""

    done_at: str
    done_by: str
    action: str
    provider: str
    subject: str
    detail: str = ""


def record_act(
    conn: Connection, action: str, *, by: str, provider: str, subject: str, now: datetime, detail: str = ""
) -> None:
    """Append what somebody does to the audit. ``by`` must name somebody: the table refuses an empty name."""
    conn.execute(
        insert(audit).values(
            done_at=format_instant(now),
            done_by=by.strip(),
            action=action,
            provider=provider,
            subject=subject,
            detail=detail,
        )
    )


def list_acts(
    conn: Connection, *, provider: str | None = None, subject: str | None = None, limit: int = 100
) -> tuple[Act, ...]:
    """Return what was done, newest first: to a provider's affairs, to one subject, or at all."""
    columns = [audit.c[name] for name in Act.__struct_fields__]
    query = select(*columns).order_by(audit.c.id.desc()).limit(min(limit, AUDIT_LIMIT))
    if provider is not None:
        query = query.where(audit.c.provider == provider)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    return tuple(Act(**row) for row in conn.execute(query).mappings())
