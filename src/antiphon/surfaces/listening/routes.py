"""Stars and plays over HTTP."""

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import Caller
from antiphon.listeners import Stars
from antiphon.plays import BATCH_BYTES_MAX, Acceptance, Plays, read_events
from antiphon.surfaces.answers import answer_json, read_whole
from antiphon.surfaces.bodies import read_json_body
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.refusals import answering_refusals

PAGE_STARS = 50
"""rows of one page of stars: what a screen shows without scrolling for long."""

MAX_PAGE_STARS = 500
"""rows; a client that shows them all is done in a few requests, and none of them is long."""


def listening_routes(gate: Gate, stars: Stars, plays: Plays) -> list[Route]:
    """Return the routes of what listeners do."""

    def list_stars(request: Request) -> Response:
        caller = gate.admit(request)
        limit = read_whole(request, "limit", PAGE_STARS, least=1, most=MAX_PAGE_STARS)
        before = read_whole(request, "before", 0, least=0, most=2**62) or None
        with answering_refusals():
            page = stars.list_stars(caller.client_id, limit=limit, before=before)
        return answer_json({"stars": page, "next_before": page[-1].number if len(page) == limit else None})

    def serve_star(request: Request) -> Response:
        caller = gate.admit(request)
        with answering_refusals():
            return answer_star(request, caller)

    def answer_star(request: Request, caller: Caller) -> Response:
        track_id = request.path_params["track_id"]
        if request.method == "PUT":
            stars.star(caller.client_id, track_id, gate.clock())
        elif request.method == "DELETE":
            stars.unstar(caller.client_id, track_id)
        else:
            star = stars.find_star(caller.client_id, track_id)
            if star is None:
                raise HTTPException(404, f"you have not starred {track_id!r}")
            return answer_json(star)
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    async def accept_plays(request: Request) -> Response:
        caller = await run_in_threadpool(gate.admit, request)
        body = await read_json_body(request, BATCH_BYTES_MAX)
        return answer_json(await run_in_threadpool(accept_batch, caller, body), 202)

    def accept_batch(caller: Caller, body: bytes) -> Acceptance:
        with answering_refusals():
            events, malformed = read_events(body)
            answer = plays.accept(events, listener_id=caller.client_id, tier=caller.tier, now=gate.clock())
        return msgspec.structs.replace(answer, refused=malformed + answer.refused)

    return [
        Route("/listening/v1/stars", list_stars),
        Route("/listening/v1/stars/{track_id}", serve_star, methods=["GET", "PUT", "DELETE"]),
        Route("/listening/v1/plays", accept_plays, methods=["POST"]),
    ]
