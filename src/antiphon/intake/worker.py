"""The worker: a process's loop around the workflow engine. One per process, since DBOS is one per process."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic

import msgspec
from dbos import DBOS
from dbos._queue import queue_worker_thread
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.catalogue.quality_dimensions import POINT_BP
from antiphon.intake.bell import Bell
from antiphon.intake.decision_holds import release_unheld
from antiphon.intake.parking import PARKED_IN_A_ROW_MAX, Parking
from antiphon.intake.queue import (
    APPLICATION_NAME,
    APPLICATION_VERSION,
    QUEUE_NAME,
    WORKFLOW_NAME,
    DeliveryQueue,
    open_queue,
    quieten_dbos,
)
from antiphon.intake.rendering import prepare_scratch
from antiphon.intake.work import Clock, Parts, Task
from antiphon.intake.workflow import deliver, hold_failed
from antiphon.media import close_nursery
from antiphon.model.errors import Broken, Transient
from antiphon.record.applying import finish_abandoned
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.quality import DAY_LENGTH
from antiphon.record.quality_days import close_days, list_days, sum_days
from antiphon.telemetry import Metrics, definitions

EXECUTOR_ID = "intake-worker"
"""The name DBOS knows this installation's worker by. Fixed, so that a worker takes up at its start what the one before
left; should that one still live, it loses its claim, and the timeline keeps either from doing a thing twice."""

FILES_AT_ONCE = 2
"""Files one worker renders at a time. Each is a child process that fills one core."""

RECOVERIES_MAX = 25
"""Times a delivery is taken up again after its worker died. A delivery that kills workers is held after that; a bad
night of restarts does not reach it."""

SWEEP_INTERVAL_S = 1.0
"""How often failed workflows are looked for, deliveries whose hold is over, and decisions that were half applied. All
are rare, and have waited for a person anyway."""

FINISHED_KEPT = timedelta(days=7)
"""How long the workflow engine remembers a finished workflow: for a look into a fault that was noticed late. What came
of a delivery is in its timeline, for good."""

TIDY_INTERVAL = timedelta(hours=1)
"""How often finished workflows are looked for that are to be forgotten, and days of quality that are over; the first
time when the worker starts."""

BUSY_FOR_S = 0.5
"""How long a worker counts as busy after its last delivery: DBOS books the end of one a little later than we do."""

NOTICE_INTERVAL_S = 0.2
"""How often DBOS looks for notifications between workflows, of which we send none: what stopping may wait."""

SHUTDOWN_WAIT_S = 10
"""How long a stopping worker waits for what it is rendering; the supervisor gives it more."""

_log = logging.getLogger(__name__)


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told. ``scratch`` is a folder for files being rendered, on a disk with room for some of them."""

    scratch: Path
    files_at_once: int = FILES_AT_ONCE
    recoveries_max: int = RECOVERIES_MAX
    parked_in_a_row_max: int = PARKED_IN_A_ROW_MAX


def run_worker(
    settings: WorkerSettings, engine: Engine, blobs: BlobStore, clock: Clock, stop: Event, metrics: Metrics
) -> None:
    """Work on deliveries until ``stop`` is set; what a dead worker left comes first.

    Stopping waits for the files being rendered, and leaves every unfinished delivery where the next worker goes on.
    Raises: Broken where a run of deliveries failed by our fault, or one that failed could not be held: that is a stop,
    never a drop, and ``stop`` is set.
    """
    prepare_scratch(settings.scratch)
    queue = open_queue(engine)
    with ThreadPoolExecutor(settings.files_at_once, thread_name_prefix="render") as renderers:
        parts = Parts(
            engine=engine,
            blobs=blobs,
            scratch=settings.scratch,
            clock=clock,
            renderers=renderers,
            stop=stop,
            metrics=metrics,
            parking=Parking(stop, settings.parked_in_a_row_max),
        )
        try:
            with _working(parts, settings):
                tidy_at = clock()
                while not stop.wait(SWEEP_INTERVAL_S):
                    hold_all_failed(parts, queue)
                    release_unheld(engine, queue, clock())
                    finish_abandoned(engine, clock())
                    if (now := clock()) >= tidy_at:
                        queue.forget_finished(now - FINISHED_KEPT)
                        with suppress(Transient):  # the next hour writes the same days
                            keep_quality(engine, metrics, now)
                        tidy_at = now + TIDY_INTERVAL
        finally:
            stop.set()
            queue.close()
    close_nursery()
    parts.parking.raise_reason()


def hold_all_failed(parts: Parts, queue: DeliveryQueue) -> int:
    """Hold the delivery of each workflow that ended without saying what became of it; return how many there were."""
    failed = queue.list_failed()
    for workflow_id, task in failed:
        _log.error("delivery %s is held: its workflow %s failed", task.delivery_id, workflow_id)
        hold_failed(parts, task, "the workflow of the delivery failed")
        queue.forget(workflow_id)
    return len(failed)


def keep_quality(engine: Engine, metrics: Metrics, now: datetime) -> None:
    """Write the days of quality that are over, and tell what the catalogue comes to now."""
    with writing(engine) as connection:
        close_days(connection, now)
    with reading(engine) as connection:
        today = sum_days(list_days(connection, now, since=format_instant(now)[:DAY_LENGTH]))
    if today and today[-1].total.score_bp is not None:
        metrics.set(definitions.CATALOGUE_QUALITY, today[-1].total.score_bp / POINT_BP)


@contextmanager
def _working(parts: Parts, settings: WorkerSettings) -> Iterator[None]:
    """Have DBOS run the workflow on threads of its own until the block ends."""
    in_hand = _InHand()
    bell = Bell(parts.engine, in_hand.is_busy)

    def run_delivery(delivery_id: str, run: int, clearance: str, turn: int = 0) -> str:
        bell.wake()
        with in_hand.counted():
            return deliver(parts, Task(delivery_id=delivery_id, run=run, clearance=clearance, turn=turn)).value

    quieten_dbos()
    dbos = DBOS(
        config={
            "name": APPLICATION_NAME,
            "system_database_url": parts.engine.url.render_as_string(hide_password=False),
            "application_version": APPLICATION_VERSION,
            "executor_id": EXECUTOR_ID,
            "enable_otlp": False,
            # It tries again what a lost connection cut off, and need not ask each time whether there is one.
            "db_engine_kwargs": {"pool_pre_ping": False},
            "log_level": "WARNING",
            # We send no notifications, but DBOS sleeps this long between two looks for some, also when it is to stop.
            "notification_listener_polling_interval_sec": NOTICE_INTERVAL_S,
            "notification_coalesce_sec": NOTICE_INTERVAL_S,
        }
    )
    DBOS.workflow(name=WORKFLOW_NAME, max_recovery_attempts=settings.recoveries_max)(run_delivery)
    DBOS.listen_queues([])
    DBOS.launch()
    taking = Thread(target=_take_deliveries, args=(bell, dbos), name="deliveries")
    taking.start()
    try:
        yield
    finally:
        parts.stop.set()
        bell.set()
        taking.join()
        if not in_hand.wait_until_none(SHUTDOWN_WAIT_S):
            _log.warning("a delivery is still being worked on after %s s; the next worker takes it up", SHUTDOWN_WAIT_S)
        DBOS.destroy(destroy_registry=True)


def _take_deliveries(bell: Bell, dbos: DBOS) -> None:
    """Run the engine's loop over the queue, as it would itself, but woken by the bell: it has no public way to be."""
    queue = DBOS.retrieve_queue(QUEUE_NAME)
    if queue is None:
        raise Broken(f"the queue {QUEUE_NAME!r} is gone from the record; restore it from a backup")
    with bell.listening():
        queue_worker_thread(bell, dbos, queue)


class _InHand:
    """Counts the deliveries in hand. DBOS counts them too, but looks only once a second when it stops."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = Condition()
        self._changed_at_s = -BUSY_FOR_S

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count one delivery while the block runs."""
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def is_busy(self) -> bool:
        """Tell whether a delivery is in hand, or was a moment ago."""
        with self._changed:
            return self._count > 0 or monotonic() - self._changed_at_s < BUSY_FOR_S

    def wait_until_none(self, timeout_s: float) -> bool:
        """Wait until no delivery is in hand; False: the time was up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, timeout_s)

    def _add(self, number: int) -> None:
        with self._changed:
            self._count += number
            self._changed_at_s = monotonic()
            self._changed.notify_all()
