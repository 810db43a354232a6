"""What a provider and somebody else mean different things by, over HTTP: to each its side, to operators both."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.catalogue import report_conflict
from antiphon.record import reading
from antiphon.record.conflicts import list_conflicts
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate, visible_provider

CONFLICTS_PATH = "/provider/v1/conflicts"


def conflict_routes(gate: Gate) -> list[Route]:
    """Return the route of conflicts."""

    def show_conflicts(request: Request) -> Response:
        provider = visible_provider(gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR))
        with reading(gate.engine) as conn:
            found = list_conflicts(conn, int(gate.clock().timestamp()), provider=provider)
        told = found if provider is None else [report_conflict(conflict, provider) for conflict in found]
        return answer_json({"conflicts": told})

    return [Route(CONFLICTS_PATH, show_conflicts)]
