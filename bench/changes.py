"""Following the catalogue: what a thousand who wait cost while nothing happens and when a version comes, and finding
what a version changed. CPU time of one process, without a network."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from antiphon.access import Caller, Tier
from antiphon.blobs import open_blobs
from antiphon.publication.documents import album_entries
from antiphon.replica import Follower
from antiphon.replica.changes import ChangeFilter, Place, find_changes
from antiphon.surfaces.reads.change_feed import ChangeFeed, Wish
from bench.catalogues import announce, deny, invent_albums
from bench.results import Result

WAITING = 1_000
IDLE_S = 3.0
VERSIONS = 20
FOUND_ALBUMS = 500
ROUNDS = 5

IDLE_BAR_PERCENT = 1.0
"""of a core, for all of them: a node has better things to do."""
TELL_BAR_MS = 100.0
"""of a core, for a version that reaches all of them: ten versions a second leave the core idle half the time, at least
as far as we are concerned."""
FIND_BAR_US = 15.0
"""for each document that changed: a full publication of a million tracks may spend 15 s on it."""


def measure() -> list[Result]:
    """Measure with small versions, of one album each."""
    with tempfile.TemporaryDirectory() as folder:
        idle, told = asyncio.run(_measure_waiting(Path(folder)))
    return [
        Result(
            name="changes: a thousand who wait, while nothing happens",
            against="a core",
            unit="%",
            ours=tuple(idle),
            bar=IDLE_BAR_PERCENT,
            higher_is_better=False,
        ),
        Result(
            name="changes: a version told to a thousand streams",
            against="limit",
            unit="ms CPU",
            ours=tuple(told),
            bar=TELL_BAR_MS,
            higher_is_better=False,
            note="without the sockets",
        ),
        Result(
            name="changes: found, for each document that changed",
            against="limit",
            unit="us CPU",
            ours=_measure_finding(),
            bar=FIND_BAR_US,
            higher_is_better=False,
        ),
    ]


async def _measure_waiting(data: Path) -> tuple[list[float], list[float]]:
    """Return what waiting takes, in percent of a core, and what telling takes, in ms for each version."""
    blobs = open_blobs(str(data / "blobs"))
    deny(blobs, ())
    batches = [list(album_entries(album)) for album in invent_albums(VERSIONS + 1)]
    parent = announce(blobs, batches[0], 1, "")
    follower = Follower(blobs, data / "node", map_size_bytes=256 << 20)
    follower.poll(datetime.now(UTC))
    feed = ChangeFeed(follower.replica, lambda _caller, _view: None)
    caller = Caller(client_id="bench", tier=Tier.PREMIUM, roles=(), provider="", expires_at=1 << 40)
    wish = Wish(wanted=ChangeFilter(), limit=100, base_url="http://node", path_and_query="/v1/changes?")
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(aclosing(feed.stream_events(caller, Place(1), wish, 3_600).pieces()))
            for _ in range(WAITING)
        ]
        waiting = [await _start(stream) for stream in streams]
        idle = [await _measure_idle() for _ in range(3)]
        told = []
        for version, batch in enumerate(batches[1:], 2):
            parent = announce(blobs, batch, version, parent)
            follower.poll(datetime.now(UTC))
            started_s = time.process_time()
            await asyncio.gather(*waiting)
            told.append((time.process_time() - started_s) * 1_000)
            waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
            await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    follower.close()
    return idle, told


async def _start(stream: AsyncGenerator[bytes, None]) -> "asyncio.Future[bytes]":
    """Read the beginning of a stream, and return what will be its first event."""
    await anext(stream)
    event = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    return event


async def _measure_idle() -> float:
    started_s = time.process_time()
    await asyncio.sleep(IDLE_S)
    return (time.process_time() - started_s) / IDLE_S * 100


def _measure_finding() -> tuple[float, ...]:
    """Return what finding changes takes, in microseconds for each album and track that changed."""
    albums = list(invent_albums(FOUND_ALBUMS))
    before = {entry.key: entry.document for album in albums for entry in album_entries(album)}
    renamed = [msgspec.structs.replace(album, title=f"{album.title} again") for album in albums]
    entries = [entry for album in renamed for entry in album_entries(album)]
    figures = []
    for _ in range(ROUNDS):
        started_s = time.process_time()
        found = find_changes(entries, before.get)
        figures.append((time.process_time() - started_s) / len(found) * 1e6)
    return tuple(figures)
