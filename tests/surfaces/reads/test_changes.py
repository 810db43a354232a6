"""Following the catalogue: what is refused, what a page says, who waits and for how long, and what a stream sends."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

from antiphon.access import Caller, Tier
from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower, ReplicaView
from antiphon.replica.changes import ChangeFilter, Place
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from antiphon.surfaces.reads.change_feed import ChangeFeed, Wish
from antiphon.surfaces.reads.exchange import LiveBody
from antiphon.surfaces.reads.live import send_live
from antiphon.surfaces.reads.refusals import ReadRefused
from antiphon.surfaces.reads.version_watch import VersionWatch
from tests.publication.catalogue import an_album
from tests.publication.test_exporting import entries_of
from tests.replica.publishing import Publisher, a_track, a_withdrawal
from tests.surfaces.reads.asking import Got, ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, a_token

EVENTS = {"accept": "text/event-stream"}
CALLER = Caller(client_id="client-premium", tier=Tier.PREMIUM, roles=(), provider="", expires_at=1 << 40)


class Channel:
    """A node whose catalogue moves, and its read path."""

    def __init__(self, root: Path) -> None:
        self.publisher = Publisher(FolderBlobs(root / "blobs"))
        self.follower = Follower(FolderBlobs(root / "blobs"), root / "node", map_size_bytes=16 << 20)
        self.follower.poll(NOW)
        settings = ReadSettings(public_url="https://music.example")
        self.read_path = ReadPath(self.follower.replica, FolderBlobs(root / "blobs"), KEYS, settings)

    def announce(self, *names: str, note: int = 0) -> None:
        """Let the node serve another version."""
        self.publisher.announce([a_track(name, "a title", note=note) for name in names])
        self.follower.poll(NOW)

    def ask(self, query: str = "", **options: object) -> Got:
        return ask(self.read_path, f"/v1/changes?{query}", **options)  # type: ignore[arg-type]  # the caller's keywords

    def open(self, query: str = "", headers: dict[str, str] | None = None) -> LiveBody:
        """Return the live body of an answer."""
        sent = {"host": "node.example", "authorization": f"Bearer {a_token(Tier.PREMIUM)}", **(headers or {})}
        request = Request(method="GET", path="/v1/changes", query_string=query, headers=sent)
        response = self.read_path.answer(request, NOW.timestamp())
        assert isinstance(response.body, LiveBody), response
        assert "content-length" not in dict(response.headers)
        return response.body


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    channel = Channel(tmp_path)
    yield channel
    channel.follower.close()


def told(got: Got) -> list[tuple[str, str]]:
    """Return what an answer says happened."""
    return [(change["id"], change["event"]) for change in got.content["changes"]]


async def read(body: LiveBody) -> bytes:
    """Return all of a body, which must end by itself."""
    async with aclosing(body.pieces()) as pieces, asyncio.timeout(10):
        return b"".join([piece async for piece in pieces])


async def soon(holds: Callable[[], bool]) -> None:
    """Return once something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0)


@pytest.mark.parametrize("query", ["cursor=x", "cursor=1.2.3", "cursor=-1", "limit=0", "limit=1001", "wait=61"])
def test_a_wrong_parameter_is_refused(channel: Channel, query: str) -> None:
    assert channel.ask(query).status == 400


@pytest.mark.parametrize("query", ["kind=recording", "kind=client", "ids=a-b", "ids=" + ",".join(["a"] * 51)])
def test_a_wrong_filter_is_refused(channel: Channel, query: str) -> None:
    assert channel.ask(query).status == 400


def test_nobody_follows_without_a_token(channel: Channel) -> None:
    assert channel.ask("", tier=None).status == 401


def test_a_cursor_of_what_is_gone_is_told_the_way_back(channel: Channel) -> None:
    channel.announce("t1")
    with channel.follower.replica.transaction() as view:
        assert view.version == 1
    channel.follower._files.apply([], "s", version=40, announced_at_ms=0)  # a node that jumped over 38 versions
    for headers in ({}, EVENTS):
        got = channel.ask("cursor=7", headers=headers)
        assert (got.status, got.content["reason"]) == (410, "changes_gone")
        assert "only those after version 39; take an export" in got.content["error"]["message"]


def test_without_a_cursor_one_begins_with_now(channel: Channel) -> None:
    channel.announce("t1")
    got = channel.ask()
    assert (got.status, got.content["changes"], got.content["cursor"]) == (200, [], "1")
    channel.announce("t2")
    assert told(channel.ask(f"cursor={got.content['cursor']}")) == [("t2", "added")]


def test_a_change_says_what_happened_to_what_and_since_when(channel: Channel) -> None:
    album = an_album(1, tracks=1)
    channel.publisher.announce([*entries_of(album), a_track("gone", "a title")])
    channel.publisher.announce([a_withdrawal("gone")])
    channel.follower.poll(NOW)
    first, *_, removed = channel.ask("cursor=0").content["changes"]
    assert first == {
        "cursor": "1.0",
        "version": 1,
        "announced_at": "2026-11-22T09:59:00.000Z",
        "event": "added",
        "kind": "album",
        "id": album.id,
        "href": f"https://music.example/v1/albums/{album.id}",
        "belongs_to": [album.artists[0].artist_id],
    }
    assert (removed["event"], removed["href"]) == ("removed", None)


def test_following_next_tells_everything_once(channel: Channel) -> None:
    for number in range(7):
        channel.announce(*(f"t{number}x{place}" for place in range(number)))
    page = channel.ask("cursor=0&limit=2&kind=track")
    found = told(page)
    while page.content["has_more"]:
        page = ask(channel.read_path, page.content["next"].removeprefix("https://music.example"))
        assert len(page.content["changes"]) <= 2
        found += told(page)
    assert found == [(f"t{number}x{place}", "added") for number in range(7) for place in range(number)]
    assert page.content["cursor"] == "7"


def test_only_what_belongs_to_the_ids_is_told(channel: Channel) -> None:
    one, other = an_album(1, tracks=2), an_album(2, tracks=2)
    channel.publisher.announce(entries_of(one, other))
    channel.follower.poll(NOW)
    assert {entity for entity, _ in told(channel.ask(f"cursor=0&ids={one.id}"))} == {
        one.id,
        *(track.id for track in one.tracks),
    }
    assert told(channel.ask(f"cursor=0&ids={other.id}&kind=album")) == [(other.id, "added")]


def test_asking_again_costs_nothing_while_nothing_changed(channel: Channel) -> None:
    channel.announce("t1")
    etag = channel.ask("cursor=1").headers["etag"]
    assert channel.ask("cursor=1", headers={"if-none-match": etag}).status == 304
    channel.announce("t2")
    assert channel.ask("cursor=1", headers={"if-none-match": etag}).status == 200


def test_head_does_not_wait(channel: Channel) -> None:
    got = channel.ask("wait=60", method="HEAD")
    assert (got.status, got.body) == (200, b"")


def test_what_is_there_already_is_not_waited_for(channel: Channel) -> None:
    channel.announce("t1")
    assert told(channel.ask("cursor=0&wait=60")) == [("t1", "added")]


def test_a_waiting_answer_comes_with_the_next_version(channel: Channel) -> None:
    channel.announce("t1")

    async def wait() -> tuple[bytes, bytes]:
        feed = channel.read_path._node.changes
        wanted, other = (asyncio.create_task(read(channel.open(f"wait=60&ids={name}"))) for name in ("t3", "t4"))
        await soon(lambda: feed.waiting == 2)
        channel.announce("t2")
        channel.announce("t3")
        page = await wanted
        channel.announce("t4")
        return page, await other

    page, other = (msgspec.json.decode(body) for body in asyncio.run(wait()))
    assert [change["id"] for change in page["changes"]] == ["t3"]
    assert page["cursor"] == "3"
    assert [change["id"] for change in other["changes"]] == ["t4"]


def a_feed(channel: Channel, **options: float) -> ChangeFeed:
    return ChangeFeed(channel.follower.replica, lambda _caller, _view: None, **options)  # type: ignore[arg-type]  # the caller's keywords


def named(client_id: str) -> Caller:
    return msgspec.structs.replace(CALLER, client_id=client_id)


WISH = Wish(wanted=ChangeFilter(), limit=10, base_url="", path_and_query="/v1/changes?")


def test_a_waiting_answer_that_hears_nothing_says_so_in_time(channel: Channel) -> None:
    channel.announce("t1")
    feed = a_feed(channel)
    body = feed.wait_for_page(CALLER, feed.tell(CALLER, Place(1), WISH), WISH, 0.01)
    page = msgspec.json.decode(asyncio.run(read(body)))
    assert (page["changes"], page["cursor"], page["has_more"]) == ([], "1", False)
    assert feed.waiting == 0


def test_a_stream_sends_each_change_with_its_cursor_and_goes_on_after_the_last_one(channel: Channel) -> None:
    channel.announce("t1")

    async def follow() -> list[bytes]:
        body = channel.open("cursor=0", EVENTS)
        async with aclosing(body.pieces()) as pieces, asyncio.timeout(10):
            got = [await anext(pieces), await anext(pieces)]
            channel.announce("t2", "t3")
            got.append(await anext(pieces))
        again = channel.open("cursor=0", {**EVENTS, "last-event-id": "2.0"})
        async with aclosing(again.pieces()) as pieces, asyncio.timeout(10):
            return [*got, await anext(pieces), await anext(pieces)]

    retry, first, both, _, rest = asyncio.run(follow())
    assert retry == b"retry: 2000\n\n"
    assert first.startswith(b'id: 1.0\nevent: change\ndata: {"cursor":"1.0","version":1,')
    assert [line for line in both.split(b"\n") if line.startswith(b"id:")] == [b"id: 2.0", b"id: 2.1"]
    assert both.endswith(b"\n\n")
    assert rest == both.partition(b"\n\n")[2]


def test_a_silent_stream_says_where_it_is(channel: Channel) -> None:
    channel.announce("t1")
    feed = a_feed(channel, heartbeat_s=0.01)

    async def follow() -> list[bytes]:
        wish = msgspec.structs.replace(WISH, wanted=ChangeFilter(ids=frozenset({"nobody"})))
        async with aclosing(feed.stream_events(CALLER, Place(0), wish, 60).pieces()) as pieces:
            return [await anext(pieces) for _ in range(3)]

    assert asyncio.run(follow())[1:] == [b"id: 1\n\n"] * 2


def test_a_stream_ends_with_the_token_that_opened_it(channel: Channel) -> None:
    feed = a_feed(channel, heartbeat_s=0.01)
    assert asyncio.run(read(feed.stream_events(CALLER, Place(0), WISH, 0.0))).startswith(b"retry")
    assert feed.waiting == 0


def test_who_may_no_longer_call_is_told_so_and_no_more(channel: Channel) -> None:
    channel.announce("t1")
    refused: list[str] = []

    def confirm(caller: Caller, _: ReplicaView) -> None:
        if caller.client_id in refused:
            raise ReadRefused(401, "the client is disabled")

    feed = ChangeFeed(channel.follower.replica, confirm)

    async def follow() -> tuple[bytes, bytes]:
        waiting = asyncio.create_task(read(feed.wait_for_page(CALLER, feed.tell(CALLER, Place(1), WISH), WISH, 60)))
        stream = asyncio.create_task(read(feed.stream_events(CALLER, Place(1), WISH, 60)))
        await soon(lambda: feed.waiting == 2)
        refused.append(CALLER.client_id)
        channel.announce("t2")
        return await waiting, await stream

    page, stream = asyncio.run(follow())
    assert msgspec.json.decode(page)["changes"] == []
    assert stream.endswith(b'event: error\ndata: {"error":{"status":401,"message":"the client is disabled"}}\n\n')
    assert b"t2" not in stream


def test_a_process_that_stops_ends_every_answer(channel: Channel) -> None:
    async def stop() -> list[bytes]:
        feed = channel.read_path._node.changes
        tasks = [asyncio.create_task(read(channel.open("wait=60", headers))) for headers in (None, EVENTS)]
        await soon(lambda: feed.waiting == 2)
        channel.read_path.end_waiting()
        return await asyncio.gather(*tasks)

    page, stream = asyncio.run(stop())
    assert msgspec.json.decode(page)["changes"] == []
    assert stream.startswith(b"retry: 2000\n\n")


def test_there_are_so_many_places_and_who_goes_away_gives_theirs_back(channel: Channel) -> None:
    feed = a_feed(channel, max_waiting=2)

    async def fill() -> None:
        leaving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent: list[bytes] = []

        async def send(piece: bytes) -> None:
            sent.append(piece)

        bodies = [feed.stream_events(named(f"client {number}"), Place(0), WISH, 60) for number in range(2)]
        tasks = [asyncio.create_task(send_live(body, send, asyncio.shield(leaving))) for body in bodies]
        await soon(lambda: feed.waiting == 2)
        with pytest.raises(Exception, match="Too many wait") as refused:
            feed.refuse_when_full(named("client 3"))
        assert refused.value.status == 503  # type: ignore[attr-defined]  # a ReadRefused
        leaving.set_result(None)
        assert await asyncio.gather(*tasks) == [len(b"retry: 2000\n\n")] * 2
        assert feed.waiting == 0
        feed.refuse_when_full(named("client 3"))

    asyncio.run(fill())


def test_sending_to_who_is_gone_ends_the_answer_and_frees_the_place(channel: Channel) -> None:
    feed = a_feed(channel)

    async def fail() -> None:
        async def send(_: bytes) -> None:
            raise ConnectionResetError

        never: Awaitable[None] = asyncio.get_running_loop().create_future()
        assert await send_live(feed.stream_events(CALLER, Place(0), WISH, 60), send, never) == 0

    asyncio.run(fail())
    assert feed.waiting == 0


def test_a_thousand_who_wait_are_one_look_at_the_node() -> None:
    looks, version = 0, 1

    def find_version() -> int:
        nonlocal looks
        looks += 1
        return version

    async def wait() -> None:
        nonlocal looks, version
        watch = VersionWatch(find_version, look_s=0.001)
        waiting = [asyncio.create_task(watch.wait_beyond(1, 10)) for _ in range(1000)]
        await asyncio.sleep(0)
        await soon(lambda: looks > 1000)
        before = looks  # one each on arriving
        await soon(lambda: looks > before + 5)
        version = 2
        assert all(await asyncio.gather(*waiting))
        assert looks < before + 100

    asyncio.run(wait())


def test_what_fails_while_looking_fails_for_those_who_wait() -> None:
    async def wait() -> None:
        answers = iter([1, 1, 1])

        def find_version() -> int:
            return next(answers, None) or 1 // 0

        with pytest.raises(ZeroDivisionError):
            await VersionWatch(find_version, look_s=0.0).wait_beyond(1, 10)

    asyncio.run(wait())
