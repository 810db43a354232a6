"""Answers that wait, behind both shells, in a real server: they come, they end with the client and with the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower
from tests.replica.publishing import Publisher, a_track
from tests.surfaces.reads.catalogue_fixture import a_token
from tests.surfaces.reads.server_process import run_server

pytestmark = pytest.mark.process
EVENTS = {"accept": "text/event-stream"}
PATIENCE_S = 20


class Channel:
    """A server on a node that this process follows the log for, and a client of it."""

    def __init__(self, root: Path, base_url: str, log: Path) -> None:
        blobs = FolderBlobs(root / "blobs")
        self.publisher = Publisher(blobs)
        self.follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
        self.log = log
        headers = {"authorization": f"Bearer {a_token(now=datetime.now(UTC))}"}
        self.client = httpx.Client(base_url=base_url, headers=headers, trust_env=False, timeout=PATIENCE_S)

    def announce(self, name: str) -> None:
        """Let the node serve another version."""
        self.publisher.announce([a_track(name, "a title")])
        self.follower.poll(datetime.now(UTC))


@pytest.fixture(params=[("rsgi", "make_server"), ("asgi", "make_app")], ids=["rsgi", "asgi"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Channel]:
    interface, factory = request.param
    log = tmp_path / "log"
    with ExitStack() as stack:
        with run_server(interface, factory, tmp_path, log) as base_url:
            channel = Channel(tmp_path, base_url, log)
            channel.announce("t1")
            yield channel
            left_open = stack.enter_context(channel.client.stream("GET", "/v1/changes?cursor=0", headers=EVENTS))
            pieces = left_open.iter_text()
            first = next(pieces)
        # The server has stopped, and let the stream end first: reading on a connection that was cut off would raise.
        assert "".join([first, *pieces]).startswith("retry: 2000\n\nid: 1.0\nevent: change\n")
    channel.client.close()
    channel.follower.close()
    assert "FAULT" not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_waiting_answer_and_a_stream_come_with_the_next_version(channel: Channel) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(channel.client.get, "/v1/changes", params={"cursor": "1", "wait": "15"})
        with channel.client.stream("GET", "/v1/changes", headers={**EVENTS, "last-event-id": "1"}) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            channel.announce("t2")
            assert [change["id"] for change in waiting.result(PATIENCE_S).json()["changes"]] == ["t2"]
            assert [line for line in (next(lines), next(lines)) if line] == ["id: 2.0"]
            assert next(lines) == "event: change"
        assert stream.headers["content-type"] == "text/event-stream"
