"""``/v1/explain`` over HTTP."""

from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory, UnknownTerritory, parse_territory
from antiphon.record import reading
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate, sees_provider
from antiphon.surfaces.explain.answers import answer_explanation


def explain_routes(gate: Gate) -> list[Route]:
    """Return the route of the explanation."""

    def explain(request: Request) -> Response:
        caller = gate.admit(request)
        query = request.query_params
        track_id = query.get("track", "")
        with reading(gate.engine) as conn:
            answer = answer_explanation(
                conn,
                track_id,
                market=read_market(query.get("market", "")),
                tier=read_tier(query.get("tier", caller.tier.value)),
                at=read_instant(query["at"]) if "at" in query else gate.clock(),
            )
        if answer is None:
            raise HTTPException(404, f"there is no track {track_id[:64]!r}")
        return answer_json(answer if sees_provider(caller, answer.provider) else answer.for_everyone())

    return [Route("/v1/explain", explain)]


def read_market(text: str) -> Territory:
    """Return the market a parameter names. Raises: HTTPException 400."""
    try:
        return parse_territory(text)
    except UnknownTerritory as error:
        raise HTTPException(400, f"market must be an ISO 3166-1 code, such as SE; got {text[:20]!r}") from error


def read_tier(text: str) -> Tier:
    """Return the tier a parameter names. Raises: HTTPException 400."""
    try:
        return Tier(text)
    except ValueError as error:
        raise HTTPException(400, f"tier must be free or premium; got {text[:20]!r}") from error


def read_instant(text: str) -> datetime:
    """Return the instant a parameter names; one without a zone is UTC. Raises: HTTPException 400."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(
            400, f"at must be an ISO 8601 instant, such as 2026-12-24T23:59Z; got {text[:40]!r}"
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
