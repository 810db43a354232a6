"""The web workers: one server, one port; the read path beside the pages, or alone."""

import logging
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops

from antiphon.cli.supervisor import die_with_parent
from antiphon.settings import Places, Web

BACKLOG = 1024
"""Connections the kernel keeps waiting while a worker starts again."""
KILL_AFTER_S = 5
"""How long a worker may take to finish its answers when it is told to stop."""


def run_web(places: Places, web: Web, *, reads_only: bool, log_format: str) -> None:
    """Serve until told to stop. Workers are forked; each opens its own parts, since LMDB must not cross a fork."""
    server = Granian(
        "antiphon",
        address=web.host,
        port=web.port,
        interface=Interfaces.RSGI if reads_only else Interfaces.ASGINL,
        workers=web.workers,
        loop=Loops.uvloop,
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        log_level="warning",
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=KILL_AFTER_S,
    )
    build = build_reads if reads_only else build_application

    def load_target(*_: Any) -> Callable[..., Any]:
        die_with_parent()
        logging.getLogger("granian").setLevel(logging.WARNING)
        return build(places, web, log_format)

    server.serve(target_loader=load_target, wrap_loader=False)
