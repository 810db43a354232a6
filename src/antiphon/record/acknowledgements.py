"""What senders are owed an answer for: an outbox, filled in the transaction of the stage that is to be told.

A delivery that was handed in (``antiphon deliver``, HTTP) is in no source: nothing is queued, its sender asks.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import count

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.record.arrivals import Arrival, find_arrivals
from antiphon.record.choreography_tables import acknowledgements
from antiphon.record.instants import format_instant
from antiphon.record.tables import deliveries, findings

ACKNOWLEDGED_STAGES = frozenset({Stage.COMMITTED, Stage.HELD, Stage.REJECTED, Stage.SUPERSEDED, Stage.LIVE})
"""What a sender is told. Live is told only of what is so at once: it follows a commit that has been told."""

NAME_LENGTH_MAX = 100
"""Characters of a message id in a file name: real ones have some 40, and file systems take 255 bytes."""

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_TIMESTAMP = re.compile(r"(?<!\d)20\d{12}(?:\d{3})?(?!\d)")


class QueuedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that is owed.

    ``name``: of the file it becomes, without a folder. It tells of a delivery, as its timeline stood at ``position``,
    when it had ``finding_count`` findings; or it is ``body``, where no delivery came about.
    """

    source: str
    name: str
    generation: str = ""
    delivery_id: str | None = None
    position: int | None = None
    finding_count: int | None = None
    body: bytes | None = None


def queue_answers(conn: Connection, delivery_id: str, position: int, entry: TimelineEntry) -> int:
    """Queue what the sender of a delivery is to be told of a new entry in its timeline; return how many answers.

    One for each source it lay in; none where the stage is none to be told. Call it in the transaction of the entry.
    """
    if entry.stage not in ACKNOWLEDGED_STAGES:
        return 0
    places = [arrival for arrival in find_arrivals(conn, delivery_id) if arrival.source]
    if not places or (entry.stage is Stage.LIVE and _is_told(conn, delivery_id)):
        return 0
    for arrival in places:
        _queue_answer(conn, delivery_id, arrival, position, entry.at)
    return len(places)


def queue_repeated(conn: Connection, delivery_id: str, arrival: Arrival, now: datetime) -> bool:
    """Queue the newest answer about a delivery again, for a place it came to once more; False: none was given yet."""
    query = (
        select(acknowledgements.c.position)
        .where(acknowledgements.c.delivery_id == delivery_id)
        .order_by(acknowledgements.c.position.desc())
        .limit(1)
    )
    position = conn.execute(query).scalar_one_or_none()
    if position is None or not arrival.source:
        return False
    _queue_answer(conn, delivery_id, arrival, position, format_instant(now))
    return True


def queue_notice(conn: Connection, source: str, name: str, body: bytes, now: datetime) -> bool:
    """Queue bytes for a sender, where there is no delivery to speak of; False: a notice of this name was queued."""
    if _is_used(conn, source, name):
        return False
    _insert(conn, QueuedAnswer(source=source, name=name, body=body), format_instant(now))
    return True


def list_unsent(conn: Connection, source: str, limit: int) -> tuple[QueuedAnswer, ...]:
    """Return answers that a source is still owed, oldest first, those that failed most last."""
    columns = [acknowledgements.c[name] for name in QueuedAnswer.__struct_fields__]
    query = (
        select(*columns)
        .where(acknowledgements.c.source == source, acknowledgements.c.sent_at.is_(None))
        .order_by(acknowledgements.c.tries, acknowledgements.c.queued_at, acknowledgements.c.name)
        .limit(limit)
    )
    return tuple(QueuedAnswer(**row) for row in conn.execute(query).mappings())


def mark_tried(conn: Connection, answers: Iterable[QueuedAnswer], sent_at: datetime | None) -> None:
    """Record that answers lie where their sender finds them, since ``sent_at``; None: that it was tried in vain."""
    moment = format_instant(sent_at) if sent_at is not None else None
    for answer in answers:
        where = (acknowledgements.c.source == answer.source, acknowledgements.c.name == answer.name)
        values = {"sent_at": moment, "tries": acknowledgements.c.tries + 1}
        conn.execute(update(acknowledgements).where(*where).values(values))


def safe_name(text: str) -> str:
    """Return a sender's text as part of a file name: letters, digits, dots and hyphens; empty: none is left."""
    return _UNSAFE.sub("-", text)[:NAME_LENGTH_MAX].strip("-.")


def _queue_answer(conn: Connection, delivery_id: str, arrival: Arrival, position: int, at: str) -> None:
    row = conn.execute(select(deliveries.c.message_id).where(deliveries.c.id == delivery_id)).one()
    found = conn.execute(select(func.count()).where(findings.c.delivery_id == delivery_id)).scalar_one()
    name = _free_name(conn, arrival, safe_name(row.message_id), re.sub(r"\D", "", at)[:17])
    answer = QueuedAnswer(
        source=arrival.source,
        name=name,
        generation=arrival.generation,
        delivery_id=delivery_id,
        position=position,
        finding_count=found,
    )
    _insert(conn, answer, at)


def _free_name(conn: Connection, arrival: Arrival, message_id: str, stamp: str) -> str:
    """Return the name of an answer: ACK_{MessageId}_{timestamp}.xml, before 1.8 ACK_{folder timestamp}_{ReleaseId}.xml.

    Where the message has no id the folder's name stands for it; where a name is used already, a number follows.
    Source: formats 6.
    """
    folder = arrival.place.rpartition("/")[2]
    found = _TIMESTAMP.search(arrival.place)
    if arrival.generation.startswith("1.8") and message_id:
        stem = f"ACK_{message_id}_{stamp}"
    elif arrival.generation.startswith("1.8"):
        stem = f"ACK_{safe_name(folder) or 'message'}_{stamp}"
    else:
        stem = f"ACK_{found[0] if found else stamp}_{safe_name(folder) or message_id or 'message'}"
    names = (f"{stem}_{n}.xml" if n > 1 else f"{stem}.xml" for n in count(1))
    return next(name for name in names if not _is_used(conn, arrival.source, name))


def _is_told(conn: Connection, delivery_id: str) -> bool:
    query = select(func.count()).where(acknowledgements.c.delivery_id == delivery_id)
    return conn.execute(query).scalar_one() > 0


def _is_used(conn: Connection, source: str, name: str) -> bool:
    query = select(func.count()).where(acknowledgements.c.source == source, acknowledgements.c.name == name)
    return conn.execute(query).scalar_one() > 0


def _insert(conn: Connection, answer: QueuedAnswer, at: str) -> None:
    row = msgspec.structs.asdict(answer) | {"queued_at": at, "sent_at": None, "tries": 0}
    conn.execute(insert(acknowledgements).values(row))
