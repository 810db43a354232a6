"""The read path on Granian's RSGI: the hot path of a node. Files are sent by the server, outside Python."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # documented there, and not in its __all__

from antiphon.surfaces.reads.exchange import BlobRange, Request, Response
from antiphon.surfaces.reads.forms import take_form
from antiphon.surfaces.reads.live import send_live
from antiphon.surfaces.reads.observation import Observe, ignore
from antiphon.surfaces.reads.pieces import STORE_PATHS, read_pieces
from antiphon.surfaces.reads.read_path import ReadPath


class ReadServer:
    """An RSGI application. ``observe`` is told of every response when it has been handed to the server."""

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

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one HTTP request."""
        started = perf_counter()
        request = Request(
            method=scope.method,
            path=scope.path,
            query_string=scope.query_string,
            headers=scope.headers,
            scheme=scope.scheme,
        )
        if request.method == "POST":
            request = await take_form(request, scope.client, _read_body(protocol))
        if request.path.startswith(STORE_PATHS):
            response = await asyncio.to_thread(self._read_path.answer, request, self._clock())
        else:
            response = self._read_path.answer(request, self._clock())
        elapsed_s = perf_counter() - started
        body = response.body
        if isinstance(body, bytes):  # nearly all are: the others wait for being asked what they are
            if size_bytes := len(body):
                protocol.response_bytes(response.status, response.headers, body)
            else:
                protocol.response_empty(response.status, response.headers)
        elif isinstance(body, BlobRange):
            size_bytes = body.size_bytes
            await self._send_blob(response, body, protocol)
        else:
            transport = protocol.response_stream(response.status, response.headers)
            size_bytes = await send_live(body, transport.send_bytes, protocol.client_disconnect())
        self._observe(response.operation, response.status, size_bytes, elapsed_s)

    async def _send_blob(self, response: Response, body: BlobRange, protocol: Any) -> None:
        if body.path is not None:
            protocol.response_file_range(response.status, response.headers, str(body.path), body.start, body.stop)
        else:
            transport = protocol.response_stream(response.status, response.headers)
            async for piece in read_pieces(self._read_path.blobs, body):
                await transport.send_bytes(piece)


async def _read_body(protocol: Any) -> AsyncIterator[bytes]:
    """Yield the pieces of a request's body as they come, until its end or until the client is gone."""
    with suppress(ProtocolClosed):
        async for piece in protocol:
            yield piece
