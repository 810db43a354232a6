"""The web workers: one server, one port; what they serve is given."""

from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops

from antiphon.cli.reporting import start_logging
from antiphon.cli.supervisor import die_with_parent
from antiphon.settings import Web

BACKLOG = 1024
"""Connections the kernel keeps waiting while a worker starts again."""
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
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=KILL_AFTER_S,
    )

    def load_target(*_: Any) -> Any:
        die_with_parent()
        start_logging(log_format, "web")
        return build()

    server.serve(target_loader=load_target, wrap_loader=False)
