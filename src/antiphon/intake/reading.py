"""The first stage: the message becomes a statement, complete and never changed again."""

from sqlalchemy import Connection

from antiphon.formats.ern import read_message
from antiphon.identity import release_key
from antiphon.intake.work import Parts, Task, settle
from antiphon.model.delivery import Stage
from antiphon.record.deliveries import load_delivery
from antiphon.record.engine import reading
from antiphon.record.statements import store_statement


def read_delivery(parts: Parts, task: Task) -> Stage:
    """Read the delivery's message, store its statement and return the stage reached.

    Raises: Rejected (the sender's fault) for a message that cannot be read, or does not say which release it is about.
    """
    started_at = parts.clock()
    with reading(parts.engine) as connection:
        delivery = load_delivery(connection, task.delivery_id)
    statement = read_message(parts.blobs.get(delivery.message.blob), file=delivery.message.path)
    key = release_key(statement)

    def store(connection: Connection) -> Stage:
        store_statement(connection, delivery.id, delivery.provider, key, statement)
        return Stage.READ

    return settle(parts, task, Stage.READ, started_at, store)
