"""A real node with a catalogue and nothing else, and clients of every pace, for tests of what it bears."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from antiphon.access import issue_stream_token
from antiphon.blobs import FolderBlobs
from tests.surfaces.reads.catalogue_fixture import KEYS, a_token, an_id, publish
from tests.system.installation import ask, find_port, running, wait_until

TRACK = an_id("Harbour Lights 1")
LARGE_BYTES = 32 << 20
"""bytes; more than all the buffers between a server and a client that does not read."""

PATHS = (
    f"/v1/tracks/{TRACK}?market=SE",
    f"/v1/albums/{an_id('Harbour Lights')}?market=NO",
    f"/v1/albums/{an_id('Harbour Lights')}/tracks?limit=20",
    "/v1/search?q=harbour&type=album,track&market=SE",
    "/v1/markets",
)
ANSWER_WITHIN_S = 30.0

CLIENTS = 4
"""Connections of those who are served: enough to keep a node busy beside the test itself on two cores."""


class NodeProcess(msgspec.Struct, frozen=True, kw_only=True):
    """A node that answers on ``port``. ``store`` is where its object store lies; ``large`` is a blob in it."""

    port: int
    pid: int
    store: Path
    large: str

    def stream_path(self, now: datetime) -> str:
        """Return a URL's path that streams the large blob for some minutes."""
        token = issue_stream_token(
            KEYS, blob=self.large, media_type="audio/flac", track_id=TRACK, client_id="c", now=now, ttl_s=300
        )
        return f"/stream/{token}"


class Tally(msgspec.Struct):
    """What a load came to: how long each answer took, and what was no answer with 200.

    ``reopened``: how often a connection that had been used was closed before the next answer on it began. A client then
    asks again on another, which is no failure. Source: RFC 9112 9.3.1.
    """

    elapsed_s: list[float] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)
    reopened: int = 0

    def p99_ms(self) -> float:
        """Return the time that 99 of 100 answers took at most."""
        return sorted(self.elapsed_s)[len(self.elapsed_s) * 99 // 100] * 1000


@contextlib.contextmanager
def run_node(root: Path) -> Iterator[NodeProcess]:
    """Give a node that has followed its store and answers."""
    blobs = FolderBlobs(root / "store")
    publish(blobs)
    large = blobs.put(bytes(LARGE_BYTES))
    port = find_port()
    environment = {"ANTIPHON_SIGNING_KEY": KEYS.current.decode(), "ANTIPHON_BLOBS_URL": str(root / "store")}
    arguments = ("node", "--data", str(root / "node"), "--port", str(port), "--rate", "0")
    with running(*arguments, output=root / "log.txt", environment=environment) as process:
        wait_until(lambda: _answers(port), within_s=60, what="the node answers look-ups")
        yield NodeProcess(port=port, pid=process.pid, store=root / "store", large=large)


def read_headers(authorization: str) -> dict[str, str]:
    """Return the headers of a look-up."""
    return {"authorization": authorization}


def bearer() -> str:
    """Return the Authorization header of a client, good for an hour from now."""
    return f"Bearer {a_token(now=datetime.now(UTC))}"


async def load(port: int, seconds: float, clients: int, paths: tuple[str, ...] = PATHS) -> Tally:
    """Ask for paths in turn, by so many clients at once, for so long."""
    tally, authorization, until_s = Tally(), bearer(), time.monotonic() + seconds
    await asyncio.gather(*(_ask_on(port, paths, authorization, until_s, tally) for _ in range(clients)))
    return tally


async def _ask_on(port: int, paths: tuple[str, ...], authorization: str, until_s: float, tally: Tally) -> None:
    """Ask again and again on one connection, and on another when that ends."""
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: node\r\nAuthorization: {authorization}\r\n\r\n".encode() for path in paths
    ]
    number = 0
    while time.monotonic() < until_s:
        is_used = False
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                while time.monotonic() < until_s:
                    request = requests[number % len(requests)]
                    number += 1
                    started_s = time.perf_counter()
                    writer.write(request)
                    status = await asyncio.wait_for(_read_answer(reader), ANSWER_WITHIN_S)
                    tally.elapsed_s.append(time.perf_counter() - started_s)
                    is_used = True
                    if status != 200:
                        tally.errors.append(f"{status} for {paths[(number - 1) % len(paths)]}")
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            is_closed = isinstance(error, ConnectionError) or getattr(error, "partial", None) == b""
            if is_used and is_closed:
                tally.reopened += 1
            else:
                tally.errors.append(repr(error))


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    await reader.readexactly(int(lengths[0].partition(":")[2]))
    return int(head.split(" ")[1])


@contextlib.asynccontextmanager
async def keep_up(clients: int, act: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Let so many clients do something that ends badly, again and again, until the block ends."""

    async def repeat() -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await act()
            await asyncio.sleep(0.1)

    tasks = [asyncio.create_task(repeat()) for _ in range(clients)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def send_slowly(port: int, start: bytes, drop: bytes, pause_s: float = 1.0) -> None:
    """Send the start of a request and then drops of it, until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(start)
        while not reader.at_eof():
            await asyncio.sleep(pause_s)
            writer.write(drop)
            await writer.drain()


async def read_slowly(port: int, path: str, pause_s: float = 1.0) -> None:
    """Ask for much and read a little of it each second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    with contextlib.closing(writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: node\r\n\r\n".encode())
        while await reader.read(16):
            await asyncio.sleep(pause_s)


def _answers(port: int) -> bool:
    """Tell whether a node answers, and has caught up with its store."""
    try:
        answer = ask(port, PATHS[0], headers=read_headers(bearer()))
        return answer.status == 200 and int(answer.headers["catalogue-age"]) < ANSWER_WITHIN_S
    except OSError:
        return False
