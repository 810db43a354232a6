"""Accept deliveries: after ``accept_delivery`` returns, nothing that happens to this machine's processes loses one."""

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.formats.ern import read_message
from antiphon.intake.batches import find_batches
from antiphon.intake.folders import ReleaseFolder, SeenFile, see_file
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.work import Task
from antiphon.model.delivery import DeliveredFile, Delivery, Stage, TimelineEntry
from antiphon.model.errors import Refused, Rejected
from antiphon.model.findings import Finding
from antiphon.record.deliveries import add_delivery, find_duplicate, hash_content, next_receipt
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.providers import find_provider
from antiphon.record.timeline import append_timeline


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a delivery. ``is_duplicate``: the very same had come before, and its first receipt holds."""

    delivery_id: str
    name: str
    is_duplicate: bool = False


class BatchReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a path: a receipt for each delivery, in order, and what there is no delivery of."""

    receipts: tuple[Receipt, ...]
    problems: tuple[Finding, ...] = ()


def accept_path(
    engine: Engine, blobs: BlobStore, queue: DeliveryQueue, provider: str, path: Path, now: datetime
) -> BatchReceipt:
    """Accept every delivery at a path, oldest batch first; see ``find_batches`` for what a path may be.

    Each delivery is accepted by itself, so the ones before a failure stay accepted and a second try adds the rest.
    Raises: Refused (the caller's fault); Transient where the store or the record cannot take it now.
    """
    receipts: list[Receipt] = []
    problems: list[Finding] = []
    for batch in find_batches(path):
        problems += batch.problems
        receipts += [
            accept_delivery(engine, blobs, queue, provider, folder, now, batch=batch.name) for folder in batch.folders
        ]
    return BatchReceipt(receipts=tuple(receipts), problems=tuple(problems))


def accept_delivery(
    engine: Engine,
    blobs: BlobStore,
    queue: DeliveryQueue,
    provider: str,
    folder: ReleaseFolder,
    now: datetime,
    *,
    batch: str = "",
) -> Receipt:
    """Accept one delivery and return its receipt; its workflow is queued when this returns.

    First every byte is durable in the blob store, then one transaction writes the delivery, its files, "accepted" in
    its timeline and its place in the queue. Whoever does not know how that ended tries again: the same message with the
    same files is one delivery. Whether the message is any good is not looked at here.
    Raises: Refused for an unknown provider or a folder that changes meanwhile; Transient for a full store.
    """
    with reading(engine) as connection:
        if find_provider(connection, provider) is None:
            raise Refused("UnknownProvider", f"there is no provider {provider!r}; add it with its DPIDs first")
    message = _store_file(folder, folder.message, blobs)
    files = tuple(_store_file(folder, file, blobs) for file in folder.files)
    message_id, created = _read_key(blobs.get(message.blob))
    draft = Delivery(
        id="", provider=provider, batch=batch, message=message, files=files, received_at=format_instant(now), receipt=0
    )
    delivery = msgspec.structs.replace(draft, id=_delivery_id(draft, message_id))
    with writing(engine) as connection:
        first = find_duplicate(connection, delivery, message_id) or _add(connection, delivery, message_id, created)
        if first is not None:
            return Receipt(delivery_id=first, name=folder.name, is_duplicate=True)
        queue.enqueue(connection, Task(delivery_id=delivery.id))
    return Receipt(delivery_id=delivery.id, name=folder.name)


def _add(connection: Connection, delivery: Delivery, message_id: str, created: str) -> str | None:
    """Add the delivery; return the id of the one that came first where another process was faster."""
    numbered = msgspec.structs.replace(delivery, receipt=next_receipt(connection))
    if not add_delivery(connection, numbered, message_id, created):
        return find_duplicate(connection, delivery, message_id)
    append_timeline(connection, delivery.id, TimelineEntry(stage=Stage.ACCEPTED, at=delivery.received_at))
    return None


def _store_file(folder: ReleaseFolder, file: SeenFile, blobs: BlobStore) -> DeliveredFile:
    """Put a file's bytes into the store; refused if it is not the file that was seen, or becomes another meanwhile."""
    path = folder.locate(file)
    is_same = _is_still(path, folder, file)
    blob = blobs.put_file(path) if is_same else ""
    if not is_same or not _is_still(path, folder, file):
        raise Refused(
            "FileChanged", f"{file.path}: it changed while it was taken in; deliver again once it is complete"
        )
    return DeliveredFile(path=file.path, blob=blob, size_bytes=file.size_bytes)


def _is_still(path: Path, folder: ReleaseFolder, file: SeenFile) -> bool:
    """Tell whether the path leads to the file that was seen, through folders of the delivery and no link."""
    try:
        return see_file(path, folder.root) == file and path.resolve() == folder.root.resolve() / file.path
    except FileNotFoundError:
        return False


def _read_key(message: bytes) -> tuple[str, str]:
    """Return the message id and the created time as written; both empty where the message cannot be read.

    Such a message is accepted like any other: its workflow reads it again and says what is wrong with it.
    """
    try:
        header = read_message(message).header
    except Rejected:
        return "", ""
    return header.message_id, header.created.text if header.created else ""


def _delivery_id(delivery: Delivery, message_id: str) -> str:
    """Return an id that follows from the key of the message alone, so that a repeated acceptance means the same one."""
    key = "\0".join((delivery.provider, message_id, hash_content(delivery)))
    return hashlib.sha256(key.encode()).hexdigest()[:24]
