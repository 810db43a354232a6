"""The goalie's buttons: plain forms, which work without a script, and the one check that forms need.

A browser sends a signed-in person's credentials with whatever form any page makes it send. So a form counts only where
the browser itself says that it comes from a page of ours.
"""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.intake.holds import lift_waiver
from antiphon.surfaces.bodies import find_media_type, read_whole_body
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.goalie import MAX_RULING_BYTES, HoldRuling, act_on_hold
from antiphon.surfaces.refusals import answering_refusals

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 10
"""fields; the largest form has six."""


def goalie_form_routes(dock: Dock) -> list[Route]:
    """Return the routes that the forms of the console go to; each leads back to the page it came from."""

    async def decide(request: Request) -> Response:
        require_own_page(request)
        caller = await run_in_threadpool(dock.gate.admit, request, AccessRole.OPERATOR)
        delivery_id, action = request.path_params["delivery_id"], request.url.path.rpartition("/")[2]
        decision = read_ruling(await read_form(request))
        await run_in_threadpool(act_on_hold, dock, caller, delivery_id, action, decision)
        return RedirectResponse(f"/console/deliveries/{quote(delivery_id, safe='')}", 303)

    async def undo(request: Request) -> Response:
        require_own_page(request)
        caller = await run_in_threadpool(dock.gate.admit, request, AccessRole.OPERATOR)
        await read_form(request)
        with answering_refusals():
            waiver_id, now = request.path_params["waiver_id"], dock.gate.clock()
            await run_in_threadpool(
                lambda: lift_waiver(dock.gate.engine, waiver_id, by=dock.gate.sign(caller), now=now)
            )
        return RedirectResponse("/console/held", 303)

    actions = [
        Route(f"/console/deliveries/{{delivery_id}}/{action}", decide, methods=["POST"])
        for action in ("clear", "reject", "waive")
    ]
    return [*actions, Route("/console/waivers/{waiver_id}/undo", undo, methods=["POST"])]


def require_own_page(request: Request) -> None:
    """Refuse a form that does not come from a page of this origin. Raises: HTTPException 403.

    Browsers say where a form comes from in Sec-Fetch-Site, older ones in Origin. One that says neither is refused.
    """
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    is_own = site == "same-origin" if site else bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    if not is_own:
        raise HTTPException(403, "this form does not come from a page of this console; programs use the provider API")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form, each once. Raises: HTTPException 415, 413 or 400."""
    if find_media_type(request) != FORM_TYPE:
        raise HTTPException(415, f"a form is {FORM_TYPE}")
    body = await read_whole_body(request, MAX_RULING_BYTES)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(400, "the form cannot be read; it is UTF-8, and has few fields") from error
    return dict(fields)


def read_ruling(fields: dict[str, str]) -> HoldRuling:
    """Return what a form decides. Raises: HTTPException 400 for a date that is none."""
    until = fields.get("until", "").strip()
    try:
        ends = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    except ValueError as error:
        raise HTTPException(400, f"the end of a waiver is a date, such as 2027-01-31; got {until[:20]!r}") from error
    return HoldRuling(
        reason=fields.get("reason", ""),
        rule=fields.get("rule", ""),
        until=ends,
        is_for_release=fields.get("scope") == "release",
    )
