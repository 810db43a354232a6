"""The read path on ASGI, for the process that serves everything on one port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from antiphon.surfaces.reads.exchange import BlobRange, LiveBody, Request, Response
from antiphon.surfaces.reads.forms import take_form
from antiphon.surfaces.reads.live import send_live
from antiphon.surfaces.reads.observation import Observe, ignore
from antiphon.surfaces.reads.pieces import STORE_PATHS, read_pieces
from antiphon.surfaces.reads.read_path import ReadPath

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ReadApp:
    """An ASGI application. ``observe`` is told of every response after its last byte."""

    def __init__(
        self,
        read_path: ReadPath,
        *,
        clock: Callable[[], float],
        observe: Observe = ignore,
    ) -> None:
        self._read_path = read_path
        self._clock = clock
        self._observe = observe

    def end_waiting(self) -> None:
        """Let every answer that waits come to its end: the process is about to stop."""
        self._read_path.end_waiting()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        started = perf_counter()
        request = Request(
            method=scope["method"],
            path=scope.get("raw_path", scope["path"].encode()).decode("latin-1"),
            query_string=scope["query_string"].decode("latin-1"),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            scheme=scope["scheme"],
        )
        if request.method == "POST":
            request = await take_form(request, _name_peer(scope), _read_body(receive))
        if request.path.startswith(STORE_PATHS):
            response = await asyncio.to_thread(self._read_path.answer, request, self._clock())
        else:
            response = self._read_path.answer(request, self._clock())
        elapsed_s = perf_counter() - started
        body = response.body
        if isinstance(body, LiveBody):
            size_bytes = await self._send_live(response, body, receive, send)
        else:
            await self._send(response, send)
            size_bytes = body.size_bytes if isinstance(body, BlobRange) else len(body)
        self._observe(response.operation, response.status, size_bytes, elapsed_s)

    async def _send(self, response: Response, send: Send) -> None:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if isinstance(response.body, BlobRange):
            async for piece in read_pieces(self._read_path.blobs, response.body):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.body", "body": response.body})

    async def _send_live(self, response: Response, body: LiveBody, receive: Receive, send: Send) -> int:
        async def send_piece(piece: bytes) -> None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})

        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        size_bytes = await send_live(body, send_piece, _await_disconnect(receive))
        await send({"type": "http.response.body", "body": b""})
        return size_bytes


async def _await_disconnect(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the pieces of a request's body as they come."""
    has_more = True
    while has_more:
        message = await receive()
        yield message.get("body", b"")
        has_more = message.get("more_body", False)


def _name_peer(scope: Message) -> str:
    """Return the address a request came from, with its port; empty: the server does not know."""
    host, port = scope.get("client") or ("", "")
    return f"{host}:{port}"
