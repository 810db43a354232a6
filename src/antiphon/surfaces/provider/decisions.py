"""Decisions over HTTP: what was decided by hand, deciding, and taking it back. For operators."""

from datetime import UTC, datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole, Caller
from antiphon.model.decisions import Decision, DecisionKind, Effect, TargetKind
from antiphon.publication import deciding
from antiphon.record import reading
from antiphon.record.decisions import LIST_LIMIT, list_decisions
from antiphon.record.instants import format_instant
from antiphon.surfaces.answers import answer_json, read_whole
from antiphon.surfaces.bodies import decode_json, read_json_body
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.refusals import answering_refusals

DECISIONS_PATH = "/provider/v1/decisions"

PAGE_DECISIONS = 100
"""rows of one list of decisions."""

MAX_DECISION_BYTES = 64 * 1024
"""bytes; a split may name some hundred anchors."""


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator decides: an effect, about a target, and why. ``until`` is an instant, exclusive; none: for good.

    A split whose ``into_id`` is empty makes a new entity.
    """

    effect: Effect
    target_kind: TargetKind
    target_id: str
    reason: str
    until: datetime | None = None


def decision_routes(dock: Dock) -> list[Route]:
    """Return the routes of decisions."""
    gate = dock.gate

    def show_all(request: Request) -> Response:
        gate.admit(request, AccessRole.OPERATOR)
        return answer_json({"decisions": find_decisions(dock, request)})

    async def decide(request: Request) -> Response:
        caller = await run_in_threadpool(gate.admit, request, AccessRole.OPERATOR)
        body = decode_json(await read_json_body(request, MAX_DECISION_BYTES), DecisionBody)
        decision, changed = await run_in_threadpool(make_decision, dock, caller, body)
        return answer_json({"decision": decision, "changed": changed}, 201)

    def undo(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.OPERATOR)
        return answer_json(undo_decision(dock, caller, request.path_params["decision_id"]))

    return [
        Route(DECISIONS_PATH, show_all),
        Route(DECISIONS_PATH, decide, methods=["POST"]),
        Route(f"{DECISIONS_PATH}/{{decision_id}}", undo, methods=["DELETE"]),
    ]


def find_decisions(dock: Dock, request: Request) -> tuple[Decision, ...]:
    """Return the decisions that the query asks for, newest first. Raises: HTTPException 400 for a kind that is none."""
    asked = request.query_params
    try:
        kind = DecisionKind(asked["kind"]) if asked.get("kind") else None
    except ValueError as error:
        known = ", ".join(DecisionKind)
        raise HTTPException(400, f"kind must be one of: {known}; got {asked['kind'][:20]!r}") from error
    is_in_force = read_whole(request, "in_force", 0, least=0, most=1) == 1
    with reading(dock.gate.engine) as conn:
        return list_decisions(
            conn,
            kind=kind,
            target_id=asked.get("target", ""),
            in_force_at=format_instant(dock.gate.clock()) if is_in_force else "",
            before=asked.get("before", ""),
            limit=read_whole(request, "limit", PAGE_DECISIONS, least=1, most=LIST_LIMIT),
        )


def make_decision(dock: Dock, caller: Caller, body: DecisionBody) -> tuple[Decision, int]:
    """Decide, and return the decision with how many entities changed. Raises: HTTPException for what is refused."""
    gate, until = dock.gate, body.until
    now = gate.clock()
    aware = until.replace(tzinfo=UTC) if until is not None and until.tzinfo is None else until
    decision = deciding.draft_decision(
        body.effect,
        body.target_kind,
        body.target_id,
        by=gate.sign(caller),
        reason=body.reason,
        now=now,
        until=format_instant(aware) if aware is not None else "",
    )
    with answering_refusals():
        return decision, deciding.decide(gate.engine, dock.blobs, decision, now)


def undo_decision(dock: Dock, caller: Caller, decision_id: str) -> Decision:
    """Take a decision back, and return it so. Raises: HTTPException for what is refused."""
    gate = dock.gate
    with answering_refusals():
        return deciding.undo(gate.engine, dock.blobs, decision_id, by=gate.sign(caller), now=gate.clock())
