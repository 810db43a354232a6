"""Whether a policy is one: it names rules that there are, and agrees to what may be agreed."""

import re

from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.rules.policy import Policy, Terms
from antiphon.rules.rule_book import find_rule

_VERSION = re.compile(r"[34](?:\.\d){0,3}")


def require_valid_policy(policy: Policy) -> None:
    """Refuse a policy that names a rule that is none, switches off what may only weigh less, or has impossible terms.

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
    days = [terms.effective_from for terms in policy.terms]
    for day in days:
        if days.count(day) > 1:
            raise Refused("InvalidTerms", f"policy has two terms from {day}; keep one of them")
    for terms in policy.terms:
        _require_possible_terms(terms)


def _require_possible_terms(terms: Terms) -> None:
    for version in terms.versions:
        if not _VERSION.fullmatch(version):
            raise Refused(
                "InvalidTerms",
                f"terms from {terms.effective_from} name ERN version {version!r}; write it with dots, such as '4.3'",
            )
    counts = {
        "new_release_lead_days": terms.new_release_lead_days,
        "update_lead_days": terms.update_lead_days,
        "pitching_lead_days": terms.pitching_lead_days,
        "extra_updates_per_day": terms.extra_updates_per_day,
    }
    for name, count in counts.items():
        if count < 0:
            raise Refused("InvalidTerms", f"terms from {terms.effective_from} set {name} to {count}; it is 0 or more")
