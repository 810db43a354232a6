"""Operations of a node that serves nothing but the read path: health, readiness and metrics beside it, on RSGI."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from antiphon.replica import Replica
from antiphon.surfaces.ops.node_state import check_node, describe_readiness
from antiphon.surfaces.reads.rsgi import ReadServer
from antiphon.telemetry import merge_metrics, read_metrics

_JSON = "application/json"
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


class NodeServer:
    """An RSGI application: ``/ops/`` is answered here, everything else by the read path, which it hardly delays.

    ``handed_over`` is where every process of this machine leaves its metrics.
    """

    def __init__(self, reads: ReadServer, replica: Replica, handed_over: Path, clock: Callable[[], datetime]) -> None:
        self._reads = reads
        self._replica = replica
        self._handed_over = handed_over
        self._clock = clock

    def end_waiting(self) -> None:
        """Let every answer that waits come to its end: the process is about to stop."""
        self._reads.end_waiting()

    def __rsgi__(self, scope: Any, protocol: Any) -> Awaitable[None]:
        """Answer one HTTP request."""
        if scope.path.startswith("/ops/") and scope.method in ("GET", "HEAD"):
            return self._answer(scope, protocol)
        return self._reads.__rsgi__(scope, protocol)

    async def _answer(self, scope: Any, protocol: Any) -> None:
        status, media_type, body = self._describe(scope.path)
        headers = [("content-type", media_type), ("cache-control", "no-store"), ("content-length", str(len(body)))]
        if scope.method == "HEAD":
            protocol.response_empty(status, headers)
        else:
            protocol.response_bytes(status, headers, body)

    def _describe(self, path: str) -> tuple[int, str, bytes]:
        now = self._clock()
        match path:
            case "/ops/health":
                return 200, _JSON, msgspec.json.encode({"status": "alive"})
            case "/ops/ready":
                status, told = describe_readiness({"node": check_node(self._replica, now)}, self._replica, now)
                return status, _JSON, msgspec.json.encode(told)
            case "/ops/metrics":
                return 200, _METRICS, merge_metrics(read_metrics(self._handed_over))
            case _:
                error = {"status": 404, "message": "there is /ops/health, /ops/ready and /ops/metrics"}
                return 404, _JSON, msgspec.json.encode({"error": error})
