"""Uploads as the record knows them: what is to come, until when, and what became of it. The bytes lie in a folder."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.record.instants import format_instant
from antiphon.record.upload_tables import upload_completions, uploads

OPEN_LIMIT = 1_000
"""Rows of one list of open uploads; as many as a provider may have open."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One file a provider is sending. ``path`` is where it belongs in its delivery; ``sha256`` in hex, empty: not said.

    Times are ISO 8601 instants in UTC. ``completion_id`` empty: it is not part of a delivery yet.
    """

    id: str
    provider: str
    client_id: str
    path: str
    size_bytes: int
    sha256: str = ""
    created_at: str
    expires_at: str
    completion_id: str = ""


def add_upload(conn: Connection, upload: Upload) -> None:
    """Add an upload whose id is new."""
    conn.execute(insert(uploads).values(msgspec.structs.asdict(upload) | {"completion_id": None}))


def find_upload(conn: Connection, upload_id: str, provider: str) -> Upload | None:
    """Return a provider's upload; None: there is none of this id, or it is another's."""
    query = select(uploads).where(uploads.c.id == upload_id, uploads.c.provider == provider)
    row = conn.execute(query).mappings().one_or_none()
    return _read_upload(row) if row is not None else None


def list_open_uploads(conn: Connection, provider: str) -> tuple[Upload, ...]:
    """Return a provider's uploads that are not part of a delivery yet, oldest first."""
    query = (
        select(uploads)
        .where(uploads.c.provider == provider, uploads.c.completion_id.is_(None))
        .order_by(uploads.c.created_at, uploads.c.id)
        .limit(OPEN_LIMIT)
    )
    return tuple(_read_upload(row) for row in conn.execute(query).mappings())


def measure_open_uploads(conn: Connection, provider: str) -> tuple[int, int]:
    """Return how many uploads a provider has open, and how many bytes they will come to together."""
    query = select(func.count(), func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(
        uploads.c.provider == provider, uploads.c.completion_id.is_(None)
    )
    row = conn.execute(query).one()
    return int(row[0]), int(row[1])


def put_off_expiry(conn: Connection, upload_id: str, expires_at: datetime) -> None:
    """Let an upload live until a later time, since bytes of it have come."""
    conn.execute(update(uploads).where(uploads.c.id == upload_id).values(expires_at=format_instant(expires_at)))


def remove_upload(conn: Connection, upload_id: str) -> bool:
    """Forget an upload that is not part of a delivery; False: there is none such."""
    where = (uploads.c.id == upload_id, uploads.c.completion_id.is_(None))
    return conn.execute(delete(uploads).where(*where)).rowcount > 0


def remove_expired_uploads(conn: Connection, now: datetime, limit: int) -> tuple[str, ...]:
    """Forget some of the uploads that are over, finished or not, and return the ids of those whose bytes may go.

    A completion is remembered as long as its uploads, so that it can be repeated.
    """
    query = select(uploads.c.id).where(uploads.c.expires_at <= format_instant(now)).limit(limit)
    expired = tuple(conn.execute(query).scalars())
    if expired:
        conn.execute(delete(uploads).where(uploads.c.id.in_(expired)))
    return expired


def find_completion(conn: Connection, completion_id: str, provider: str) -> str | None:
    """Return what a provider was told of a completion, as JSON; None: it has not happened."""
    query = select(upload_completions.c.answer).where(
        upload_completions.c.id == completion_id, upload_completions.c.provider == provider
    )
    return conn.execute(query).scalar_one_or_none()


def add_completion(
    conn: Connection, completion_id: str, provider: str, upload_ids: Iterable[str], answer: str, now: datetime
) -> bool:
    """Record what a provider is told of a completion, and that its uploads are used; False: it was recorded before."""
    row = {"id": completion_id, "provider": provider, "answer": answer, "completed_at": format_instant(now)}
    try:
        with conn.begin_nested():
            conn.execute(insert(upload_completions).values(row))
    except IntegrityError:
        return False
    conn.execute(update(uploads).where(uploads.c.id.in_(sorted(set(upload_ids)))).values(completion_id=completion_id))
    return True


def _read_upload(row: RowMapping) -> Upload:
    fields: dict[str, Any] = {name: "" if value is None else value for name, value in row.items()}
    return Upload(**fields)
