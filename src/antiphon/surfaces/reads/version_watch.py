"""Waiting for the next version: one look at the node's files for everybody who waits, however many they are."""

import asyncio
from collections.abc import Callable

LOOK_S = 0.05
"""seconds between two looks, while anybody waits: what it adds to hearing of a version. A look takes some 5 us."""


class VersionWatch:
    """Wakes those who wait, all at once, when the node has another version. For one event loop.

    Nobody holds a view of the node's files while waiting: what a view may still read cannot be reused by the follower.
    """

    def __init__(self, find_version: Callable[[], int], look_s: float = LOOK_S) -> None:
        self._find_version = find_version
        self._look_s = look_s
        self._waiting = 0
        self._looking: asyncio.Task[None] | None = None
        self._woken: asyncio.Future[None] | None = None
        self.has_ended = False

    async def wait_beyond(self, version: int, timeout_s: float) -> bool:
        """Return True when the node may be beyond a version; False when time is up, or the process is to end.

        Raises: what looking at the node's files raises.
        """
        if self.has_ended:
            return False
        if self._find_version() > version:
            return True
        self._waiting += 1
        try:
            await asyncio.wait_for(asyncio.shield(self._join()), timeout_s)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return not self.has_ended

    def end(self) -> None:
        """Let everybody go who waits, and nobody wait any more: the process is about to stop."""
        self.has_ended = True
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def _join(self) -> asyncio.Future[None]:
        """Return what is done at the next version, and see to it that somebody looks for that."""
        if self._woken is None or self._looking is None or self._woken.done() or self._looking.done():
            self._woken = asyncio.get_running_loop().create_future()
            self._looking = asyncio.create_task(self._look(self._woken, self._find_version()))
        return self._woken

    async def _look(self, woken: asyncio.Future[None], version: int) -> None:
        """Look for another version until there is one, or nobody waits for it any more."""
        try:
            while self._waiting and self._find_version() == version and not woken.done():
                await asyncio.sleep(self._look_s)
        except Exception as error:  # noqa: BLE001 - handed on to those who wait: each of their requests fails by itself
            woken.set_exception(error)
        if not woken.done():
            woken.set_result(None)
