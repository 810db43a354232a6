"""The goalie's desk over HTTP: what is held, and the three things to be done about it. For operators."""

from datetime import UTC, datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole, Caller
from antiphon.intake.holds import clear_hold, lift_waiver, reject_held, waive_rule
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.record import reading
from antiphon.record.audit import list_acts
from antiphon.record.held import HeldDelivery, list_held
from antiphon.record.timeline import load_findings
from antiphon.record.waivers import list_waivers
from antiphon.surfaces.answers import answer_json, read_whole
from antiphon.surfaces.bodies import decode_json, read_json_body
from antiphon.surfaces.callers import visible_provider
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.refusals import answering_refusals

PAGE_HELD = 100
"""rows of one list of what is held: more than a goalie works through in an hour."""

MAX_PAGE_HELD = 1_000
"""rows; each is shown with the rules that hold it, at one query."""

MAX_RULING_BYTES = 16 * 1024
"""bytes; a name, a rule and a reason."""


class HoldRuling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a goalie rules about a held delivery. ``reason`` stays on record.

    For a waiver also: ``rule``; ``until`` (an instant, exclusive; none: until it is undone); ``is_for_release``: only
    deliveries of this release, not all of its provider's.
    """

    reason: str = ""
    rule: str = ""
    until: datetime | None = None
    is_for_release: bool = False


class HeldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One held delivery in the list. ``age_s``: seconds since it was held; ``held_by``: the rules that hold it."""

    delivery: HeldDelivery
    age_s: int
    held_by: tuple[str, ...]


def goalie_routes(dock: Dock) -> list[Route]:
    """Return the routes of the goalie's desk."""
    gate = dock.gate

    def show_held(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        limit = read_whole(request, "limit", PAGE_HELD, least=1, most=MAX_PAGE_HELD)
        return answer_json({"held": list_held_lines(dock, visible_provider(caller), limit)})

    async def decide(request: Request) -> Response:
        caller = await run_in_threadpool(gate.admit, request, AccessRole.OPERATOR)
        decision = decode_json(await read_json_body(request, MAX_RULING_BYTES), HoldRuling)
        delivery_id, action = request.path_params["delivery_id"], request.url.path.rpartition("/")[2]
        return answer_json(await run_in_threadpool(act_on_hold, dock, caller, delivery_id, action, decision))

    def show_waivers(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        with reading(gate.engine) as connection:
            return answer_json({"waivers": list_waivers(connection, visible_provider(caller))})

    def undo(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.OPERATOR)
        with answering_refusals():
            waiver = lift_waiver(gate.engine, request.path_params["waiver_id"], by=gate.sign(caller), now=gate.clock())
        return answer_json(waiver)

    def show_audit(request: Request) -> Response:
        gate.admit(request, AccessRole.OPERATOR)
        limit = read_whole(request, "limit", PAGE_HELD, least=1, most=MAX_PAGE_HELD)
        with reading(gate.engine) as connection:
            acts = list_acts(connection, provider=request.query_params.get("provider"), limit=limit)
        return answer_json({"acts": acts})

    decisions = [
        Route(f"/provider/v1/deliveries/{{delivery_id}}/{action}", decide, methods=["POST"])
        for action in ("clear", "reject", "waive")
    ]
    return [
        *decisions,
        Route("/provider/v1/held", show_held),
        Route("/provider/v1/waivers", show_waivers),
        Route("/provider/v1/waivers/{waiver_id}", undo, methods=["DELETE"]),
        Route("/provider/v1/audit", show_audit),
    ]


def list_held_lines(dock: Dock, provider: str | None, limit: int = PAGE_HELD) -> tuple[HeldLine, ...]:
    """Return what is held, the oldest first, with its age and what holds it. ``provider`` None: everybody's."""
    now = dock.gate.clock()
    with reading(dock.gate.engine) as connection:
        return tuple(
            HeldLine(
                delivery=held,
                age_s=max(0, round((now - datetime.fromisoformat(held.held_at)).total_seconds())),
                held_by=tuple(
                    dict.fromkeys(f.rule for f in load_findings(connection, held.id) if f.severity is Severity.HOLD)
                ),
            )
            for held in list_held(connection, provider=provider, limit=limit)
        )


def act_on_hold(dock: Dock, caller: Caller, delivery_id: str, action: str, decision: HoldRuling) -> dict[str, object]:
    """Do what a goalie has decided and return what it came to. Raises: HTTPException for what is refused."""
    gate = dock.gate
    with answering_refusals():
        by = gate.sign(caller)
        if action == "reject":
            reject_held(gate.engine, delivery_id, by=by, reason=decision.reason, now=gate.clock())
            return {"delivery": delivery_id, "action": action}
        if action == "clear":
            run = clear_hold(gate.engine, dock.queue, delivery_id, by=by, reason=decision.reason, now=gate.clock())
            return {"delivery": delivery_id, "action": action, "run": run}
        if not decision.rule:
            raise Refused("NoRule", "name the rule that is waived")
        outcome = waive_rule(
            gate.engine,
            dock.queue,
            delivery_id,
            decision.rule,
            by=by,
            reason=decision.reason,
            now=gate.clock(),
            until=_aware(decision.until),
            is_for_release=decision.is_for_release,
        )
    return {"delivery": delivery_id, "action": action, **msgspec.to_builtins(outcome)}


def _aware(moment: datetime | None) -> datetime | None:
    """Return an instant; one without a zone is in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
