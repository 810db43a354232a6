"""``/v1/explain`` over HTTP."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.model.availability import Tier
from antiphon.record import reading
from antiphon.record.near_ids import say_what_it_may_be
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate, sees_provider
from antiphon.surfaces.explain.albums import answer_album_explanation
from antiphon.surfaces.explain.answers import answer_explanation
from antiphon.surfaces.explain.parameters import WrongQuestion, read_entity_id, read_market, read_tier, read_time


def explain_routes(gate: Gate) -> list[Route]:
    """Return the route of the explanation."""

    def explain(request: Request) -> Response:
        caller = gate.admit(request)
        query = request.query_params
        try:
            market = read_market(query.get("market", ""))
            tier = read_tier(query.get("tier", caller.tier.value))
            at = read_time(query["at"], market) if "at" in query else gate.clock()
            name = "album" if "album" in query and "track" not in query else "track"
            asked_id = read_entity_id(query.get(name, ""))
        except WrongQuestion as error:
            raise HTTPException(400, str(error)) from error
        mapped = tuple(Tier) if query.get("tiers") == "all" else (tier,)
        with reading(gate.engine) as conn:
            if name == "album":
                album = answer_album_explanation(conn, asked_id, market=market, tier=tier, at=at)
                if album is not None:
                    return answer_json(album)
            else:
                answer = answer_explanation(conn, asked_id, market=market, tier=tier, at=at, mapped=mapped)
                if answer is not None:
                    return answer_json(answer if sees_provider(caller, answer.provider) else answer.for_everyone())
            hint = say_what_it_may_be(conn, asked_id)
        raise HTTPException(404, f"there is no {name} {asked_id!r}" + (f": {hint}" if hint else ""))

    return [Route("/v1/explain", explain)]
