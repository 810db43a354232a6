"""The provider API over HTTP."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.record import reading
from antiphon.surfaces.answers import answer_json, read_whole
from antiphon.surfaces.callers import Gate, sees_provider, visible_provider
from antiphon.surfaces.provider.acknowledgements import answer_acknowledgement
from antiphon.surfaces.provider.agreements import agreement_routes
from antiphon.surfaces.provider.completions import DELIVERIES_PATH, accept_deliveries
from antiphon.surfaces.provider.conflicts import conflict_routes
from antiphon.surfaces.provider.decisions import decision_routes
from antiphon.surfaces.provider.description import describe_provider_api
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.events import EventStreams
from antiphon.surfaces.provider.goalie import goalie_routes
from antiphon.surfaces.provider.quality import quality_routes
from antiphon.surfaces.provider.reports import (
    PAGE_DELIVERIES,
    DeliveryReport,
    list_delivery_lines,
    report_delivery,
    show_report,
)
from antiphon.surfaces.provider.uploads import upload_routes

MAX_PAGE_DELIVERIES = 200
"""rows; a page of more is a download, which belongs to exports."""


def provider_routes(dock: Dock, base_url: str) -> list[Route]:
    """Return the routes of the provider API; ``base_url`` is where its description says it is."""
    gate = dock.gate
    streams = EventStreams(gate)

    def list_all(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        limit = read_whole(request, "limit", PAGE_DELIVERIES, least=1, most=MAX_PAGE_DELIVERIES)
        before = read_whole(request, "before", 0, least=0, most=2**62) or None
        with reading(gate.engine) as conn:
            lines = list_delivery_lines(conn, provider=visible_provider(caller), limit=limit, before=before)
        next_before = lines[-1].receipt if len(lines) == limit else None
        return answer_json({"deliveries": lines, "next_before": next_before})

    async def accept(request: Request) -> Response:
        return await accept_deliveries(dock, request)

    def show_one(request: Request) -> Response:
        return answer_json(show_report(find_report(gate, request)))

    def follow(request: Request) -> Response:
        return streams.answer(request, find_report(gate, request))

    def acknowledge(request: Request) -> Response:
        return answer_acknowledgement(gate, request, find_report(gate, request))

    def describe(_request: Request) -> Response:
        return answer_json(describe_provider_api(base_url))

    return [
        Route("/provider/v1/openapi.json", describe),
        Route(DELIVERIES_PATH, list_all),
        Route(DELIVERIES_PATH, accept, methods=["POST"]),
        Route(f"{DELIVERIES_PATH}/{{delivery_id}}", show_one),
        Route(f"{DELIVERIES_PATH}/{{delivery_id}}/events", follow),
        Route(f"{DELIVERIES_PATH}/{{delivery_id}}/acknowledgement", acknowledge),
        *upload_routes(dock),
        *goalie_routes(dock),
        *decision_routes(dock),
        *agreement_routes(gate),
        *quality_routes(gate),
        *conflict_routes(gate),
    ]


def find_report(gate: Gate, request: Request) -> DeliveryReport:
    """Return the report the path names, if the caller may see it. Raises: HTTPException 401, 403 or 404."""
    caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
    delivery_id = request.path_params["delivery_id"]
    with reading(gate.engine) as conn:
        report = report_delivery(conn, delivery_id)
    if report is None or not sees_provider(caller, report.delivery.provider):
        raise HTTPException(404, f"there is no delivery {delivery_id[:64]!r} of yours")
    return report
