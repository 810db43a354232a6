"""The quality of a release: a score of a hundred points that can name every point it took away.

Pure: equal statements, media and findings have equal scores, whatever came before or after. What a dimension measures
and weighs is in ``quality_dimensions``; ``docs/quality.md`` has a worked example.

**Shares.** A dimension that counts what should be there holds its weight times the share that is: ISRCs on 9 of 12
tracks are 7.5 of 10 points. Where nothing should be there, nothing is lost.

**Faults.** Findings take away a fixed number of points each, until their dimension has none left. A finding about what
a share measures already takes nothing more. A hold that was let through, by a waiver or by hand, is somebody's word
that it is right: it is told apart and takes nothing, but for conflicts and duplicates, which are there whoever lets
them pass. How a delivery was made, late or in a folder of the wrong name, says nothing of its data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from antiphon.catalogue.coverage import Coverage, Gap, survey_release
from antiphon.catalogue.quality_dimensions import MEASURES, PERFECT_BP, POINT_BP, Dimension, Measure
from antiphon.model.errors import Broken
from antiphon.model.findings import Finding, Severity, sort_findings
from antiphon.model.media import ResourceMedia
from antiphon.model.statement import Statement

COSTS_BP = {
    Severity.FATAL: 5 * POINT_BP,
    Severity.HOLD: 0,
    Severity.WARN: 2 * POINT_BP,
    Severity.NOTE: POINT_BP // 4,
}
"""What a finding in force takes away: five warnings leave nothing of the ten points. A hold was let through."""

CONFLICT_RULES = frozenset({"I3", "I5", "I8", "I9", "D14"})
"""Rules that find two things under one identifier, or one that changed its identifier."""

DUPLICATE_RULES = frozenset({"I2", "I6", "T8"})
"""Rules that find one thing twice."""

MEASURED_RULES = frozenset({"C2", "L2", "L4", "M7", "M13", "R9"})
"""Rules about what a share measures, which would take the same points a second time."""

PROCESS_RULES = frozenset({"M6", "P10", "P13"})
"""Rules about when and how it was sent, among the families that are about data."""

_ABOUT_DATA = re.compile(r"[MITRPLAC]\d+")
"""Families of rules about what a delivery says, not how it was made (D), nor who sent it."""


class Count(msgspec.Struct, frozen=True, array_like=True):
    """One dimension of a release, or the sum of many: how many are there of how many, and the basis points lost.

    Of what is wrong rather than missing, ``of`` counts the cases and ``have`` is 0.
    """

    have: int = 0
    of: int = 0
    lost_bp: int = 0


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Points that one thing took away: what it is, where, and what mends it. ``rule``: of a finding, else empty.

    ``points_bp`` may be 0, where the faults before it left nothing of the dimension to take.
    """

    dimension: Dimension
    points_bp: int
    what: str
    where: str
    line: int = 0
    rule: str = ""
    fix: str = ""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """The quality of one release. ``losses`` sum to what ``score_bp`` lacks; the largest first.

    ``accepted``: findings that would have held the delivery, and were let through.
    """

    score_bp: int
    counts: Mapping[Dimension, Count]
    losses: tuple[Loss, ...] = ()
    accepted: tuple[Finding, ...] = ()


def measure_quality(
    statement: Statement, media: Mapping[str, ResourceMedia], findings: Iterable[Finding] = ()
) -> Quality:
    """Return the quality of the release a statement is about, with every loss.

    ``media`` is by local resource reference; ``findings`` are the delivery's, in any order, repeated or not.
    Raises: Broken (ours to fix) for a statement without a main release.
    """
    release = statement.main_release
    if release is None:
        raise Broken("a statement without a main release has no quality; it cannot be current")
    survey = survey_release(statement, release, media)
    sorted_findings = sort_findings(list(dict.fromkeys(findings)))
    counts: dict[Dimension, Count] = {}
    losses: list[Loss] = []
    for measure in MEASURES:
        covered = survey.coverage.get(measure.dimension)
        if covered is not None:
            lost = _lose_shares(measure, covered)
            counts[measure.dimension] = Count(covered.have, covered.of, _sum_points(lost))
        else:
            faults = _list_faults(measure, survey.repeated, sorted_findings)
            lost = _lose_to_faults(measure, faults)
            counts[measure.dimension] = Count(0, len(faults), _sum_points(lost))
        losses += lost
    return Quality(
        score_bp=PERFECT_BP - _sum_points(losses),
        counts=counts,
        losses=tuple(sorted(losses, key=lambda loss: -loss.points_bp)),
        accepted=tuple(
            f for f in sorted_findings if f.severity is Severity.HOLD and _classify(f) is Dimension.FINDINGS
        ),
    )


def _lose_shares(measure: Measure, covered: Coverage) -> list[Loss]:
    """Return a loss per gap; what does not divide goes to the first, so that they sum to the share that lacks."""
    gaps = covered.gaps
    if not gaps:
        return []
    held_bp = measure.weight * POINT_BP * covered.have // covered.of
    each_bp, rest_bp = divmod(measure.weight * POINT_BP - held_bp, len(gaps))
    return [
        Loss(
            dimension=measure.dimension,
            points_bp=each_bp + (number < rest_bp),
            what=measure.lacks,
            where=gap.where,
            line=gap.line,
            fix=measure.fix,
        )
        for number, gap in enumerate(gaps)
    ]


def _list_faults(measure: Measure, repeated: Iterable[Gap], findings: Sequence[Finding]) -> list[Loss]:
    """Return what is wrong, each with the points it takes where there are as many left."""
    faults = [
        Loss(
            dimension=measure.dimension,
            points_bp=measure.cost_bp or COSTS_BP[finding.severity],
            what=finding.message or finding.got,
            where=str(finding.place),
            line=finding.place.line,
            rule=finding.rule,
            fix=finding.fix or measure.fix,
        )
        for finding in findings
        if _classify(finding) is measure.dimension and (measure.cost_bp or COSTS_BP[finding.severity])
    ]
    if measure.dimension is Dimension.DUPLICATES:
        faults += [
            Loss(
                dimension=measure.dimension,
                points_bp=measure.cost_bp,
                what="the recording stands on the release before",
                where=gap.where,
                line=gap.line,
                fix=measure.fix,
            )
            for gap in repeated
        ]
    return faults


def _lose_to_faults(measure: Measure, faults: Sequence[Loss]) -> list[Loss]:
    weight_bp = measure.weight * POINT_BP
    taken = accumulate((fault.points_bp for fault in faults), initial=0)
    return [
        msgspec.structs.replace(fault, points_bp=min(fault.points_bp, max(0, weight_bp - before)))
        for fault, before in zip(faults, taken, strict=False)
    ]


def _classify(finding: Finding) -> Dimension | None:
    """Return the dimension a finding counts in; None: in none."""
    if finding.rule in CONFLICT_RULES:
        return Dimension.CONFLICTS
    if finding.rule in DUPLICATE_RULES:
        return Dimension.DUPLICATES
    is_counted = _ABOUT_DATA.fullmatch(finding.rule) and finding.rule not in MEASURED_RULES | PROCESS_RULES
    return Dimension.FINDINGS if is_counted else None


def _sum_points(losses: Iterable[Loss]) -> int:
    return sum(loss.points_bp for loss in losses)
