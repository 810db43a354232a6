"""Accept deliveries: after ``accept_delivery`` returns, nothing that happens to this machine's processes loses one."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.formats.ern import Generation, read_message
from antiphon.intake.batches import Batch, Priority, find_batches
from antiphon.intake.flood import take_place
from antiphon.intake.folders import ReleaseFolder, SeenFile, open_seen
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.work import Task
from antiphon.model.delivery import DeliveredFile, Delivery, Stage, TimelineEntry
from antiphon.model.errors import Refused, Rejected
from antiphon.model.findings import Finding
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.acknowledgements import queue_repeated
from antiphon.record.arrivals import Arrival, add_arrival
from antiphon.record.deliveries import add_delivery, find_duplicate, hash_content, next_receipt
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.providers import find_provider
from antiphon.record.timeline import append_timeline
from antiphon.rules.anatomy import is_takedown


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a delivery. ``is_duplicate``: the very same had come before, and its first receipt holds."""

    delivery_id: str
    name: str
    is_duplicate: bool = False


class BatchReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a path: a receipt for each delivery, in order, and what there is no delivery of."""

    receipts: tuple[Receipt, ...]
    problems: tuple[Finding, ...] = ()


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery whose message is in the store and whose other files are not: what is known before it is accepted.

    ``message_id`` and ``created`` are as the message says, both empty where it cannot be read: such a message is
    accepted like any other, and its workflow says what is wrong with it.
    """

    folder: ReleaseFolder
    batch: Batch
    message: DeliveredFile
    message_id: str = ""
    created: str = ""
    version: str = ""
    priority: Priority = Priority.NORMAL


def accept_path(
    engine: Engine, blobs: BlobStore, queue: DeliveryQueue, provider: str, path: Path, now: datetime
) -> BatchReceipt:
    """Accept every delivery at a path; see ``find_batches`` for what a path may be, ``accept_batches`` for the order.

    Raises: Refused (the caller's fault); Transient where the store or the record cannot take it now.
    """
    return accept_batches(engine, blobs, queue, provider, find_batches(path), now)


def accept_batches(
    engine: Engine,
    blobs: BlobStore,
    queue: DeliveryQueue,
    provider: str,
    batches: Iterable[Batch],
    now: datetime,
    *,
    source: str = "",
) -> BatchReceipt:
    """Accept every delivery of some batches: takedowns and purges first, then by priority, then the oldest batch first.

    Each delivery is accepted by itself, so the ones before a failure stay accepted and a second try adds the rest.
    ``source``: where the batches lie and their answers go; empty: they were handed in.
    Raises: as ``accept_delivery``.
    """
    _require_provider(engine, provider)
    given = tuple(batches)
    announced = [announce_delivery(blobs, folder, batch) for batch in given for folder in batch.folders]
    announced.sort(key=lambda delivery: (delivery.priority, delivery.batch.stamp))
    receipts = [accept_delivery(engine, blobs, queue, provider, delivery, now, source=source) for delivery in announced]
    return BatchReceipt(
        receipts=tuple(receipts), problems=tuple(problem for batch in given for problem in batch.problems)
    )


def announce_delivery(blobs: BlobStore, folder: ReleaseFolder, batch: Batch) -> Announced:
    """Put the message of a delivery into the store and return what it says of itself.

    Raises: Refused for a message that changes meanwhile; Transient for a full store.
    """
    message = _store_file(folder, folder.message, blobs)
    draft = Announced(folder=folder, batch=batch, message=message, priority=batch.priority)
    try:
        statement = read_message(blobs.get(message.blob))
    except Rejected:
        return draft
    header = statement.header
    return msgspec.structs.replace(
        draft,
        message_id=header.message_id,
        created=header.created.text if header.created else "",
        version=statement.format.version,
        priority=Priority.WITHDRAWAL if _is_withdrawal(statement) else batch.priority,
    )


def accept_delivery(
    engine: Engine,
    blobs: BlobStore,
    queue: DeliveryQueue,
    provider: str,
    announced: Announced,
    now: datetime,
    *,
    source: str = "",
) -> Receipt:
    """Accept one delivery and return its receipt; its workflow is queued when this returns.

    First every byte is durable in the blob store, then one transaction writes the delivery, its files, "accepted" in
    its timeline, where it came from, and its place in the queue. Whoever does not know how that ended tries again: the
    same message with the same files is one delivery. Whether the message is any good is not looked at here.
    Raises: Refused for an unknown provider or a folder that changes meanwhile; Transient for a full store,
    and for a provider that has too many waiting.
    """
    folder, batch = announced.folder, announced.batch
    _require_provider(engine, provider)
    files = tuple(_store_file(folder, file, blobs) for file in folder.files)
    draft = Delivery(
        id="",
        provider=provider,
        batch=batch.name,
        message=announced.message,
        files=files,
        received_at=format_instant(now),
        receipt=0,
    )
    delivery = msgspec.structs.replace(draft, id=_delivery_id(draft, announced.message_id))
    arrival = _describe_arrival(announced, source)
    with writing(engine) as connection:
        first = find_duplicate(connection, delivery, announced.message_id)
        first = first or _add(connection, delivery, announced.message_id, announced.created)
        is_new_place = add_arrival(connection, first or delivery.id, arrival, now)
        if first is not None:
            if is_new_place:
                queue_repeated(connection, first, arrival, now)
            return Receipt(delivery_id=first, name=folder.name, is_duplicate=True)
        turn, place = take_place(connection, provider, announced.priority)
        queue.enqueue(connection, Task(delivery_id=delivery.id, turn=turn), place)
    return Receipt(delivery_id=delivery.id, name=folder.name)


def _add(connection: Connection, delivery: Delivery, message_id: str, created: str) -> str | None:
    """Add the delivery; return the id of the one that came first where another process was faster."""
    numbered = msgspec.structs.replace(delivery, receipt=next_receipt(connection))
    if not add_delivery(connection, numbered, message_id, created):
        return find_duplicate(connection, delivery, message_id)
    append_timeline(connection, delivery.id, TimelineEntry(stage=Stage.ACCEPTED, at=delivery.received_at))
    return None


def _require_provider(engine: Engine, provider: str) -> None:
    with reading(engine) as connection:
        if find_provider(connection, provider) is None:
            raise Refused("UnknownProvider", f"there is no provider {provider!r}; add it with its DPIDs first")


def _store_file(folder: ReleaseFolder, file: SeenFile, blobs: BlobStore) -> DeliveredFile:
    """Put a file's bytes into the store; refused if it is not the file that was seen, or becomes another meanwhile."""
    with open_seen(folder, file) as path:
        return DeliveredFile(path=file.path, blob=blobs.put_file(path), size_bytes=file.size_bytes)


def _is_withdrawal(statement: Statement) -> bool:
    return statement.kind is MessageKind.PURGE or is_takedown(statement)


def _describe_arrival(announced: Announced, source: str) -> Arrival:
    """Return where a delivery came from, in what batch, and in which words its sender is answered."""
    folder, batch = announced.folder, announced.batch
    choreography = batch.choreography
    known = Generation.of_choreography(choreography) if choreography else Generation.of_message(announced.version)
    name = f"{folder.name}.xml" if folder.is_bare else folder.name
    facts = batch.facts and msgspec.structs.replace(batch.facts, is_first=folder is batch.folders[0])
    return Arrival(
        source=source,
        place=name if batch.name in ("", folder.name) else f"{batch.name}/{name}",
        generation=known.value,
        is_test=batch.is_test,
        facts=msgspec.json.encode(facts).decode() if facts else "",
    )


def _delivery_id(delivery: Delivery, message_id: str) -> str:
    """Return an id that follows from the key of the message alone, so that a repeated acceptance means the same one."""
    key = "\0".join((delivery.provider, message_id, hash_content(delivery)))
    return hashlib.sha256(key.encode()).hexdigest()[:24]
