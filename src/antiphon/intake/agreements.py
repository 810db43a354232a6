"""What was agreed with a provider about the rules, as its deliveries are checked by it, and as the record keeps it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec
from sqlalchemy import Engine

from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.record.agreements import Agreement, add_agreement
from antiphon.record.audit import record_act
from antiphon.record.engine import writing
from antiphon.record.providers import Provider
from antiphon.rules import Policy, require_valid_policy

INTAKE_SEVERITIES: Mapping[str, Severity] = {"D12": Severity.WARN}
"""A takedown of a release we do not know is applied, not held: it may have overtaken the delivery it takes down, which
must then not go live. The sender is told, since it may as well be a first delivery whose deals were forgotten."""

POLICIES_KEPT = 1_000
"""Policies kept as read: one for each provider of a large installation, a few kB together."""


def find_policy(provider: Provider | None) -> Policy:
    """Return the policy a provider's deliveries are checked by: ours for intake, then what was agreed with them."""
    return _read_for_intake(provider.policy if provider else "")


def read_policy(text: str) -> Policy:
    """Return the policy that JSON says; of an empty text, the one that changes nothing.

    It is not yet known to be valid. Raises: Refused (whoever wrote it) for text of another form.
    """
    try:
        return msgspec.json.decode(text, type=Policy) if text else Policy()
    except msgspec.DecodeError as error:
        raise Refused("PolicyInvalid", f"the policy cannot be read: {error}; see the form of policies") from error


def write_policy(policy: Policy) -> str:
    """Return a policy as the record keeps it, the same text for equal ones.

    Raises: Refused (whoever wrote it) for one that names no rule, or drops what may only weigh less.
    """
    require_valid_policy(policy)
    return msgspec.json.encode(policy, order="deterministic").decode()


def change_policy(
    engine: Engine, provider_id: str, policy: Policy, *, by: str, reason: str, now: datetime, after: int | None = None
) -> Agreement:
    """Record a new version of a provider's policy, with an act of the audit, and return it.

    It holds for what is checked from then on. ``after``: the version it was made from; None: whichever is the newest.
    Raises: Refused for one that is no policy, an unknown provider, or a missing name or reason.
    """
    text = write_policy(policy)
    with writing(engine) as connection:
        agreement = add_agreement(connection, provider_id, text, by=by, reason=reason, now=now, after=after)
        subject = f"{provider_id}/{agreement.version}"
        record_act(connection, "agree", by=by, provider=provider_id, subject=subject, now=now, detail=reason)
    return agreement


@lru_cache(maxsize=POLICIES_KEPT)
def _read_for_intake(text: str) -> Policy:
    agreed = read_policy(text)
    return msgspec.structs.replace(agreed, severities={**INTAKE_SEVERITIES, **agreed.severities})
