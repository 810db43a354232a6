"""Every queued answer is put where its sender looks, at least once; its name makes a second time harmless."""

from datetime import datetime

from sqlalchemy import Connection, Engine

from antiphon.formats.ern import Generation
from antiphon.intake.acknowledging import render_acknowledgement
from antiphon.intake.shelves import Shelf
from antiphon.model.errors import Broken, Refused, Transient
from antiphon.record.acknowledgements import QueuedAnswer, list_unsent, mark_tried
from antiphon.record.engine import reading, writing
from antiphon.telemetry import definitions, log_event

ANSWERS_AT_ONCE = 100
"""Answers written before they are marked as sent, in one transaction: so many are written again after a crash."""


def send_answers(engine: Engine, shelf: Shelf, now: datetime) -> int:
    """Put the answers a shelf is owed where their sender finds them, and return how many were put.

    An answer is put first and marked then, so a process that dies between puts it again, the same under the same name.
    One that cannot be put is marked as tried, told of, and tried again behind the others.
    """
    with reading(engine) as connection:
        owed = list_unsent(connection, shelf.location, ANSWERS_AT_ONCE)
        bodies = [(answer, _render(connection, answer)) for answer in owed]
    sent: list[QueuedAnswer] = []
    failed: list[QueuedAnswer] = []
    for answer, body in bodies:
        try:
            shelf.put_answer(answer.name, body)
        except (Transient, Refused) as error:
            # What keeps one from its place most likely keeps all: the next round begins with the others.
            log_event(definitions.ANSWER_FAILED, inbox=shelf.location, answer=answer.name, error=str(error))
            failed.append(answer)
            break
        sent.append(answer)
    if owed:
        with writing(engine) as connection:
            mark_tried(connection, sent, now)
            mark_tried(connection, failed, None)
    return len(sent)


def _render(connection: Connection, answer: QueuedAnswer) -> bytes:
    if answer.body is not None:
        return answer.body
    if answer.delivery_id is None:
        raise Broken(f"answer {answer.name} tells of nothing")
    return render_acknowledgement(
        connection,
        answer.delivery_id,
        generation=Generation(answer.generation),
        position=answer.position,
        finding_count=answer.finding_count,
    )
