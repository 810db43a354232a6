"""The provider API over HTTP."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole, Caller
from antiphon.record import reading
from antiphon.surfaces.callers import Gate, sees_provider
from antiphon.surfaces.provider.reports import PAGE_DELIVERIES, DeliveryReport, list_delivery_lines, report_delivery

MAX_PAGE_DELIVERIES = 200
"""rows; a page of more is a download, which belongs to exports."""


def provider_routes(gate: Gate) -> list[Route]:
    """Return the routes of the provider API."""

    def list_all(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        limit = read_whole(request, "limit", PAGE_DELIVERIES, least=1, most=MAX_PAGE_DELIVERIES)
        before = read_whole(request, "before", 0, least=0, most=2**62) or None
        with reading(gate.engine) as conn:
            lines = list_delivery_lines(conn, provider=visible_provider(caller), limit=limit, before=before)
        next_before = lines[-1].receipt if len(lines) == limit else None
        return answer_json({"deliveries": lines, "next_before": next_before})

    def show_one(request: Request) -> Response:
        return answer_json(find_report(gate, request))

    return [
        Route("/provider/v1/deliveries", list_all),
        Route("/provider/v1/deliveries/{delivery_id}", show_one),
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


def visible_provider(caller: Caller) -> str | None:
    """Return whose deliveries a list shows this caller; None: everybody's."""
    return None if AccessRole.OPERATOR in caller.roles else caller.provider


def read_whole(request: Request, name: str, otherwise: int, *, least: int, most: int) -> int:
    """Return a whole number from the query. Raises: HTTPException 400 outside ``least`` to ``most``."""
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= most:
        raise HTTPException(400, f"{name} must be a whole number from {least} to {most}; got {text[:20]!r}")
    return int(text)


def answer_json(body: object, status: int = 200) -> Response:
    """Return an answer whose body is JSON and which nobody stores."""
    return Response(
        msgspec.json.encode(body), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
