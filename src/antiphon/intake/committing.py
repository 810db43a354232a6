"""The last stage: the statement changes the catalogue, if it is the newest of its release."""

from sqlalchemy import Connection

from antiphon.intake.commit import place_statement
from antiphon.intake.work import Case, Mark, Parts
from antiphon.model.delivery import Stage


def commit_delivery(parts: Parts, case: Case) -> Mark:
    """Return the mark that applies the delivery's statement: committed, or superseded by a newer statement.

    A statement that changes nothing is live at once: no version will be announced for it. The entry in the timeline is
    in the transaction of the change, so a commit of which nobody heard the answer is simply done again, and does
    nothing.
    """
    started_at = parts.clock()
    delivery, statement = case.delivery, case.statement

    def commit(connection: Connection) -> Stage:
        return place_statement(connection, delivery, statement, started_at, case.list_findings(connection))

    return Mark(stage=Stage.COMMITTED, reached=Stage.COMMITTED, elapsed_ms=0, effect=commit)
