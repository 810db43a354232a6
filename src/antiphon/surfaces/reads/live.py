"""Sending a body that comes in pieces over time, for as long as the client is there."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from antiphon.surfaces.reads.exchange import LiveBody

SendPiece = Callable[[bytes], Awaitable[object]]

CLIENT_GONE = (OSError, RuntimeError)
"""What servers raise for sending to a client that went away: Granian's own error is a RuntimeError."""


async def send_live(body: LiveBody, send: SendPiece, leaving: Awaitable[object]) -> int:
    """Send the pieces of a body as they come, and return how many bytes.

    Ends early once ``leaving`` is done, or the client turns out to be gone. Whatever ends it, the body is closed
    before this returns, and gives back what it holds.
    """
    sent = 0

    async def send_all() -> None:
        nonlocal sent
        async with aclosing(body.pieces()) as pieces:
            async for piece in pieces:
                try:
                    await send(piece)
                except CLIENT_GONE:
                    return
                sent += len(piece)

    async def leave() -> None:
        await leaving  # some server's own kind of awaitable: a task of ours can be waited for and cancelled

    tasks = (asyncio.create_task(send_all()), asyncio.create_task(leave()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if not tasks[0].cancelled():
        tasks[0].result()
    return sent
