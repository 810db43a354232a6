"""Providers and what was agreed with them, over HTTP: a provider reads its own, operators read and change all."""

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole, Caller
from antiphon.intake.agreements import change_policy, read_policy
from antiphon.record import reading
from antiphon.record.agreements import Agreement, list_agreements
from antiphon.record.providers import Provider, find_provider, list_providers
from antiphon.rules import Policy
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.bodies import decode_json, read_json_body
from antiphon.surfaces.callers import Gate, sees_provider, visible_provider
from antiphon.surfaces.refusals import answering_refusals

MAX_POLICY_BYTES = 64 * 1024
"""bytes; a policy that names every rule there is takes 8 kB."""


class PolicyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new version of a policy. ``after``: the version it was made from, so that nobody's change is lost unseen."""

    policy: Policy
    reason: str
    after: int


def agreement_routes(gate: Gate) -> list[Route]:
    """Return the routes of providers and their policies."""

    def list_all(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        only = visible_provider(caller)
        with reading(gate.engine) as connection:
            providers = [p for p in list_providers(connection) if only is None or p.id == only]
        return answer_json({"providers": [show_provider(provider) for provider in providers]})

    def show_policy(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        provider = _find_visible(gate, request, caller)
        with reading(gate.engine) as connection:
            versions = [show_agreement(agreement) for agreement in list_agreements(connection, provider.id)]
        return answer_json({**show_provider(provider), "versions": versions})

    async def put_policy(request: Request) -> Response:
        caller = await run_in_threadpool(gate.admit, request, AccessRole.OPERATOR)
        body = decode_json(await read_json_body(request, MAX_POLICY_BYTES), PolicyBody)
        return answer_json(await run_in_threadpool(change, request, caller, body))

    def change(request: Request, caller: Caller, body: PolicyBody) -> dict[str, object]:
        with answering_refusals():
            agreement = change_policy(
                gate.engine,
                request.path_params["provider_id"],
                body.policy,
                by=gate.sign(caller),
                reason=body.reason,
                now=gate.clock(),
                after=body.after,
            )
        return show_agreement(agreement)

    return [
        Route("/provider/v1/providers", list_all),
        Route("/provider/v1/providers/{provider_id}/policy", show_policy),
        Route("/provider/v1/providers/{provider_id}/policy", put_policy, methods=["PUT"]),
    ]


def show_provider(provider: Provider) -> dict[str, object]:
    """Return a provider as JSON tells it, with the policy that is in force."""
    return {
        "id": provider.id,
        "name": provider.name,
        "dpids": provider.dpids,
        "speaks_for": provider.represented,
        "policy_version": provider.policy_version,
        "policy": read_policy(provider.policy),
    }


def show_agreement(agreement: Agreement) -> dict[str, object]:
    """Return one version of a policy as JSON tells it."""
    return {**msgspec.structs.asdict(agreement), "policy": read_policy(agreement.policy)}


def _find_visible(gate: Gate, request: Request, caller: Caller) -> Provider:
    provider_id = request.path_params["provider_id"]
    with reading(gate.engine) as connection:
        provider = find_provider(connection, provider_id)
    if provider is None or not sees_provider(caller, provider_id):
        raise HTTPException(404, f"there is no provider {provider_id[:64]!r} that you may see")
    return provider
