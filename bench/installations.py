"""A whole installation, run by the command that ships, for benchmarks that deliver to it and listen to it."""

import contextlib
import http.client
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Engine

from antiphon.access import make_signing_key
from antiphon.blobs import BlobStore, open_blobs
from antiphon.intake.acceptance import accept_path
from antiphon.intake.queue import DeliveryQueue, open_queue
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.changes import changes_after
from antiphon.record.providers import Provider, add_provider
from antiphon.record.timeline import load_findings, load_stages
from antiphon.settings import find_places, make_folders
from bench.lookup_http import issue_token
from bench.releases import LABEL
from bench.servers import find_port, run_server

DONE_WITHIN_S = 180.0
STAGE_POLL_S = 0.02
LISTENER_POLL_S = 0.002
"""What asking adds to a time until something is visible, beside the answer's own half millisecond."""

UNHURRIED = {"ANTIPHON_RATE": "1000000"}
"""The one client of a benchmark asks as often as it likes; it is counted all the same."""

T = TypeVar("T")


class Listener:
    """An application that asks an installation, on one connection that stays."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def get(self, path: str) -> Any:
        """Return the JSON of an answer; None: not found, or not ready."""
        self._connection.request("GET", path, headers=self.headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status == 503:  # a node that has not followed anything yet
            return None
        if response.status not in (200, 404):
            sys.exit(f"{path} answers {response.status}: {body[:200]!r}")
        return json.loads(body) if response.status == 200 else None

    def wait_for(self, path: str, is_so: Callable[[Any], bool]) -> None:
        """Return as soon as the answer is what is waited for."""
        wait_until(lambda: (found := self.get(path)) is not None and is_so(found), LISTENER_POLL_S, path)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """A running installation with one provider: its record and its store, its signing key, and one listener."""

    data: Path
    key: str
    engine: Engine
    blobs: BlobStore
    queue: DeliveryQueue
    listener: Listener

    def accept(self, folder: Path) -> str:
        """Accept a delivery; return its id."""
        outcome = accept_path(self.engine, self.blobs, self.queue, LABEL.key, folder, datetime.now(UTC))
        return outcome.receipts[0].delivery_id

    def wait_until_live(self, deliveries: Sequence[str]) -> None:
        """Return when all deliveries are live. Ends the run if one comes to another end."""

        def are_live() -> bool:
            with reading(self.engine) as conn:
                stages = load_stages(conn, deliveries)
            for delivery, stage in stages.items():
                if stage in (Stage.REJECTED, Stage.HELD, Stage.SUPERSEDED):
                    sys.exit(f"a delivery of the benchmark is {stage}: {self._explain(delivery)}")
            return all(stages.get(delivery) is Stage.LIVE for delivery in deliveries)

        wait_until(are_live, STAGE_POLL_S, f"{len(deliveries)} deliveries are live")

    def find_entities(self, delivery: str, kind: EntityKind) -> list[str]:
        """Return the ids of what a delivery changed, in the order of the change log."""
        with reading(self.engine) as conn:
            changes = changes_after(conn, 0, 1_000_000)
        return [c.entity_id for c in changes if c.delivery_id == delivery and c.kind is kind]

    def _explain(self, delivery: str) -> str:
        with reading(self.engine) as conn:
            return "; ".join(f"{f.severity} {f.rule}: {f.got}" for f in load_findings(conn, delivery))


@contextlib.contextmanager
def run_installation(data: Path) -> Iterator[Installation]:
    """Run ``antiphon serve`` on a new folder until the block ends.

    Its processes may still be starting: deliver something and wait for it before anything is timed.
    """
    places = find_places(data, {})
    make_folders(places)
    engine = open_record(places.record_url)
    migrate(engine)
    with writing(engine) as conn:
        add_provider(conn, Provider(id=LABEL.key, name=LABEL.name, dpids=(LABEL.dpid,)), datetime.now(UTC))
    key, port = make_signing_key(), find_port()
    environment = {"ANTIPHON_SIGNING_KEY": key, "ANTIPHON_RECORD_URL": "", "ANTIPHON_BLOBS_URL": "", **UNHURRIED}
    command = [sys.executable, "-m", "antiphon", "serve", "--data", str(data), "--port", str(port)]
    with run_server(command, port, environment=environment):
        listener = Listener(port, issue_token(key))
        queue = open_queue(engine)
        try:
            blobs = open_blobs(places.blobs_url)
            yield Installation(data=data, key=key, engine=engine, blobs=blobs, queue=queue, listener=listener)
        finally:
            queue.close()
            listener.close()
            engine.dispose()


@contextlib.contextmanager
def run_node(installation: Installation, data: Path) -> Iterator[Listener]:
    """Run ``antiphon node`` on an installation's store until the block ends; give somebody who listens to it."""
    port, store = find_port(), find_places(installation.data, {}).blobs_url
    environment = {"ANTIPHON_SIGNING_KEY": installation.key, "ANTIPHON_BLOBS_URL": store, **UNHURRIED}
    command = [sys.executable, "-m", "antiphon", "node", "--data", str(data), "--port", str(port)]
    with run_server(command, port, environment=environment):
        listener = Listener(port, issue_token(installation.key))
        try:
            yield listener
        finally:
            listener.close()


def wait_until(is_so: Callable[[], bool], poll_s: float, what: str) -> None:
    """Return as soon as something is so; end the run if it takes too long."""
    deadline_s = time.monotonic() + DONE_WITHIN_S
    while not is_so():
        if time.monotonic() > deadline_s:
            sys.exit(f"not within {DONE_WITHIN_S:.0f} s: {what}")
        time.sleep(poll_s)
