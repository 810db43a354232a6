"""What findings come to, once it is known what somebody has waived or cleared."""

from collections.abc import Iterable, Sequence

import msgspec

from antiphon.identity import release_keys
from antiphon.intake.authority import AUTHORITY_RULES
from antiphon.intake.work import Task, judge
from antiphon.model.delivery import Stage
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import Statement
from antiphon.record.waivers import Waiver

INTERNAL_ERROR = "InternalError"
"""DDEX's own code for "the fault is ours". Source: ERN-C FileStatus, formats 6."""

HELD_BY_DECISION = "HeldByDecision"
"""The finding of a delivery that waits for the end of a hold somebody decided: see ``decision_holds``."""

UNWAIVABLE_RULES = AUTHORITY_RULES | {INTERNAL_ERROR, HELD_BY_DECISION}
"""What holds a delivery whatever was waived: who may speak for whom is agreed, a fault of ours is mended, a decision is
undone."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The stage findings come to; ``detail`` says by whose word, where somebody's counted."""

    stage: Stage
    detail: str = ""


def weigh_findings(
    findings: Sequence[Finding], task: Task, stage: Stage, waivers: Sequence[Waiver], statement: Statement
) -> Verdict:
    """Return what findings come to: a hold that is waived, or that somebody has cleared, does not stop the delivery."""
    waived = [waiver for waiver in waivers if _reaches(waiver, findings, statement)]
    rules = {waiver.rule for waiver in waived}
    reached = judge([finding for finding in findings if not is_waived(finding, rules)], task, stage)
    said = [task.clearance, *(describe_waiver(waiver) for waiver in waived)]
    return Verdict(stage=reached, detail="; ".join(text for text in said if text))


def is_waived(finding: Finding, rules: Iterable[str]) -> bool:
    """Tell whether a finding holds nothing, since its rule is among the waived ones. What is fatal stays so."""
    return finding.severity is Severity.HOLD and finding.rule in rules and finding.rule not in UNWAIVABLE_RULES


def describe_waiver(waiver: Waiver) -> str:
    """Return a waiver as the timeline of a delivery that it let through tells it."""
    until = f" until {waiver.until[:10]}" if waiver.until else ""
    return f"{waiver.rule} waived by {waiver.waived_by}{until}: {waiver.reason}"


def _reaches(waiver: Waiver, findings: Iterable[Finding], statement: Statement) -> bool:
    if not any(is_waived(finding, (waiver.rule,)) for finding in findings):
        return False
    return waiver.covers(waiver.rule, release_keys(statement))
