"""Health, readiness and metrics over HTTP."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.record import reading
from antiphon.record.changes import head_version
from antiphon.replica import NotReady, Replica
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate
from antiphon.telemetry import Metrics, merge_metrics, read_metrics, render_metrics


def ops_routes(gate: Gate, replica: Replica, metrics: Metrics, handed_over: Path, process: str) -> list[Route]:
    """Return the routes of operations. ``handed_over`` is where every process of this machine leaves its
    metrics; this one's, which is called ``process``, are shown as they are now."""

    def show_health(_request: Request) -> Response:
        return answer_json({"status": "alive"})

    def show_readiness(_request: Request) -> Response:
        checks = {"record": check_record(gate), "node": check_node(gate, replica)}
        is_ready = all(not problem for problem in checks.values())
        said = {name: problem or "ready" for name, problem in checks.items()}
        status = "ready" if is_ready else "not ready"
        told = {"status": status, "checks": said, "node": describe_node(gate, replica)}
        return answer_json(told, 200 if is_ready else 503)

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


def describe_node(gate: Gate, replica: Replica) -> dict[str, int | float | str]:
    """Return where this machine's node stands: its version and pin, its age in seconds, and what keeps it there."""
    try:
        freshness, trouble = replica.freshness(gate.clock()), replica.trouble()
    except NotReady as error:
        return {"version": 0, "trouble": str(error)}
    return {
        "version": freshness.version,
        "pin": freshness.pin,
        "age_s": round(freshness.age_s, 3),
        "level_age_s": round(freshness.level_age_s, 3),
        "trouble": trouble,
    }


def check_node(gate: Gate, replica: Replica) -> str:
    """Return what is wrong with this machine's node; empty: it has a version, and may grant playback."""
    try:
        freshness = replica.freshness(gate.clock())
    except NotReady as error:
        return str(error)
    if freshness.version == 0:
        return "it has no version yet"
    return "" if freshness.lease_left_s > 0 else "its lease has ended: the store was not read for too long"
