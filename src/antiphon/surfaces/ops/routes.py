"""Health, readiness and metrics over HTTP."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.record import reading
from antiphon.record.changes import head_version
from antiphon.replica import Replica
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.ops.node_state import check_node, describe_readiness
from antiphon.telemetry import Metrics, merge_metrics, read_metrics, render_metrics


def ops_routes(gate: Gate, replica: Replica, metrics: Metrics, handed_over: Path, process: str) -> list[Route]:
    """Return the routes of operations. ``handed_over`` is where every process of this machine leaves its
    metrics; this one's, which is called ``process``, are shown as they are now."""

    def show_health(_request: Request) -> Response:
        return answer_json({"status": "alive"})

    def show_readiness(_request: Request) -> Response:
        now = gate.clock()
        checks = {"record": check_record(gate), "node": check_node(replica, now)}
        status, told = describe_readiness(checks, replica, now)
        return answer_json(told, status)

    def show_metrics(_request: Request) -> Response:
        own, media_type = render_metrics(metrics.registry)
        return Response(
            merge_metrics({**read_metrics(handed_over), process: own}), headers={"Content-Type": media_type}
        )

    return [
        Route("/ops/health", show_health),
        Route("/ops/ready", show_readiness),
        Route("/ops/metrics", show_metrics),
    ]


def check_record(gate: Gate) -> str:
    """Return what is wrong with the record; empty: it answers."""
    with reading(gate.engine) as conn:
        head_version(conn)
    return ""
