"""The changes of the catalogue as they come: answers that wait for the next one, and streams of server-sent events.

Whoever waits has one of a bounded number of places and gives it back when the answer ends or the client goes away. Most
of those who wait have read everything and want the same, so what one of them is told is encoded once.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec

from antiphon.access import Caller
from antiphon.replica import Replica, ReplicaView
from antiphon.replica.change_list import ChangesGone
from antiphon.replica.changes import END, ChangeEvent, ChangeFilter, ChangePage, Place, PlacedChange
from antiphon.surfaces.reads.exchange import LiveBody
from antiphon.surfaces.reads.refusals import ReadRefused, try_later
from antiphon.surfaces.reads.version_watch import VersionWatch

MAX_WAITING = 2_048
"""answers of one process that may wait at a time; some 40 KB each, 80 MB in all. Then 503: another process has room."""

MAX_WAITING_PER_CLIENT = 512
"""of them for one client: its loop of reconnections leaves room for the others."""

FULL_RETRY_S = 5
"""seconds after which another try is worth it: answers end by the minute."""

HEARTBEAT_S = 15.0
"""seconds of silence after which a stream says that it lives: half of what proxies take for a dead connection."""

STREAM_S = 3_600.0
"""seconds the longest stream lasts, so that clients spread over nodes again; a token's end may come first."""

RETRY_MS = 2_000
"""milliseconds a browser waits before it connects again: a thousand clients of a restarted node come within two."""

PAGES_KEPT = 64
"""Encoded pages of the present version, 30 to 300 KB each: one for each form, filter and place that clients wait at."""

Confirm = Callable[[Caller, ReplicaView], None]
"""What refuses (ReadRefused) a caller who may no longer call in the state of the node that a view shows."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What one client wants told: which changes, how many at a time, with links on which base."""

    wanted: ChangeFilter
    limit: int
    base_url: str
    path_and_query: str
    """What a link to the next page begins with: the parameters but the cursor."""


class ToldPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of changes as it is sent: JSON or events. ``is_last``: nothing is behind it yet. ``version`` answered."""

    after: Place
    version: int
    is_last: bool
    count: int
    body: bytes


class _Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    cursor: str
    version: int
    announced_at: str
    event: ChangeEvent
    kind: str
    id: str
    href: str | None
    belongs_to: tuple[str, ...]
    into: str = ""


class _Page(msgspec.Struct, kw_only=True):
    changes: list[_Row]
    cursor: str
    has_more: bool
    next: str
    version: int


class ChangeFeed:
    """Tells one process's clients what changed. Made with the read path; used on its event loop."""

    def __init__(
        self,
        replica: Replica,
        confirm: Confirm,
        *,
        max_waiting: int = MAX_WAITING,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._replica = replica
        self._confirm = confirm
        self._max_waiting = max_waiting
        self._heartbeat_s = heartbeat_s
        self._waiting: Counter[str] = Counter()
        self._pages: dict[tuple[Place, Wish, bool], ToldPage] = {}
        self._pages_version = 0
        self.watch = VersionWatch(self.find_version)

    @property
    def waiting(self) -> int:
        """How many answers wait at the moment."""
        return self._waiting.total()

    def find_version(self) -> int:
        """Return the version the node has now."""
        with self._replica.transaction() as view:
            return view.version

    def tell(self, caller: Caller, after: Place, wish: Wish, *, as_events: bool = False) -> ToldPage:
        """Return what changed behind a place, to who may still be told.

        Raises: ChangesGone; ReadRefused (401).
        """
        with self._replica.transaction() as view:
            self._confirm(caller, view)
            version = view.version
            if version != self._pages_version or len(self._pages) >= PAGES_KEPT:
                self._pages.clear()
                self._pages_version = version
            told = self._pages.get((after, wish, as_events))
            if told is None:
                page = view.list_changes(after, wish.wanted, wish.limit)
                body = _encode_events(page, wish) if as_events else _encode_page(page, version, wish)
                told = ToldPage(
                    after=page.after, version=version, is_last=not page.has_more, count=len(page.changes), body=body
                )
                self._pages[after, wish, as_events] = told
        return told

    def refuse_when_full(self, caller: Caller) -> None:
        """Refuse a client for whom there is no place to wait. Raises: ReadRefused (503)."""
        if self.waiting >= self._max_waiting or self._waiting[caller.client_id] >= MAX_WAITING_PER_CLIENT:
            raise try_later("Too many wait for changes here", reason="too_many_waiting", retry_after_s=FULL_RETRY_S)

    def wait_for_page(self, caller: Caller, told: ToldPage, wish: Wish, wait_s: float) -> LiveBody:
        """Return a body that is one page as JSON: when something changed behind ``told``, else when time is up."""

        async def pieces() -> AsyncGenerator[bytes, None]:
            page = told
            with self._take_place(caller):
                try:
                    async with asyncio.timeout(wait_s):
                        while not page.count and page.is_last and not self.watch.has_ended:
                            await self.watch.wait_beyond(page.version, wait_s)
                            page = self.tell(caller, page.after, wish)
                except (TimeoutError, ChangesGone, ReadRefused):
                    pass  # the page that says "nothing yet"; whoever asks on from there is told what is the matter
            yield page.body

        return LiveBody(pieces=pieces)

    def stream_events(self, caller: Caller, after: Place, wish: Wish, stream_s: float) -> LiveBody:
        """Return a body of server-sent events: each change behind a place as it comes, until ``stream_s`` are over.

        It ends within a heartbeat once the caller may no longer call. An event's id is its cursor. Silence is broken by
        a cursor alone, so that a filter that finds nothing gets on.
        """

        async def pieces() -> AsyncGenerator[bytes, None]:
            is_over = asyncio.Event()
            timer = asyncio.get_running_loop().call_later(min(stream_s, STREAM_S), is_over.set)
            try:
                with self._take_place(caller):
                    yield b"retry: %d\n\n" % RETRY_MS
                    async for piece in self._iter_events(caller, after, wish, is_over):
                        yield piece
            except ChangesGone as error:
                yield _encode_error(changes_gone(error))
            except ReadRefused as refusal:
                yield _encode_error(refusal)
            finally:
                timer.cancel()

        return LiveBody(pieces=pieces)

    async def _iter_events(
        self, caller: Caller, after: Place, wish: Wish, is_over: asyncio.Event
    ) -> AsyncIterator[bytes]:
        while not is_over.is_set() and not self.watch.has_ended:
            told = self.tell(caller, after, wish, as_events=True)
            after = told.after
            if told.count:
                yield told.body
            if told.is_last and not await self.watch.wait_beyond(told.version, self._heartbeat_s):
                yield f"id: {write_cursor(after)}\n\n".encode()

    @contextmanager
    def _take_place(self, caller: Caller) -> Iterator[None]:
        client_id = caller.client_id
        self._waiting[client_id] += 1
        try:
            yield
        finally:
            self._waiting[client_id] -= 1
            if not self._waiting[client_id]:
                del self._waiting[client_id]


def write_cursor(place: Place) -> str:
    """Return the text of a place: ``17.3``; ``17`` for all of a version."""
    return str(place.version) if place.position == END else f"{place.version}.{place.position}"


def changes_gone(error: ChangesGone) -> ReadRefused:
    """Return the 410 for a cursor behind which not everything is kept."""
    return ReadRefused(410, str(error), reason="changes_gone")


def _encode_page(page: ChangePage, version: int, wish: Wish) -> bytes:
    cursor = write_cursor(page.after)
    answer = _Page(
        changes=[_make_row(placed, wish.base_url) for placed in page.changes],
        cursor=cursor,
        has_more=page.has_more,
        next=f"{wish.base_url}{wish.path_and_query}cursor={cursor}",
        version=version,
    )
    return msgspec.json.encode(answer)


def _encode_events(page: ChangePage, wish: Wish) -> bytes:
    rows = (_make_row(placed, wish.base_url) for placed in page.changes)
    return b"".join(b"id: %b\nevent: change\ndata: %b\n\n" % (r.cursor.encode(), msgspec.json.encode(r)) for r in rows)


def _encode_error(refusal: ReadRefused) -> bytes:
    return b"event: error\ndata: %b\n\n" % refusal.encode_body()


def _make_row(placed: PlacedChange, base_url: str) -> _Row:
    change = placed.change
    announced_at = datetime.fromtimestamp(placed.announced_at_ms / 1000, UTC)
    is_there = change.event is not ChangeEvent.REMOVED
    return _Row(
        cursor=write_cursor(Place(placed.version, change.position)),
        version=placed.version,
        announced_at=announced_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        event=change.event,
        kind=change.kind.value,
        id=change.id,
        href=f"{base_url}/v1/{change.kind.value}s/{change.into or change.id}" if is_there else None,
        belongs_to=change.related,
        into=change.into,
    )
