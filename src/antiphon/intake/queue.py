"""The durable queue of deliveries: DBOS's tables in the record's own database, so that accepting is one transaction.

DBOS is imported when a queue is opened: it takes longer to load than everything else a command that only asks needs.
"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, column, literal_column, select, table

from antiphon.intake.bell import ring_bell
from antiphon.intake.work import Task
from antiphon.record.engine import is_postgresql, reading, telling_transients

if TYPE_CHECKING:
    from dbos import DBOSClient

APPLICATION_NAME = "antiphon"

APPLICATION_VERSION = "deliveries-1"
"""What DBOS files workflows under. Fixed, and not the build's: DBOS gives what a dead worker left only to workers of
the same version, so a newer build could otherwise never finish what an older one left. Raise it only together with a
migration of unfinished deliveries."""

QUEUE_NAME = "deliveries"
WORKFLOW_NAME = "deliver"

DELIVERIES_AT_ONCE = 4
"""Deliveries one worker has in hand: while some render on both cores, others that bring no media pass them."""

POLLING_INTERVAL_S = 1.0
"""How often an idle worker looks for deliveries if nothing tells it to: see ``bell``, which does."""

FIRST = 1
"""The priority that nothing goes before; what somebody waits for, such as a hold that was cleared."""

FORGOTTEN_AT_ONCE = 500
"""Finished workflows removed in one transaction: some 10 ms, for which every other writer waits."""


class DeliveryQueue:
    """The way into the workflow. Open one per process with ``open_queue`` and close it."""

    def __init__(self, client: "DBOSClient", engine: Engine) -> None:
        self._client = client
        self._engine = engine
        self._failed = _select_failed("dbos" if is_postgresql(engine) else None)

    def enqueue(self, connection: Connection, task: Task, priority: int = FIRST) -> None:
        """Put a run of a delivery into the queue as part of the caller's transaction; nothing runs before that commits.

        Those of the least ``priority`` go first, however many wait; among equals, the first. Putting the same run twice
        is once.
        """
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": WORKFLOW_NAME,
                "queue_name": QUEUE_NAME,
                "workflow_id": _workflow_id_of(task),
                "app_version": APPLICATION_VERSION,
                "priority": priority,
            },
            task.delivery_id,
            task.run,
            task.clearance,
            task.turn,
        )
        ring_bell(connection)

    def list_failed(self) -> list[tuple[str, Task]]:
        """Return (workflow id, its task) of the workflows that ended without a word in their delivery's timeline.

        They failed even to hold their delivery, or took a worker down with them each time they were tried.
        """
        with reading(self._engine) as connection:
            failed = connection.execute(self._failed).scalars().all()
        return [(workflow_id, _task_of(workflow_id)) for workflow_id in failed]

    def forget(self, workflow_id: str) -> None:
        """Remove a failed workflow whose delivery now says itself what became of it."""
        self._client.delete_workflow(workflow_id)

    def forget_finished(self, before: datetime) -> int:
        """Remove the workflows that came to their end before a time and return how many; timelines keep what they did.

        A run that is put into the queue again after that finds its marks in the timeline, and does nothing.
        """
        count = 0
        while finished := self._client.list_workflows(
            name=WORKFLOW_NAME,
            status="SUCCESS",
            completed_before=before.isoformat(),
            limit=FORGOTTEN_AT_ONCE,
            load_output=False,
            load_input=False,
        ):
            self._client.delete_workflows([status.workflow_id for status in finished])
            count += len(finished)
        return count

    def close(self) -> None:
        """Let go of what the queue holds. The engine stays open."""
        self._client.destroy()


def open_queue(engine: Engine) -> DeliveryQueue:
    """Return the queue in the record's database, its tables made or brought up to date and its settings written.

    Raises: Transient where the database cannot be written to now.
    """
    from dbos import DBOS, DBOSClient

    quieten_dbos()
    with telling_transients(engine):
        DBOS.migrate(engine.url.render_as_string(hide_password=False))
        client = DBOSClient(system_database_engine=engine, application_name=APPLICATION_NAME)
        client.register_queue(
            QUEUE_NAME, worker_concurrency=DELIVERIES_AT_ONCE, polling_interval_sec=POLLING_INTERVAL_S
        )
    return DeliveryQueue(client, engine)


def quieten_dbos() -> None:
    """Leave DBOS's log lines to the process's own logging, from warnings up; it would write to the console itself."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)


def _select_failed(schema: str | None) -> Select[Any]:
    """Return the query of failed workflows, in the words of the engine's index of them.

    What the engine's own list asks reads every workflow there is, once a second. An index of some rows is used only
    where the query says literally which: so cancelled ones, of which there are none, are named and left out again.
    """
    workflows = table("workflow_status", *map(column, ("workflow_uuid", "status", "name", "created_at")), schema=schema)
    statuses: list[ColumnElement[str]] = [
        literal_column(f"'{status}'") for status in ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
    ]
    return (
        select(workflows.c.workflow_uuid)
        .where(workflows.c.status.in_(statuses), workflows.c.status != "CANCELLED", workflows.c.name == WORKFLOW_NAME)
        .order_by(workflows.c.created_at)
    )


def _workflow_id_of(task: Task) -> str:
    """Return the id of a task's workflow: the delivery's own, for later runs with their number."""
    return task.delivery_id if task.run == 1 else f"{task.delivery_id}/{task.run}"


def _task_of(workflow_id: str) -> Task:
    delivery_id, _, run = workflow_id.partition("/")
    return Task(delivery_id=delivery_id, run=int(run or 1))
