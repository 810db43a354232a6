"""``/v1/provenance`` over HTTP."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.model.entities import RECORDED_KINDS, EntityKind
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate, sees_provider
from antiphon.surfaces.explain.provenance import answer_provenance


def provenance_routes(gate: Gate) -> list[Route]:
    """Return the route that tells what gave each field of an entity."""

    def provenance(request: Request) -> Response:
        caller = gate.admit(request)
        query = request.query_params
        kind, entity_id = read_kind(query.get("kind", "")), query.get("id", "")
        try:
            with reading(gate.engine) as conn:
                asked = query.get("field", "")
                answer = answer_provenance(conn, kind, entity_id, asked) if entity_id.isalnum() else None
        except Refused as error:
            raise HTTPException(400, str(error)) from error
        if answer is None:
            raise HTTPException(404, f"there is no {kind} {entity_id[:64]!r}")
        return answer_json(answer if sees_provider(caller, answer.provider) else answer.for_everyone())

    return [Route("/v1/provenance", provenance)]


def read_kind(text: str) -> EntityKind:
    """Return the kind of entity a parameter names. Raises: HTTPException 400."""
    if text not in RECORDED_KINDS:
        raise HTTPException(400, f"kind must be one of {', '.join(RECORDED_KINDS)}; got {text[:20]!r}")
    return EntityKind(text)
