"""What a provider's agreement changes about the rules."""

from collections.abc import Mapping

import msgspec

from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.rules.rule_book import find_rule


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules weigh otherwise for one provider, by rule id. ``off``: rules that are not asked at all.

    ``severities`` holds for every breach of its rule, also for those a rule itself takes more lightly.
    """

    severities: Mapping[str, Severity] = msgspec.field(default_factory=dict)
    off: frozenset[str] = frozenset()


def require_valid_policy(policy: Policy) -> None:
    """Refuse a policy that names a rule that is none, or switches off what may only weigh less.

    Rules of a standard or of a platform's own page may be softened to a note, so that the fact is still on record.
    Raises: Refused (whoever wrote the policy).
    """
    for rule_id in (*policy.severities, *policy.off):
        if find_rule(rule_id) is None:
            raise Refused("UnknownRule", f"policy names rule {rule_id!r}; there is none; see the list of rules")
    for rule_id in sorted(policy.off):
        rule = find_rule(rule_id)
        if rule is not None and not rule.confidence.may_be_switched_off:
            raise Refused(
                "RuleNotSwitchable",
                f"policy switches off {rule_id} ({rule.title}), which a standard or platform demands; "
                f"give it the severity {Severity.NOTE.value!r} instead",
            )
