"""What was agreed with a provider about the rules, as its deliveries are checked by it."""

from collections.abc import Mapping

import msgspec

from antiphon.model.findings import Severity
from antiphon.record.providers import Provider
from antiphon.rules import Policy
from antiphon.rules.policy import read_policy

INTAKE_SEVERITIES: Mapping[str, Severity] = {"D12": Severity.WARN}
"""A takedown of a release we do not know is applied, not held: it may have overtaken the delivery it takes down, which
must then not go live. The sender is told, since it may as well be a first delivery whose deals were forgotten."""


def find_policy(provider: Provider | None) -> Policy:
    """Return the policy a provider's deliveries are checked by: ours for intake, then what was agreed with them."""
    agreed = read_policy(provider.policy) if provider and provider.policy else Policy()
    return msgspec.structs.replace(agreed, severities={**INTAKE_SEVERITIES, **agreed.severities})
