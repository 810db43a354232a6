"""Two publishers of one record and one store, stopped and woken at will, and what must be so when they are done."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.publication.publisher import Publisher
from antiphon.record import open_record, reading
from antiphon.record.changes import head_version
from antiphon.record.publications import announced_head, list_publications_after
from antiphon.record.timeline import load_timeline
from antiphon.replica import Follower
from antiphon.segments import DocumentKind
from antiphon.segments.log import list_versions, load_segment, load_version

WITHIN_S = 120
"""How long a test waits for what takes a second when nobody else uses the machine."""

OVERTAKEN = "PublicationOvertaken"


def now() -> datetime:
    return datetime.now(UTC)


class Racer:
    """A publisher in a thread, with connections of its own; it publishes until it is told that all is committed."""

    def __init__(self, url: str, blobs: BlobStore, folder: Path) -> None:
        self._engine = open_record(url)
        self._publisher = Publisher(self._engine, blobs, folder)
        self._all_is_committed = threading.Event()
        self._failures: list[BaseException] = []
        self.overtaken = 0
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Let it come to the end of what is committed, and end. What failed in it is the test's failure."""
        self._all_is_committed.set()
        self._thread.join(WITHIN_S)
        assert not self._thread.is_alive()
        self._publisher.close()
        self._engine.dispose()
        assert self._failures == []

    def _run(self) -> None:
        try:
            self._publisher.recover(now())
            while True:
                is_last = self._all_is_committed.is_set()
                if not self._publish() and is_last and is_all_announced(self._engine):
                    return
        except BaseException as failure:  # noqa: BLE001 - a thread's failure must become the test's
            self._failures.append(failure)

    def _publish(self) -> bool:
        try:
            return self._publisher.publish(now()) is not None
        except Refused as error:
            if error.code != OVERTAKEN:
                raise
            self.overtaken += 1
            return True


def is_all_announced(engine: Engine) -> bool:
    with reading(engine) as conn:
        head, newest = announced_head(conn), head_version(conn)
    return head is not None and head.record_version == newest


def race(url: str, stores: Sequence[BlobStore], folder: Path, commit_all: Callable[[], object]) -> int:
    """Have a publisher on each store publish what is committed meanwhile; return how often one was overtaken."""
    racers = [Racer(url, blobs, folder / f"ledger{number}") for number, blobs in enumerate(stores)]
    for racer in racers:
        racer.start()
    try:
        commit_all()
    finally:
        for racer in racers:
            racer.finish()
    return sum(racer.overtaken for racer in racers)


def check_log(
    engine: Engine, blobs: BlobStore, folder: Path, deliveries: Sequence[str], track_ids: Sequence[str]
) -> None:
    """Check that the log is one chain without a gap, that each delivery went live once, and that a node has it all."""
    with reading(engine) as conn:
        announced = list_publications_after(conn, 0, 10_000)
        stages = {delivery: [entry.stage for entry in load_timeline(conn, delivery)] for delivery in deliveries}
    numbers = list(range(1, len(announced) + 1))
    assert [one.version for one in announced] == numbers == list(list_versions(blobs))
    parent = ""
    for one in announced:
        stored = load_version(blobs, one.version)
        assert stored is not None
        assert (stored.segment, stored.parent, stored.record_version) == (one.segment, parent, one.record_version)
        load_segment(blobs, stored)
        parent = one.segment
    assert {delivery: found.count(Stage.LIVE) for delivery, found in stages.items()} == dict.fromkeys(deliveries, 1)
    follower = Follower(blobs, folder / "node")
    while follower.poll(now()):
        pass
    with follower.replica.transaction() as view:
        missing = [track for track in track_ids if view.get(DocumentKind.TRACK_MEDIA, track) is None]
        assert (view.version, missing) == (len(announced), [])
    follower.close()
