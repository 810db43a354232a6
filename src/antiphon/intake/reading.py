"""The first stage: the message becomes a statement, complete and never changed again."""

from sqlalchemy import Connection

from antiphon.formats.ern import read_message
from antiphon.identity import release_key
from antiphon.intake.message_history import find_ambiguous_purge
from antiphon.intake.work import Case, Mark, Parts, measure_ms
from antiphon.model.delivery import Stage
from antiphon.record.statements import store_statement


def read_delivery(parts: Parts, case: Case) -> Mark:
    """Read the delivery's message and return the mark that stores its statement.

    Raises: Rejected (the sender's fault) for a message that cannot be read, or does not say which release it is about.
    """
    started_at = parts.clock()
    delivery = case.delivery
    statement = read_message(parts.blobs.get(delivery.message.blob), file=delivery.message.path)
    ambiguous = find_ambiguous_purge(statement, delivery.message.path)
    if ambiguous is not None:
        return Mark(
            stage=Stage.READ, reached=Stage.HELD, elapsed_ms=measure_ms(parts, started_at), findings=(ambiguous,)
        )
    key = release_key(statement)
    case.statement = statement

    def store(connection: Connection) -> Stage:
        store_statement(connection, delivery.id, delivery.provider, key, statement)
        return Stage.READ

    return Mark(stage=Stage.READ, reached=Stage.READ, elapsed_ms=measure_ms(parts, started_at), effect=store)
