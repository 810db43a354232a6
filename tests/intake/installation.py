"""An installation on disk, as small as it gets: record, blobs, queue, one provider, and a worker to start.

Light to import: the processes of the fault tests do, again and again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from antiphon.blobs import FolderBlobs
from antiphon.intake.acceptance import Receipt, accept_path
from antiphon.intake.queue import DeliveryQueue, open_queue
from antiphon.intake.work import Clock
from antiphon.intake.worker import WorkerSettings, run_worker
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.findings import Finding
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.providers import Provider, add_provider
from antiphon.record.tables import timeline
from antiphon.record.timeline import load_findings, load_timeline
from antiphon.telemetry import Metrics
from tests.system.installation import wait_until

DPID = "PADPIDA2014120301L"
PROVIDER = "lantern"

DEADLINE_S = 120
"""How long a test waits for what takes a second or two when nobody else uses the machine."""

ENDS = frozenset({Stage.COMMITTED, Stage.HELD, Stage.REJECTED, Stage.SUPERSEDED, Stage.LIVE})


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Installation:
    """The parts, and the few things every test asks of them."""

    root: Path
    engine: Engine
    blobs: FolderBlobs
    queue: DeliveryQueue

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    def accept(self, path: Path, provider: str = PROVIDER) -> tuple[Receipt, ...]:
        return accept_path(self.engine, self.blobs, self.queue, provider, path, now()).receipts

    def timeline(self, delivery_id: str) -> tuple[TimelineEntry, ...]:
        with reading(self.engine) as connection:
            return load_timeline(connection, delivery_id)

    def stages(self, delivery_id: str) -> list[Stage]:
        return [entry.stage for entry in self.timeline(delivery_id)]

    def findings(self, delivery_id: str) -> tuple[Finding, ...]:
        with reading(self.engine) as connection:
            return load_findings(connection, delivery_id)

    def wait_for_end(self, *delivery_ids: str, ends: int = 1, within_s: float = DEADLINE_S) -> list[Stage]:
        """Wait until each delivery has come to an end (its ``ends``-th), and return where each stands."""

        def are_ended() -> bool:
            return all(sum(stage in ENDS for stage in self.stages(each)) >= ends for each in delivery_ids)

        wait_until(are_ended, within_s=within_s, what="each delivery has come to an end")
        return [self.stages(delivery_id)[-1] for delivery_id in delivery_ids]

    def count_marks(self) -> int:
        """Return how many entries all timelines have together."""
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.count()).select_from(timeline)).scalar_one())

    @contextmanager
    def worker(self, clock: Clock = now) -> Iterator[None]:
        """Run a worker in a thread of this process while the block runs; its failure is the test's."""
        stop = threading.Event()
        failures: list[BaseException] = []

        def run() -> None:
            try:
                settings = WorkerSettings(scratch=self.root / "scratch")
                run_worker(settings, self.engine, self.blobs, clock, stop, Metrics())
            except BaseException as failure:  # noqa: BLE001 - a thread's failure must become the test's
                failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(DEADLINE_S)
        assert not thread.is_alive()
        assert failures == []

    def deliver(self, path: Path) -> list[str]:
        """Accept a path, work until its deliveries have come to an end, and return their ids."""
        ids = [receipt.delivery_id for receipt in self.accept(path)]
        with self.worker():
            self.wait_for_end(*ids)
        return ids


@contextmanager
def installed(root: Path, url: str = "") -> Iterator[Installation]:
    """Give an installation in a folder, with its record there too unless it is said where."""
    engine = open_record(url or f"sqlite:///{root / 'record.sqlite'}")
    migrate(engine)
    queue = open_queue(engine)
    with writing(engine) as connection:
        add_provider(connection, Provider(id=PROVIDER, name="Paper Lantern", dpids=(DPID,)), now())
    yield Installation(root=root, engine=engine, blobs=FolderBlobs(root / "blobs"), queue=queue)
    queue.close()
    engine.dispose()
