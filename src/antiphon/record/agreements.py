"""Agreements with providers about the rules: every version is kept, the newest holds."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from antiphon.model.errors import Refused
from antiphon.record.agreement_tables import agreements
from antiphon.record.instants import format_instant
from antiphon.record.providers import find_provider


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a provider's policy, as JSON that ``intake`` reads; who made it, when and why."""

    provider: str
    version: int
    policy: str
    decided_by: str
    decided_at: str
    reason: str


def add_agreement(
    conn: Connection, provider_id: str, policy: str, *, by: str, reason: str, now: datetime, after: int | None = None
) -> Agreement:
    """Record a new version of a provider's policy and return it; it holds for what is checked from now on.

    ``after`` is the version it was made from; None: whichever is the newest. Raises: Refused for an unknown provider,
    a missing name or reason, or a version that somebody else has replaced meanwhile.
    """
    provider = find_provider(conn, provider_id)
    if provider is None:
        raise Refused("UnknownProvider", f"there is no provider {provider_id!r}; add it with its DPIDs first")
    if not by.strip() or not reason.strip():
        raise Refused("NoReason", "say who decides and why: both stay with the agreement")
    if after is not None and after != provider.policy_version:
        raise Refused(
            "AgreementChanged",
            f"the policy of {provider_id} is at version {provider.policy_version}, yours was made from {after}; "
            "read it again, then change it",
        )
    agreement = Agreement(
        provider=provider_id,
        version=provider.policy_version + 1,
        policy=policy,
        decided_by=by.strip(),
        decided_at=format_instant(now),
        reason=reason.strip(),
    )
    conn.execute(insert(agreements).values(msgspec.structs.asdict(agreement)))
    return agreement


def list_agreements(conn: Connection, provider_id: str) -> tuple[Agreement, ...]:
    """Return every version of a provider's policy, newest first."""
    query = select(agreements).where(agreements.c.provider == provider_id).order_by(agreements.c.version.desc())
    return tuple(Agreement(**row) for row in conn.execute(query).mappings())
