"""The body of a request, appended to an upload as it comes: a megabyte at a time, on a thread."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from antiphon.intake.uploads import Uploads, UploadWriter
from antiphon.record.uploads import Upload
from antiphon.surfaces.provider.tus import CHECKSUM_MISMATCH, CHECKSUMS
from antiphon.surfaces.refusals import RefusedAnswer, answering_refusals

WRITE_BYTES = 1024**2
"""Bytes gathered before they are written: a megabyte is written in about a millisecond, on a thread."""

IDLE_LIMIT_S = 60
"""seconds; a sender that is silent for longer is taken to be gone, so that its next connection finds the file free."""


async def write_body(
    uploads: Uploads,
    upload: Upload,
    offset: int,
    request: Request,
    now: datetime,
    checksum: tuple[str, bytes] | None = None,
) -> int:
    """Append a request's body to an upload and return how far it has come; that much is durable.

    A connection that ends half-way leaves what has come. Raises: HTTPException, 460 for a piece that is not what its
    checksum says, of which nothing is kept.
    """
    with answering_refusals():
        opened = uploads.append(upload, offset, now)
        writer = await run_in_threadpool(opened.__enter__)
        try:
            digest = CHECKSUMS[checksum[0]](usedforsecurity=False) if checksum else None
            await _pour(request, writer, digest)
            if checksum and digest and digest.digest() != checksum[1]:
                await run_in_threadpool(writer.discard)
                raise RefusedAnswer(CHECKSUM_MISMATCH, "the piece is not what its checksum says; send it again")
        finally:
            await run_in_threadpool(opened.__exit__, None, None, None)
        return writer.offset


async def _pour(request: Request, writer: UploadWriter, digest: Any) -> None:
    """Write a body as it comes, a megabyte at a time."""
    waiting = bytearray()
    async for chunk in _read_chunks(request):
        waiting += chunk
        if digest is not None:
            digest.update(chunk)
        if len(waiting) >= WRITE_BYTES:
            await run_in_threadpool(writer.write, bytes(waiting))
            waiting.clear()
    if waiting:
        await run_in_threadpool(writer.write, bytes(waiting))


async def _read_chunks(request: Request) -> AsyncIterator[bytes]:
    """Yield a body's chunks until it ends, or its sender is gone or silent: what has come counts either way."""
    stream = request.stream()
    while True:
        try:
            yield await asyncio.wait_for(anext(stream), IDLE_LIMIT_S)
        except (StopAsyncIteration, ClientDisconnect, TimeoutError):
            return
