"""Deliveries as accepted. How one fares is in its ``timeline`` and its ``findings``, which only ever grow."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Row, RowMapping, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.model.delivery import DeliveredFile, Delivery, Stage
from antiphon.model.errors import Broken
from antiphon.record.tables import counters, deliveries, delivery_files, statements, timeline

LIST_LIMIT = 1_000
"""Rows of one list, so that nobody makes a page of everything by accident."""

# Built once, since every delivery makes them: see ``entries``.
_NEXT_RECEIPT = (
    update(counters).where(counters.c.name == "receipt").values(value=counters.c.value + 1).returning(counters.c.value)
)
_ADD, _ADD_FILES = insert(deliveries), insert(delivery_files)
_DUPLICATE = select(deliveries.c.id).where(
    deliveries.c.provider == bindparam("provider"),
    deliveries.c.message_id == bindparam("message"),
    deliveries.c.content_hash == bindparam("content"),
)
_NAMESAKES = select(func.count()).where(
    deliveries.c.provider == bindparam("of_provider"),
    deliveries.c.message_id == bindparam("of_message"),
    deliveries.c.message_blob != bindparam("beside_blob"),
)
_FIND = select(deliveries).where(deliveries.c.id == bindparam("delivery"))
_LOCK = select(deliveries.c.id).where(deliveries.c.id == bindparam("delivery")).with_for_update()
_FILES = (
    select(delivery_files)
    .where(delivery_files.c.delivery_id.in_(bindparam("deliveries", expanding=True)))
    .order_by(delivery_files.c.delivery_id, delivery_files.c.path)
)
_REJECTED = select(timeline.c.delivery_id).where(
    timeline.c.delivery_id == deliveries.c.id, timeline.c.stage == Stage.REJECTED.value
)
_RELEASE_FILES = (
    select(deliveries.c.id, delivery_files.c.path, delivery_files.c.size_bytes)
    .join(statements, statements.c.delivery_id == deliveries.c.id)
    .outerjoin(delivery_files, delivery_files.c.delivery_id == deliveries.c.id)
    .where(
        statements.c.provider == bindparam("of_provider"),
        statements.c.release_key.in_(bindparam("keys", expanding=True)),
        statements.c.delivery_id != bindparam("beside"),
        ~_REJECTED.exists(),
    )
    .order_by(deliveries.c.receipt)
)


def next_receipt(conn: Connection) -> int:
    """Return the next receipt number, from 1; no other transaction gets it, and it is given back by a rollback."""
    number: int = conn.execute(_NEXT_RECEIPT).scalar_one()
    return number


def add_delivery(conn: Connection, delivery: Delivery, message_id: str, created_at: str) -> bool:
    """Add a delivery with its files; False: it is a duplicate, and nothing was added (see ``find_duplicate``).

    ``message_id`` and ``created_at`` are as the message says, either may be empty. The key of a message is (provider,
    message id, content hash), since real senders leave message ids empty.
    """
    row = {
        "id": delivery.id,
        "provider": delivery.provider,
        "batch": delivery.batch,
        "message_id": message_id,
        "message_created": created_at,
        "content_hash": hash_content(delivery),
        "message_path": delivery.message.path,
        "message_blob": delivery.message.blob,
        "message_size_bytes": delivery.message.size_bytes,
        "received_at": delivery.received_at,
        "receipt": delivery.receipt,
    }
    try:
        with conn.begin_nested():
            conn.execute(_ADD, row)
    except IntegrityError:
        if find_duplicate(conn, delivery, message_id) is None:
            raise
        return False
    if delivery.files:
        conn.execute(_ADD_FILES, [_file_row(delivery.id, file) for file in delivery.files])
    return True


def find_duplicate(conn: Connection, delivery: Delivery, message_id: str) -> str | None:
    """Return the id of the delivery that already brought this message with these files; None: it is new."""
    key = {"provider": delivery.provider, "message": message_id, "content": hash_content(delivery)}
    return conn.execute(_DUPLICATE, key).scalar_one_or_none()


def find_delivery(conn: Connection, delivery_id: str) -> Delivery | None:
    """Return the delivery with its files by path; None: there is none of this id."""
    row = conn.execute(_FIND, {"delivery": delivery_id}).mappings().one_or_none()
    return _read_deliveries(conn, [row])[0] if row is not None else None


def find_message_id(conn: Connection, delivery_id: str) -> str:
    """Return the id of a delivery's message as written; empty: it has none, could not be read, or there is none."""
    query = select(deliveries.c.message_id).where(deliveries.c.id == delivery_id)
    return conn.execute(query).scalar_one_or_none() or ""


def count_namesakes(conn: Connection, delivery: Delivery, message_id: str) -> int:
    """Return how many deliveries of the provider brought another message under the same message id."""
    asked = {"of_provider": delivery.provider, "of_message": message_id, "beside_blob": delivery.message.blob}
    return conn.execute(_NAMESAKES, asked).scalar_one()


def load_delivery(conn: Connection, delivery_id: str) -> Delivery:
    """Return the delivery. Raises: Broken if there is none, for callers that hold the id of an accepted one."""
    delivery = find_delivery(conn, delivery_id)
    if delivery is None:
        raise Broken(f"delivery {delivery_id} is not in the record, though it was accepted")
    return delivery


def lock_delivery(conn: Connection, delivery_id: str) -> None:
    """Keep other transactions that lock this delivery waiting until this one ends.

    Whoever decides by a delivery's timeline what to write next does this first. SQLite has one writer at a time anyway.
    """
    conn.execute(_LOCK, {"delivery": delivery_id})


def list_deliveries(
    conn: Connection, limit: int = 50, before: int | None = None, provider: str | None = None
) -> tuple[Delivery, ...]:
    """Return deliveries, newest receipt first, at most ``limit`` (capped at 1,000).

    ``before``: only receipts below it, for the next page. ``provider``: only this provider's.
    """
    query = select(deliveries).order_by(deliveries.c.receipt.desc()).limit(min(limit, LIST_LIMIT))
    if before is not None:
        query = query.where(deliveries.c.receipt < before)
    if provider is not None:
        query = query.where(deliveries.c.provider == provider)
    return _read_deliveries(conn, conn.execute(query).mappings().all())


def find_release_files(
    conn: Connection, provider: str, release_keys: Iterable[str], *, beside: str
) -> Mapping[str, int] | None:
    """Return the files that deliveries of a release brought, ``beside`` one of them: path -> size in bytes.

    Of two files of one path, the newest. Deliveries that were read count, applied or not: two of one release may be
    in hand at a time, in any order. Those that were rejected do not: nothing of them is used. None: no other counts.
    """
    asked = {"of_provider": provider, "keys": sorted(release_keys), "beside": beside}
    rows = conn.execute(_RELEASE_FILES, asked).all()
    return {row.path: row.size_bytes for row in rows if row.path is not None} if rows else None


def hash_content(delivery: Delivery) -> str:
    """Return what tells two deliveries of one message id apart: a hash of the message and of every file it came with.

    The files belong to it: a sender who mends a damaged recording sends the same message again, and that is no
    duplicate.
    """
    digest = hashlib.sha256(delivery.message.blob.encode())
    for path, blob in sorted((file.path, file.blob) for file in delivery.files):
        digest.update(f"\0{path}\0{blob}".encode())
    return digest.hexdigest()


def _file_row(delivery_id: str, file: DeliveredFile) -> dict[str, object]:
    return {"delivery_id": delivery_id, "path": file.path, "blob": file.blob, "size_bytes": file.size_bytes}


def _read_deliveries(conn: Connection, rows: Sequence[RowMapping]) -> tuple[Delivery, ...]:
    files: dict[str, list[DeliveredFile]] = {row["id"]: [] for row in rows}
    for file in conn.execute(_FILES, {"deliveries": list(files)}):
        files[file.delivery_id].append(_read_file(file))
    return tuple(
        Delivery(
            id=row["id"],
            provider=row["provider"],
            batch=row["batch"],
            message=DeliveredFile(
                path=row["message_path"], blob=row["message_blob"], size_bytes=row["message_size_bytes"]
            ),
            files=tuple(files[row["id"]]),
            received_at=row["received_at"],
            receipt=row["receipt"],
        )
        for row in rows
    )


def _read_file(row: Row[tuple[str, str, str, int]]) -> DeliveredFile:
    return DeliveredFile(path=row.path, blob=row.blob, size_bytes=row.size_bytes)
