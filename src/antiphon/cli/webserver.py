"""The web workers: one server, one port; what they serve is given.

Clients that send or read by drops must cost the others nothing. A connection here is some kilobytes and no thread, so
many are kept, and one on which no whole request head comes in time is closed. Two things the server cannot end, and a
proxy in front can: a body that comes slowly where one is read (uploads), and an answer that is read slowly.
"""

import asyncio
import resource
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from antiphon.cli.reporting import start_logging
from antiphon.cli.supervisor import die_with_parent
from antiphon.settings import Web

BACKLOG = 1024
"""Connections the kernel keeps waiting while a worker starts again."""
HEAD_WITHIN_MS = 20_000
"""How long a request's head may take to come, the first one's and, on a connection that is kept, the next one's."""
MAX_CONNECTIONS = 16_384
"""Connections one worker keeps open. The server's own choice is as many as the backlog: beyond 1024 slow clients it
would accept nobody until their time is over."""
SPARE_FILES = 256
"""Open files a worker needs besides connections: its node's, those it streams, pipes."""
KILL_AFTER_S = 5
"""How long a worker may take to finish its answers when it is told to stop."""


def run_web(build: Callable[[], Any], interface: Interfaces, web: Web, *, log_format: str) -> None:
    """Serve what ``build`` returns until told to stop.

    Workers are forked; each builds its own parts, since LMDB must not cross a fork.
    """
    server = Granian(
        "antiphon",
        address=web.host,
        port=web.port,
        interface=interface,
        workers=web.workers,
        loop=Loops.uvloop,
        # With HTTP/2 let in as well, the server waits without end for the first bytes that would tell the two apart.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN_MS),
        backlog=BACKLOG,
        backpressure=min(MAX_CONNECTIONS, raise_file_limit() - SPARE_FILES),
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=KILL_AFTER_S,
    )

    def load_target(*_: Any) -> Any:
        die_with_parent()
        start_logging(log_format, "web")
        application = build()
        end_waiting_on_stop(application.end_waiting)
        return application

    server.serve(target_loader=load_target, wrap_loader=False)


def end_waiting_on_stop(end_waiting: Callable[[], None]) -> None:
    """Call ``end_waiting`` when this worker is told to stop: the server lets open answers end before it does.

    To be called in the worker before its loop runs: the server takes the signal itself first, and is told as before.
    """
    loop = asyncio.get_event_loop()

    def install() -> None:
        previous = signal.getsignal(signal.SIGTERM)

        def handle(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(end_waiting)
            if callable(previous):
                previous(number, frame)

        signal.signal(signal.SIGTERM, handle)

    loop.call_soon(install)


def raise_file_limit() -> int:
    """Let this process, and those it forks, open as many files as the system allows it; return how many those are."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = 1 << 20 if most == resource.RLIM_INFINITY else most
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    return allowed
