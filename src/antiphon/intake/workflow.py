"""The workflow of one delivery: read, check, render, commit; each a step that may be repeated and happens once."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress

from dbos import DBOS

from antiphon.intake.checking import check_delivery
from antiphon.intake.committing import commit_delivery
from antiphon.intake.decision_holds import HeldByDecision
from antiphon.intake.reading import read_delivery
from antiphon.intake.rendering import has_work, render_delivery
from antiphon.intake.work import Case, Mark, Parts, Stopping, Task, find_outcome, measure_ms, settle, take_up
from antiphon.model.delivery import Stage
from antiphon.model.errors import Rejected, Transient
from antiphon.model.findings import Finding, Severity
from antiphon.telemetry import definitions, log_event

RETRY_PAUSES_S = (0.2, 1.0, 5.0, 20.0)
"""Seconds between tries of a stage that met something transient: a full disk or a locked record often clears within a
minute; what lasts longer is an operator's, so the delivery is held and says why."""

INTERNAL_ERROR = "InternalError"
"""DDEX's own code for "the fault is ours". Source: ERN-C FileStatus, formats 6."""

StageWork = Callable[[Parts, Case], Mark]

STAGES: dict[Stage, StageWork] = {
    Stage.READ: read_delivery,
    Stage.CHECKED: check_delivery,
    Stage.RENDERED: render_delivery,
    Stage.COMMITTED: commit_delivery,
}
"""The stages in order. A stage that comes to anything but itself ends the run."""

_log = logging.getLogger(__name__)


def deliver(parts: Parts, task: Task) -> Stage:
    """Take a delivery from accepted to the end of its run and return what it came to.

    Runs as a DBOS workflow: a step that its process did not live to see the end of is done again by the next one. A
    step does as many stages as wait for nothing, so most deliveries without media take one. It is named by its first
    stage, and so does an older build's step that did only that one.
    """
    reached = Stage.ACCEPTED
    while (stage := _find_next(reached)) is not None:
        reached = Stage(DBOS.run_step({"name": stage.value}, _do_stages, parts, task, stage))
    return reached


def hold_failed(parts: Parts, task: Task, cause: str) -> Stage:
    """Hold a delivery for a fault of ours, with a finding that says so, and return what it came to.

    ``cause`` is for the sender's eyes too: what failed, never a path or a query. A committed one stays so.
    """
    outcome = find_outcome(parts, task, Stage.COMMITTED)
    if outcome is not None:
        return outcome
    finding = Finding(
        rule=INTERNAL_ERROR,
        severity=Severity.HOLD,
        got=cause,
        fix="nothing to do for the sender; an operator mends the cause and clears the hold",
        message="We failed to process this delivery. It is kept as it came, and nothing of it is lost.",
    )
    held = Mark(stage=Stage.HELD, reached=Stage.HELD, elapsed_ms=0, findings=(finding,), detail=INTERNAL_ERROR)
    return settle(parts, task, [held])


def _find_next(reached: Stage) -> Stage | None:
    """Return the stage that comes after one; None: the run is over."""
    if reached is Stage.ACCEPTED:
        return Stage.READ
    order = list(STAGES)
    return order[order.index(reached) + 1] if reached in order[:-1] else None


def _do_stages(parts: Parts, task: Task, first: Stage) -> str:
    """Do a stage, with its budget of tries, and those behind it that wait for nothing.

    The boundary that keeps one delivery's trouble from its neighbours.
    """
    started_at = parts.clock()
    try:
        reached = _try_stages(parts, task, first)
        if _find_next(reached) is None:
            parts.parking.count_good()
        return reached.value
    except Rejected as rejected:
        parts.parking.count_good()
        return settle(parts, task, [_reject(first, rejected, measure_ms(parts, started_at))]).value
    except HeldByDecision as held:
        parts.parking.count_good()
        return settle(parts, task, [_hold(first, held, measure_ms(parts, started_at))]).value
    except Exception as error:  # noqa: BLE001 - the boundary of one delivery: it is held with what was caught
        log_event(
            definitions.DELIVERY_FAILED,
            exc_info=error,
            delivery_id=task.delivery_id,
            stage=first.value,
            error=type(error).__name__,
        )
        return _park(parts, task, f"{type(error).__name__} on the way to {first.value!r}").value


def _park(parts: Parts, task: Task, cause: str) -> Stage:
    """Hold a delivery that failed; where that fails too, stop the worker and leave the delivery as it is."""
    try:
        held = hold_failed(parts, task, cause)
    except Exception as error:
        parts.parking.refuse(task.delivery_id, error)
        raise Stopping from error
    parts.parking.count_parked()
    return held


def _try_stages(parts: Parts, task: Task, first: Stage) -> Stage:
    for pause_s in RETRY_PAUSES_S:
        try:
            return _do_once(parts, task, first)
        except Transient as transient:
            _log.warning(
                "delivery %s: %s is tried again in %s s: %s", task.delivery_id, first.value, pause_s, transient
            )
            parts.stop.wait(pause_s)
    return _do_once(parts, task, first)


def _do_once(parts: Parts, task: Task, first: Stage) -> Stage:
    if parts.stop.is_set():
        raise Stopping
    case = take_up(parts, task, first)
    if isinstance(case, Stage):
        return case
    marks = [STAGES[first](parts, case)]
    marks += _run_ahead(parts, case, marks[0])
    return _settle_most(parts, task, marks)


def _run_ahead(parts: Parts, case: Case, mark: Mark) -> Iterator[Mark]:
    """Yield the marks of the stages behind one that need not wait: their work is short, and one transaction cheaper.

    A stage that fails here is left to a step of its own, which meets the failure again and deals with it.
    """
    with suppress(Exception):
        while mark.reached is mark.stage and (stage := _find_next(mark.stage)) is not None:
            if stage is Stage.RENDERED and has_work(parts, case):
                return
            mark = STAGES[stage](parts, case)
            yield mark


def _settle_most(parts: Parts, task: Task, marks: list[Mark]) -> Stage:
    """Settle marks together; where one cannot be written, those before it, and leave it to a step of its own."""
    try:
        return settle(parts, task, marks)
    except Transient:
        raise
    except Exception:
        if len(marks) == 1:
            raise
        return _settle_most(parts, task, marks[:-1])


def _hold(stage: Stage, held: HeldByDecision, elapsed_ms: int) -> Mark:
    return Mark(
        stage=stage,
        reached=Stage.HELD,
        elapsed_ms=elapsed_ms,
        findings=(held.finding,),
        detail=f"{held.finding.rule} {held.finding.got}",
    )


def _reject(stage: Stage, rejected: Rejected, elapsed_ms: int) -> Mark:
    return Mark(
        stage=stage,
        reached=Stage.REJECTED,
        elapsed_ms=elapsed_ms,
        findings=(rejected.as_finding(),),
        detail=rejected.code,
    )
