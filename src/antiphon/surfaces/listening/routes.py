"""Stars and plays over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import Caller
from antiphon.listeners import Stars
from antiphon.model.errors import Refused, Transient
from antiphon.plays import BATCH_BYTES_MAX, Acceptance, Plays, read_events
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.provider.routes import answer_json, read_whole

PAGE_STARS = 50
"""rows of one page of stars: what a screen shows without scrolling for long."""

MAX_PAGE_STARS = 500
"""rows; a client that shows them all is done in a few requests, and none of them is long."""

RETRY_AFTER_S = 5
"""seconds; as long as a writer waits for a stuck one before it gives up, so a sooner try would meet the same one."""

STATUS_OF_REFUSAL = {"TooManyStars": 409, "BatchTooLarge": 413}
"""Refusals that are not simply a bad request (400)."""


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


async def read_json_body(request: Request, most_bytes: int) -> bytes:
    """Return the body of a request that says it is JSON, read no further than its limit.

    Raises: HTTPException 415, 413, or 400 where the caller went away. The media type is insisted on because a page of
    another site can make a signed-in browser send anything else without asking us first.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, f"the body must be application/json; got {media_type[:40]!r}")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise HTTPException(413, f"the body has more than {most_bytes} bytes; send it in parts")
    except ClientDisconnect as error:
        raise HTTPException(400, "the connection ended before the body did") from error
    return bytes(body)


@contextmanager
def answering_refusals() -> Iterator[None]:
    """Turn what the rooms below refuse, or cannot do now, into an HTTP answer that says what to do next."""
    try:
        yield
    except Refused as error:
        raise HTTPException(STATUS_OF_REFUSAL.get(error.code, 400), str(error)) from error
    except Transient as error:
        # Its own message names files of ours, which are no caller's business.
        message = f"this cannot be kept at the moment; send it again in {RETRY_AFTER_S} s, just as it is"
        raise HTTPException(503, message, headers={"Retry-After": str(RETRY_AFTER_S)}) from error
