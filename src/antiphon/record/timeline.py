"""How each delivery fared: an append-only log of stages, and what was found wrong or doubtful on the way."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select

from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.findings import Finding, Place, Severity, sort_findings
from antiphon.record.acknowledgements import queue_answers
from antiphon.record.tables import findings as findings_table
from antiphon.record.tables import timeline

# Built once, since every delivery makes them: see ``entries``.
_ENTRIES = select(timeline).where(timeline.c.delivery_id == bindparam("delivery")).order_by(timeline.c.position)
_APPEND = (
    insert(timeline)
    .values(
        delivery_id=bindparam("delivery"),
        position=select(func.count() + 1).where(timeline.c.delivery_id == bindparam("delivery")).scalar_subquery(),
        stage=bindparam("reached"),
        at=bindparam("reached_at"),
        elapsed_ms=bindparam("took_ms"),
        detail=bindparam("told"),
    )
    .returning(timeline.c.position)
)
_EXTEND = insert(timeline)
_FINDINGS = select(findings_table).where(findings_table.c.delivery_id == bindparam("delivery"))
_ADD_FINDINGS = insert(findings_table)


def append_timeline(conn: Connection, delivery_id: str, entry: TimelineEntry) -> int:
    """Append an entry to a delivery's timeline and return its position, from 1.

    What its sender is to be told of it is queued with it (``acknowledgements``).
    """
    row = {
        "delivery": delivery_id,
        "reached": entry.stage.value,
        "reached_at": entry.at,
        "took_ms": entry.elapsed_ms,
        "told": entry.detail,
    }
    position: int = conn.execute(_APPEND, row).scalar_one()
    queue_answers(conn, delivery_id, position, entry)
    return position


def extend_timeline(conn: Connection, delivery_id: str, entries: Sequence[TimelineEntry], *, after: int) -> None:
    """Append entries behind the ``after`` that a timeline has, as ``append_timeline`` does, all in one statement.

    Whoever counted those has locked the delivery before (``deliveries.lock_delivery``).
    """
    placed = list(enumerate(entries, after + 1))
    rows = [
        {"delivery_id": delivery_id, "position": position}
        | msgspec.structs.asdict(entry)
        | {"stage": entry.stage.value}
        for position, entry in placed
    ]
    if rows:
        conn.execute(_EXTEND, rows)
    for position, entry in placed:
        queue_answers(conn, delivery_id, position, entry)


def load_timeline(conn: Connection, delivery_id: str) -> tuple[TimelineEntry, ...]:
    """Return a delivery's timeline, oldest entry first; empty: no such delivery."""
    return tuple(
        TimelineEntry(stage=Stage(row.stage), at=row.at, elapsed_ms=row.elapsed_ms, detail=row.detail)
        for row in conn.execute(_ENTRIES, {"delivery": delivery_id})
    )


def load_stages(conn: Connection, delivery_ids: Iterable[str]) -> dict[str, Stage]:
    """Return the newest stage of each delivery that has one: the column a list of deliveries shows."""
    newest = (
        select(timeline.c.delivery_id, func.max(timeline.c.position).label("position"))
        .where(timeline.c.delivery_id.in_(list(delivery_ids)))
        .group_by(timeline.c.delivery_id)
        .subquery()
    )
    query = select(timeline.c.delivery_id, timeline.c.stage).join(
        newest,
        (timeline.c.delivery_id == newest.c.delivery_id) & (timeline.c.position == newest.c.position),
    )
    return {row.delivery_id: Stage(row.stage) for row in conn.execute(query)}


def add_findings(conn: Connection, delivery_id: str, findings: Iterable[Finding], *, is_first: bool = False) -> int:
    """Add findings to a delivery and return how many were new; one it already has is not added twice.

    ``is_first``: it has none yet, as its timeline shows, so that they need not be looked for.
    """
    given = list(findings)
    if not given:
        return 0
    known = set() if is_first else set(load_findings(conn, delivery_id))
    fresh = [finding for finding in dict.fromkeys(given) if finding not in known]
    rows = [_finding_row(delivery_id, len(known) + i, finding) for i, finding in enumerate(fresh, 1)]
    if rows:
        conn.execute(_ADD_FINDINGS, rows)
    return len(rows)


def load_findings(conn: Connection, delivery_id: str, *, first: int | None = None) -> tuple[Finding, ...]:
    """Return a delivery's findings, worst first, as every surface shows them; ``first``: only so many, the oldest."""
    query = _FINDINGS if first is None else _FINDINGS.where(findings_table.c.position <= first)
    return sort_findings(
        [
            Finding(
                rule=row.rule,
                severity=Severity(row.severity),
                place=Place(file=row.file, line=row.line, path=row.path),
                got=row.got,
                expected=row.expected,
                fix=row.fix,
                message=row.message,
            )
            for row in conn.execute(query, {"delivery": delivery_id})
        ]
    )


def _finding_row(delivery_id: str, position: int, finding: Finding) -> dict[str, object]:
    return {
        "delivery_id": delivery_id,
        "position": position,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.place.file,
        "line": finding.place.line,
        "path": finding.place.path,
        "got": finding.got,
        "expected": finding.expected,
        "fix": finding.fix,
        "message": finding.message,
    }
