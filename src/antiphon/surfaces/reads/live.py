"""Sending a body that comes in pieces over time, for as long as the client is there."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from antiphon.surfaces.reads.exchange import LiveBody

SendPiece = Callable[[bytes], Awaitable[object]]


async def send_live(body: LiveBody, send: SendPiece, leaving: Awaitable[object]) -> int:
    """Send the pieces of a body as they come; return how many bytes. Ends early once ``leaving`` is done.

    Whatever ends it, the body is closed before this returns, and gives back what it holds.
    """
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        async with aclosing(body.pieces()) as pieces:
            async for piece in pieces:
                await send(piece)
                sent += len(piece)

    tasks = (asyncio.ensure_future(send_all()), asyncio.ensure_future(leaving))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if not tasks[0].cancelled():
        tasks[0].result()
    return sent
