"""The last stage: the statement changes the catalogue, if it is the newest of its release."""

from antiphon.intake.commit import apply_statement
from antiphon.intake.work import Parts, Task, settle
from antiphon.model.delivery import Stage


def commit_delivery(parts: Parts, task: Task) -> Stage:
    """Apply the delivery's statement and return the stage reached: committed, or superseded by a newer statement.

    The entry in the timeline is in the transaction of the change, so a commit of which nobody heard the answer is
    simply done again, and does nothing.
    """
    started_at = parts.clock()
    return settle(
        parts,
        task,
        Stage.COMMITTED,
        started_at,
        lambda connection: apply_statement(connection, task.delivery_id, started_at),
    )
