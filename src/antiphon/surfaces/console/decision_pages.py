"""The page of decisions: what was decided by hand, with a form to decide what stops music, and a button to undo."""

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.model.decisions import DecisionKind, Effect, Geoblock, Hold, Takedown, TargetKind
from antiphon.record.instants import format_instant
from antiphon.surfaces.console.goalie_forms import read_form, require_own_page
from antiphon.surfaces.decision_words import say_decision, say_state
from antiphon.surfaces.provider.decisions import (
    PAGE_DECISIONS,
    DecisionBody,
    find_decisions,
    make_decision,
    undo_decision,
)
from antiphon.surfaces.provider.dock import Dock

Render = Callable[..., Response]

PAGE = "/console/decisions"


def decision_pages(dock: Dock, render: Render) -> list[Route]:
    """Return the routes of the page and its forms, each of which leads back to it."""
    gate = dock.gate

    def show_all(request: Request) -> Response:
        gate.admit(request, AccessRole.OPERATOR)
        at, found = format_instant(gate.clock()), find_decisions(dock, request)
        return render(
            "decisions.html",
            lines=[(decision, say_decision(decision), say_state(decision, at)) for decision in found],
            is_in_force=request.query_params.get("in_force") == "1",
            before=found[-1].id if len(found) == PAGE_DECISIONS else "",
            target_kinds=[kind.value for kind in TargetKind],
            is_moving=False,
        )

    async def decide(request: Request) -> Response:
        require_own_page(request)
        caller = await run_in_threadpool(gate.admit, request, AccessRole.OPERATOR)
        body = read_decision(await read_form(request))
        await run_in_threadpool(make_decision, dock, caller, body)
        return RedirectResponse(PAGE, 303)

    async def undo(request: Request) -> Response:
        require_own_page(request)
        caller = await run_in_threadpool(gate.admit, request, AccessRole.OPERATOR)
        await read_form(request)
        await run_in_threadpool(undo_decision, dock, caller, request.path_params["decision_id"])
        return RedirectResponse(PAGE, 303)

    return [
        Route(PAGE, show_all),
        Route(PAGE, decide, methods=["POST"]),
        Route(f"{PAGE}/{{decision_id}}/undo", undo, methods=["POST"]),
    ]


def read_decision(fields: dict[str, str]) -> DecisionBody:
    """Return what the form decides. Raises: HTTPException 400 for a field that says nothing we know."""
    territories = tuple(fields.get("territories", "").upper().replace(",", " ").split())
    effects: dict[str, Effect] = {
        DecisionKind.TAKEDOWN: Takedown(territories=territories),
        DecisionKind.GEOBLOCK: Geoblock(territories=territories),
        DecisionKind.HOLD: Hold(),
    }
    until = fields.get("until", "").strip()
    try:
        return DecisionBody(
            effect=effects[fields.get("kind", "")],
            target_kind=TargetKind(fields.get("target_kind", "")),
            target_id=fields.get("target_id", "").strip(),
            reason=fields.get("reason", ""),
            until=datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None,
        )
    except (KeyError, ValueError) as error:
        raise HTTPException(
            400, f"the form cannot be read: {error}; the end is a time in UTC, such as 2027-01-31T12:00"
        ) from error
