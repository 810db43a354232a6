"""The workflow of one delivery: read, check, render, commit; each a step that may be repeated and happens once."""

import logging
from collections.abc import Callable

from dbos import DBOS

from antiphon.intake.checking import check_delivery
from antiphon.intake.committing import commit_delivery
from antiphon.intake.reading import read_delivery
from antiphon.intake.rendering import render_delivery
from antiphon.intake.work import Parts, Stopping, Task, find_outcome, settle
from antiphon.model.delivery import Stage
from antiphon.model.errors import Rejected, Transient
from antiphon.model.findings import Finding, Severity
from antiphon.telemetry import definitions, log_event

RETRY_PAUSES_S = (0.2, 1.0, 5.0, 20.0)
"""Seconds between tries of a stage that met something transient: a full disk or a locked record often clears within a
minute; what lasts longer is an operator's, so the delivery is held and says why."""

INTERNAL_ERROR = "InternalError"
"""DDEX's own code for "the fault is ours". Source: ERN-C FileStatus, formats 6."""

StageWork = Callable[[Parts, Task], Stage]

STAGES: tuple[tuple[Stage, StageWork], ...] = (
    (Stage.READ, read_delivery),
    (Stage.CHECKED, check_delivery),
    (Stage.RENDERED, render_delivery),
    (Stage.COMMITTED, commit_delivery),
)
"""The stages in order. A stage that comes to anything but itself ends the run."""

_log = logging.getLogger(__name__)


def deliver(parts: Parts, task: Task) -> Stage:
    """Take a delivery from accepted to the end of its run and return what it came to.

    Runs as a DBOS workflow: a step that its process did not live to see the end of is done again by the next one.
    """
    for stage, work in STAGES:
        reached = Stage(DBOS.run_step({"name": stage.value}, _do_stage, parts, task, stage, work))
        if reached is not stage:
            return reached
    return Stage.COMMITTED


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
    return settle(parts, task, Stage.HELD, parts.clock(), lambda _: Stage.HELD, [finding], INTERNAL_ERROR)


def _do_stage(parts: Parts, task: Task, stage: Stage, work: StageWork) -> str:
    """Do one stage with its budget of tries. The boundary that keeps one delivery's trouble from its neighbours."""
    started_at = parts.clock()
    try:
        return _try_stage(parts, task, stage, work).value
    except Rejected as rejected:
        finding = rejected.as_finding()
        return settle(parts, task, stage, started_at, lambda _: Stage.REJECTED, [finding], rejected.code).value
    except Exception as error:  # noqa: BLE001 - the boundary of one delivery: it is held with what was caught
        log_event(
            definitions.DELIVERY_FAILED,
            exc_info=error,
            delivery_id=task.delivery_id,
            stage=stage.value,
            error=type(error).__name__,
        )
        return hold_failed(parts, task, f"{type(error).__name__} on the way to {stage.value!r}").value


def _try_stage(parts: Parts, task: Task, stage: Stage, work: StageWork) -> Stage:
    for pause_s in RETRY_PAUSES_S:
        try:
            return _do_once(parts, task, stage, work)
        except Transient as transient:
            _log.warning(
                "delivery %s: %s is tried again in %s s: %s", task.delivery_id, stage.value, pause_s, transient
            )
            parts.stop.wait(pause_s)
    return _do_once(parts, task, stage, work)


def _do_once(parts: Parts, task: Task, stage: Stage, work: StageWork) -> Stage:
    if parts.stop.is_set():
        raise Stopping
    return find_outcome(parts, task, stage) or work(parts, task)
