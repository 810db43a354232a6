"""Asking the rules: evidence in, findings out."""

from collections.abc import Mapping

import msgspec

from antiphon.model.findings import SEVERITY_ORDER, Finding, Place, Severity, sort_findings
from antiphon.model.media import ResourceMedia
from antiphon.model.statement import MessageKind, Statement
from antiphon.rules.anatomy import is_takedown
from antiphon.rules.evidence import CheckContext, Evidence
from antiphon.rules.policy import Policy
from antiphon.rules.policy_check import require_valid_policy
from antiphon.rules.registry import Breach, Need, Rule
from antiphon.rules.rule_book import RULES

FINDINGS_PER_RULE_LIMIT = 100
"""Findings of one rule in one delivery: beyond it, somebody reads the first and repairs the program that wrote them."""

EXCERPT_LENGTH_LIMIT = 500
"""Characters of what was found that a finding repeats: a title of a megabyte is not quoted whole."""

_STATEMENT_RULES = tuple(rule for rule in RULES if rule.need is not Need.MEDIA)
_MEDIA_RULES = tuple(rule for rule in RULES if rule.need is Need.MEDIA)


def check_statement(statement: Statement, context: CheckContext, policy: Policy | None = None) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in a message and its files, worst first; empty: nothing.

    All rules are asked but those about decoded media, and those about files or hashes where the context has none.
    Raises: Refused for a policy that is none.
    """
    evidence = Evidence(statement=statement, context=context, policy=policy or Policy())
    return _check(evidence, _STATEMENT_RULES)


def check_media(
    statement: Statement,
    media: Mapping[str, ResourceMedia],
    context: CheckContext,
    policy: Policy | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in decoded files, worst first. ``media`` is keyed by resource reference.

    Raises: Refused for a policy that is none.
    """
    evidence = Evidence(statement=statement, context=context, media=media, policy=policy or Policy())
    return _check(evidence, _MEDIA_RULES)


def _check(evidence: Evidence, rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    require_valid_policy(evidence.policy)
    # A release that is to come down comes down, whatever blemish its message has (formats 8.5).
    is_withdrawal = evidence.context.is_known_release is True and is_takedown(evidence.statement)
    findings: list[Finding] = []
    for rule in _list_askable(rules, evidence):
        found = [_make_finding(rule, breach, evidence) for breach in rule.check(evidence)]
        if found and is_withdrawal and not rule.stops_takedown:
            found = [_soften(finding) for finding in found]
        findings += _limit(found)
    return sort_findings(findings)


def _list_askable(rules: tuple[Rule, ...], evidence: Evidence) -> list[Rule]:
    """Return the rules whose needs are met, that are not switched off, and that are about messages of this kind."""
    context, off = evidence.context, evidence.policy.off
    unmet: set[Need] = set()
    if context.files is None:
        unmet = {Need.FILES, Need.HASHES}
    elif context.hashes is None:
        unmet = {Need.HASHES}
    is_purge = evidence.statement.kind is MessageKind.PURGE
    return [
        rule
        for rule in rules
        if rule.id not in off and rule.need not in unmet and (rule.applies_to_purge or not is_purge)
    ]


def _make_finding(rule: Rule, breach: Breach, evidence: Evidence) -> Finding:
    return Finding(
        rule=rule.id,
        severity=evidence.policy.severities.get(rule.id) or breach.severity or rule.severity,
        place=Place(file=evidence.context.message_file, line=breach.line, path=breach.path),
        got=_excerpt(breach.got),
        expected=_excerpt(breach.expected),
        fix=_excerpt(breach.fix) or rule.fix,
        message=_excerpt(breach.message) or f"{rule.title}.",
    )


def _soften(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, severity=Severity.WARN) if finding.severity.stops else finding


def _limit(findings: list[Finding]) -> list[Finding]:
    """Return the worst findings of a rule, and one more that counts the others where there are too many."""
    if len(findings) <= FINDINGS_PER_RULE_LIMIT:
        return findings
    findings = sorted(findings, key=lambda finding: SEVERITY_ORDER[finding.severity])
    kept, left_out = findings[:FINDINGS_PER_RULE_LIMIT], findings[FINDINGS_PER_RULE_LIMIT:]
    rest = Finding(
        rule=kept[0].rule,
        severity=left_out[0].severity,
        place=Place(file=kept[0].place.file),
        got=f"{len(left_out)} more of these",
        expected="none",
        fix=kept[0].fix,
    )
    return [*kept, rest]


def _excerpt(text: str) -> str:
    """Return a text cut to what a finding may repeat, without characters that forge lines of a log or a terminal."""
    cut = text if len(text) <= EXCERPT_LENGTH_LIMIT else f"{text[:EXCERPT_LENGTH_LIMIT]}..."
    if cut.isprintable():
        return cut
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cut)
