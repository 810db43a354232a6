"""What the stages of a delivery's workflow work with, and how each leaves its mark exactly once."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path
from threading import Event

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.findings import Finding, Severity
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.timeline import add_findings, append_timeline, load_timeline
from antiphon.telemetry import Metrics, definitions, log_event

Clock = Callable[[], datetime]
"""What tells the time: an aware UTC datetime. Only the shell makes one."""

Effect = Callable[[Connection], Stage]
"""What a stage writes, on the connection of the transaction that also writes its mark; returns the stage it came to."""


class Stopping(BaseException):
    """The worker is to stop. Not an Exception: nothing on the way may take it for a failure of the delivery.

    The workflow stays as a dead worker would leave it, and the next start goes on with it.
    """


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What every stage needs. ``renderers`` runs one file on each of its threads; ``stop`` is set when all must end."""

    engine: Engine
    blobs: BlobStore
    scratch: Path
    clock: Clock
    renderers: Executor
    stop: Event
    metrics: Metrics


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one delivery. ``run`` counts from 1; ``clearance``: who cleared its hold and why, empty for nobody."""

    delivery_id: str
    run: int = 1
    clearance: str = ""


def find_outcome(parts: Parts, task: Task, stage: Stage) -> Stage | None:
    """Return what a stage has already come to in this run: itself, or the end it brought; None: it is still to do."""
    with reading(parts.engine) as connection:
        return _find_outcome(connection, task, stage)


def settle(
    parts: Parts,
    task: Task,
    stage: Stage,
    started_at: datetime,
    effect: Effect,
    findings: Iterable[Finding] = (),
    detail: str = "",
) -> Stage:
    """Write a stage's effect, its findings and its timeline entry in one transaction, once; return what it came to.

    A stage that is repeated after a crash finds its own mark in the transaction that would write it again, and does
    nothing. So effects happen once, whatever the workflow engine remembers.
    """
    found = tuple(findings)
    with writing(parts.engine) as connection:
        outcome = _find_outcome(connection, task, stage)
        if outcome is not None:
            return outcome
        reached = effect(connection)
        now = parts.clock()
        elapsed_ms = max(0, round((now - started_at).total_seconds() * 1000))
        add_findings(connection, task.delivery_id, found)
        entry = TimelineEntry(stage=reached, at=format_instant(now), elapsed_ms=elapsed_ms, detail=detail)
        append_timeline(connection, task.delivery_id, entry)
    _tell(parts.metrics, task, reached, elapsed_ms, found)
    return reached


def judge(findings: Iterable[Finding], task: Task, stage: Stage) -> Stage:
    """Return what findings come to: rejected for a fatal one, held for a hold nobody has cleared, else the stage."""
    severities = {finding.severity for finding in findings}
    if Severity.FATAL in severities:
        return Stage.REJECTED
    if Severity.HOLD in severities and not task.clearance:
        return Stage.HELD
    return stage


def _find_outcome(connection: Connection, task: Task, stage: Stage) -> Stage | None:
    """Look into the timeline; a run begins after the last hold, the first one with the acceptance."""
    stages = [entry.stage for entry in load_timeline(connection, task.delivery_id)]
    ended = [reached for reached in stages if reached in (Stage.REJECTED, Stage.SUPERSEDED, Stage.LIVE)]
    if ended:
        return ended[0]
    if stages.count(Stage.HELD) >= task.run:
        return Stage.HELD
    last_hold = max((i for i, reached in enumerate(stages, 1) if reached is Stage.HELD), default=0)
    return stage if stage in stages[last_hold:] else None


def _tell(metrics: Metrics, task: Task, reached: Stage, elapsed_ms: int, findings: Iterable[Finding]) -> None:
    """Count and log a stage that is durable now; a process killed just before leaves it uncounted, never undone."""
    metrics.count(definitions.DELIVERIES, stage=reached.value)
    metrics.observe(definitions.DELIVERY_STAGE_SECONDS, elapsed_ms / 1000, stage=reached.value)
    for finding in findings:
        metrics.count(definitions.FINDINGS, severity=finding.severity.value)
    log_event(
        definitions.DELIVERY_REACHED_STAGE, delivery_id=task.delivery_id, stage=reached.value, elapsed_ms=elapsed_ms
    )
