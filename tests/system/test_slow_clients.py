"""F15: clients that send and read by drops cost the others nothing: a real node, and hundreds of them."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from tests.system.node_load import CLIENTS, NodeProcess, Tally, keep_up, load, read_slowly, run_node, send_slowly

pytestmark = [pytest.mark.process, pytest.mark.timeout(900)]

SLOW_S = float(os.environ.get("ANTIPHON_FAULT_S", "60"))
"""seconds; how long the slow ones go on."""

HEADS, BODIES, READERS = 500, 200, 200
MANY_CONNECTIONS = 1_500
"""More than a server's backlog: what it would accept by itself."""

HALF_A_HEAD = b"GET /v1/markets HTTP/1.1\r\nHost: node\r\n"
FORM_START = (
    b"POST /api/token HTTP/1.1\r\nHost: node\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 4000\r\n\r\ngrant_type="
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    with run_node(tmp_path_factory.mktemp("node")) as process:
        yield process


async def load_beside_slow_ones(node: NodeProcess, seconds: float) -> Tally:
    """Return what a load came to while the slow ones were there."""
    async with AsyncExitStack() as slow:
        await slow.enter_async_context(keep_up(HEADS, lambda: send_slowly(node.port, HALF_A_HEAD, b"X-A: b\r\n")))
        await slow.enter_async_context(keep_up(BODIES, lambda: send_slowly(node.port, FORM_START, b"a")))
        await slow.enter_async_context(
            keep_up(READERS, lambda: read_slowly(node.port, node.stream_path(datetime.now(UTC))))
        )
        await asyncio.sleep(3)
        return await load(node.port, seconds, CLIENTS)


@pytest.mark.fault
def test_the_others_wait_twice_as_long_at_most(node: NodeProcess) -> None:
    alone = asyncio.run(load(node.port, 10, CLIENTS))
    beside = asyncio.run(load_beside_slow_ones(node, SLOW_S))
    print(f"p99 alone {alone.p99_ms():.2f} ms, beside slow clients {beside.p99_ms():.2f} ms")
    print(f"{len(alone.elapsed_s) / 10:.0f} and {len(beside.elapsed_s) / SLOW_S:.0f} answers a second")
    assert (alone.errors, beside.errors) == ([], [])
    assert (alone.reopened, beside.reopened) == (0, 0)
    assert beside.p99_ms() <= 2 * alone.p99_ms()


def test_more_idle_connections_than_a_backlog_keep_nobody_out(node: NodeProcess) -> None:
    async def crowd() -> Tally:
        idle = [await asyncio.open_connection("127.0.0.1", node.port) for _ in range(MANY_CONNECTIONS)]
        for _, writer in idle:
            writer.write(HALF_A_HEAD)
        tally = await load(node.port, 1, CLIENTS)
        for _, writer in idle:
            writer.close()
        return tally

    tally = asyncio.run(crowd())
    assert tally.errors == []
    assert len(tally.elapsed_s) > CLIENTS


def test_a_form_that_comes_by_drops_is_ended(node: NodeProcess) -> None:
    async def send() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", node.port)
        writer.write(FORM_START)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 30)
        writer.close()
        return answer

    assert b" 408 " in asyncio.run(send())
