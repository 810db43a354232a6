"""One run of the demo: compose what has not been delivered yet, deliver it, and follow it until it is live."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec
from sqlalchemy import Engine

from antiphon.access import AccessRole, make_client, make_signing_key
from antiphon.blobs import BlobStore
from antiphon.demo.packing import batch_name, pack_release
from antiphon.demo.plan import Provider as Label
from antiphon.demo.plan import Recording, Release, Repertoire
from antiphon.intake.acceptance import accept_path
from antiphon.intake.queue import DeliveryQueue
from antiphon.model.delivery import Stage
from antiphon.record import reading, writing
from antiphon.record.clients import add_client
from antiphon.record.providers import Provider, add_provider
from antiphon.record.timeline import load_stages

FOLLOW_EVERY_S = 0.1
"""How often the demo looks how far its deliveries are."""

STATE_FILE = "demo.json"


class DemoState(msgspec.Struct, frozen=True, kw_only=True):
    """What a demo remembers between starts, readable by its owner alone: it holds secrets.

    ``first_day`` and ``created_at`` (ISO 8601) fix the messages, so that a start after a broken one writes the same
    bytes and delivers nothing twice. ``deliveries`` are the ids by batch name.
    """

    first_day: str
    created_at: str
    signing_key: str
    operator: str
    operator_secret: str
    app: str
    app_secret: str
    deliveries: dict[str, str] = {}


class Progress(Protocol):
    """What is told how far the demo is."""

    def composed(self, release: Release, recording: Recording) -> None:
        """A recording of a release is on disk."""

    def staged(self, release: Release, stage: Stage) -> None:
        """The delivery of a release has come to a stage."""


class DemoSession:
    """The demo on an installation. ``deliveries_root`` keeps the batches; None: they go once they are accepted.

    ``start_composers`` gives the processes that compose; it is called only where there is something to compose.
    """

    def __init__(
        self,
        engine: Engine,
        blobs: BlobStore,
        queue: DeliveryQueue,
        *,
        data: Path,
        state: DemoState,
        repertoire: Repertoire,
        deliveries_root: Path | None,
        start_composers: Callable[[], Executor],
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._queue = queue
        self._data = data
        self._state = state
        self._repertoire = repertoire
        self._keep = deliveries_root is not None
        self._root = deliveries_root or data / "outbox"
        self._start_composers = start_composers
        self._clock = clock

    def deliver_all(self, progress: Progress, stop: Event) -> bool:
        """Compose and deliver every release that is not delivered yet, then wait until each has come to its end.

        False: told to stop before. What has been accepted goes on by itself.
        """
        missing = [
            r for r in self._repertoire.releases if self._keep or self._batch_of(r) not in self._state.deliveries
        ]
        if missing:
            self._compose_and_deliver(missing, progress, stop)
        return self._follow(progress, stop)

    def _compose_and_deliver(self, releases: Sequence[Release], progress: Progress, stop: Event) -> None:
        executor = self._start_composers()
        try:
            for release in releases:
                if stop.is_set():
                    return
                self._deliver(release, executor, progress)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, release: Release, executor: Executor, progress: Progress) -> None:
        batch = pack_release(
            release,
            self._root,
            demo_day=date.fromisoformat(self._state.first_day),
            created=datetime.fromisoformat(self._state.created_at),
            executor=executor,
            on_track=lambda recording: progress.composed(release, recording),
        )
        outcome = accept_path(self._engine, self._blobs, self._queue, release.provider.key, batch, self._clock())
        deliveries = {**self._state.deliveries, batch.name: outcome.receipts[0].delivery_id}
        self._state = msgspec.structs.replace(self._state, deliveries=deliveries)
        save_state(self._data, self._state)
        if not self._keep:
            shutil.rmtree(batch)

    def _follow(self, progress: Progress, stop: Event) -> bool:
        """Report stages until every delivery has come to its end; False: told to stop before."""
        while not stop.is_set():
            releases = {self._state.deliveries[self._batch_of(r)]: r for r in self._repertoire.releases}
            with reading(self._engine) as conn:
                stages = load_stages(conn, releases)
            for delivery_id, release in releases.items():
                progress.staged(release, stages[delivery_id])
            if all(stages[delivery_id].is_final for delivery_id in releases):
                return True
            stop.wait(FOLLOW_EVERY_S)
        return False

    def _batch_of(self, release: Release) -> str:
        return batch_name(release, datetime.fromisoformat(self._state.created_at))


def open_state(data: Path, engine: Engine, repertoire: Repertoire, now: datetime) -> DemoState:
    """Return what the demo remembers; on its first start make its keys, its clients and its labels."""
    path = data / STATE_FILE
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=DemoState)
    operator, operator_secret = make_client("Demo operator", roles=(AccessRole.OPERATOR,))
    app, app_secret = make_client("Demo app")
    with writing(engine) as conn:
        for label in {release.provider.key: release.provider for release in repertoire.releases}.values():
            add_provider(conn, read_label(label), now)
        for client in (operator, app):
            add_client(conn, client, now)
    state = DemoState(
        first_day=now.date().isoformat(),
        created_at=now.replace(microsecond=0).isoformat(),
        signing_key=make_signing_key(),
        operator=operator.client_id,
        operator_secret=operator_secret,
        app=app.client_id,
        app_secret=app_secret,
    )
    save_state(data, state)
    return state


def save_state(data: Path, state: DemoState) -> None:
    """Write what the demo remembers, in one step, readable by its owner alone."""
    path = data / STATE_FILE
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(msgspec.to_builtins(state), indent=2) + "\n")
    os.replace(draft, path)


def read_label(label: Label) -> Provider:
    """Return a label of the plan as the provider it is to the platform."""
    return Provider(id=label.key, name=label.name, dpids=(label.dpid,))
