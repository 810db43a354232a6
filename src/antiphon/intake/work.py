"""What the stages of a delivery's workflow work with, and how each leaves its mark exactly once."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Event

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.intake.parking import Parking
from antiphon.model.delivery import Delivery, Stage, TimelineEntry
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import Statement
from antiphon.record.deliveries import load_delivery, lock_delivery
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.statements import load_statement
from antiphon.record.timeline import add_findings, extend_timeline, load_findings, load_timeline
from antiphon.record.turns import reach_turn
from antiphon.telemetry import Metrics, definitions, log_event

Clock = Callable[[], datetime]
"""What tells the time: an aware UTC datetime. Only the shell makes one."""

Effect = Callable[[Connection], Stage]
"""What a stage writes, on the connection of the transaction that also writes its mark; returns the stage it came to.

It may be called again after that transaction was rolled back."""


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
    parking: Parking


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one delivery. ``run`` counts from 1; ``clearance``: who cleared its hold and why, empty for nobody.

    ``turn``: which turn of its provider it is, see ``flood``; 0: it has none, since somebody waits for it.
    """

    delivery_id: str
    run: int = 1
    clearance: str = ""
    turn: int = 0


class Case:
    """A delivery in hand: what is known of it, whether that is in the record or waits to be written with a mark."""

    def __init__(self, parts: Parts, task: Task, delivery: Delivery, *, is_begun: bool = True) -> None:
        self._parts = parts
        self._is_begun = is_begun
        self.task = task
        self.delivery = delivery
        self.found: list[Finding] = []
        """What the stages of this step have found."""

    @cached_property
    def statement(self) -> Statement:
        """What it says: as the first stage has read it a moment ago, else as the record has it."""
        with reading(self._parts.engine) as connection:
            return load_statement(connection, self.task.delivery_id)

    def list_findings(self, connection: Connection) -> tuple[Finding, ...]:
        """Return all that was found in it: as the record has it, and what waits to be written with a mark."""
        written = load_findings(connection, self.task.delivery_id) if self._is_begun else ()
        return tuple(dict.fromkeys([*written, *self.found]))


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage has done and not yet written.

    ``reached``: what it came to as far as that is known before ``effect`` is written, which has the last word.
    ``elapsed_ms``: the time it took until now.
    """

    stage: Stage
    reached: Stage
    elapsed_ms: int
    effect: Effect | None = None
    findings: tuple[Finding, ...] = ()
    detail: str = ""


def measure_ms(parts: Parts, started_at: datetime) -> int:
    """Return the time since then, in whole milliseconds; 0 where the clock was set back."""
    return max(0, round((parts.clock() - started_at).total_seconds() * 1000))


def find_outcome(parts: Parts, task: Task, stage: Stage) -> Stage | None:
    """Return what a stage has already come to in this run: itself, or the end it brought; None: it is still to do."""
    with reading(parts.engine) as connection:
        return _find_outcome(_load_stages(connection, task), task, stage)


def take_up(parts: Parts, task: Task, stage: Stage) -> Case | Stage:
    """Return the case to do a stage of, or what the stage has already come to in this run, as ``find_outcome`` says."""
    with reading(parts.engine) as connection:
        stages = _load_stages(connection, task)
        outcome = _find_outcome(stages, task, stage)
        return outcome or Case(parts, task, load_delivery(connection, task.delivery_id), is_begun=len(stages) > 1)


def settle(parts: Parts, task: Task, marks: Sequence[Mark]) -> Stage:
    """Write what stages did, with their findings and timeline entries, in one transaction; return what they came to.

    ``marks`` are of one stage or of several in order; those behind one that ended the run are not written. A stage that
    is repeated after a crash finds its own mark in the transaction that would write it again, and does nothing. So
    effects happen once, whatever the workflow engine remembers.
    """
    written: list[tuple[TimelineEntry, Mark]] = []
    with writing(parts.engine) as connection:
        lock_delivery(connection, task.delivery_id)
        stages = _load_stages(connection, task)
        reached, count = stages[-1], len(stages)
        for mark in marks:
            outcome = _find_outcome(stages, task, mark.stage)
            if outcome is None:
                entry = _take_effect(parts, connection, mark)
                written.append((entry, mark))
                stages.append(entry.stage)
            reached = outcome or stages[-1]
            if reached is not mark.stage:
                break
        found = [finding for _, mark in written for finding in mark.findings]
        add_findings(connection, task.delivery_id, found, is_first=count == 1)
        extend_timeline(connection, task.delivery_id, [entry for entry, _ in written], after=count)
        if task.turn:
            # Last, since whoever is in hand beside this one waits for it from here to the end of the transaction.
            reach_turn(connection, task.turn)
    for entry, mark in written:
        _tell(parts.metrics, task, entry, mark.findings)
    return reached


def judge(findings: Iterable[Finding], task: Task, stage: Stage) -> Stage:
    """Return what findings come to: rejected for a fatal one, held for a hold nobody has cleared, else the stage."""
    severities = {finding.severity for finding in findings}
    if Severity.FATAL in severities:
        return Stage.REJECTED
    if Severity.HOLD in severities and not task.clearance:
        return Stage.HELD
    return stage


def _load_stages(connection: Connection, task: Task) -> list[Stage]:
    return [entry.stage for entry in load_timeline(connection, task.delivery_id)]


def _find_outcome(stages: Sequence[Stage], task: Task, stage: Stage) -> Stage | None:
    """Look into a timeline; a run begins after the last hold, the first one with the acceptance."""
    ended = [reached for reached in stages if reached in (Stage.REJECTED, Stage.SUPERSEDED, Stage.LIVE)]
    if ended:
        return ended[0]
    if stages.count(Stage.HELD) >= task.run:
        return Stage.HELD
    last_hold = max((i for i, reached in enumerate(stages, 1) if reached is Stage.HELD), default=0)
    return stage if stage in stages[last_hold:] else None


def _take_effect(parts: Parts, connection: Connection, mark: Mark) -> TimelineEntry:
    """Write what a stage did and return the entry that will say so."""
    started_at = parts.clock()
    reached = mark.effect(connection) if mark.effect is not None else mark.reached
    elapsed_ms = mark.elapsed_ms + measure_ms(parts, started_at)
    return TimelineEntry(stage=reached, at=format_instant(parts.clock()), elapsed_ms=elapsed_ms, detail=mark.detail)


def _tell(metrics: Metrics, task: Task, entry: TimelineEntry, findings: Iterable[Finding]) -> None:
    """Count and log a stage that is durable now; a process killed just before leaves it uncounted, never undone."""
    stage, elapsed_ms = entry.stage.value, entry.elapsed_ms or 0
    metrics.count(definitions.DELIVERIES, stage=stage)
    metrics.observe(definitions.DELIVERY_STAGE_SECONDS, elapsed_ms / 1000, stage=stage)
    for finding in findings:
        metrics.count(definitions.FINDINGS, severity=finding.severity.value)
    log_event(definitions.DELIVERY_REACHED_STAGE, delivery_id=task.delivery_id, stage=stage, elapsed_ms=elapsed_ms)
