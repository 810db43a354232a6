"""A server that answers everything with one constant: what is left of ours without the read path.

``python -m bench.constant PORT FILE``: the file holds the answer as JSON, its headers and its body.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from antiphon.cli.webserver import BACKLOG, HEAD_WITHIN_MS, MAX_CONNECTIONS


class Constant(msgspec.Struct, frozen=True):
    """The one answer."""

    headers: list[tuple[str, str]]
    body: bytes


class ConstantServer:
    """An RSGI application that looks at nothing."""

    def __init__(self, constant: Constant) -> None:
        self._constant = constant

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer."""
        protocol.response_bytes(200, self._constant.headers, self._constant.body)


def serve_constant(port: int, constant: Constant) -> None:
    """Serve as our web workers do: one worker, the same event loop, the same settings."""
    server = Granian(
        "constant",
        port=port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN_MS),
        backlog=BACKLOG,
        backpressure=MAX_CONNECTIONS,
        websockets=False,
        log_enabled=False,
    )

    def load_target(*_: Any) -> Any:
        return ConstantServer(constant)

    server.serve(target_loader=load_target, wrap_loader=False)


if __name__ == "__main__":
    serve_constant(int(sys.argv[1]), msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Constant))
