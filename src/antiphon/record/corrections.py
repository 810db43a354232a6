"""Corrections in the record: who is who, as people decided it. Never changed; an undo is a record of its own."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from antiphon.catalogue import Links, correct_links, follow_merges
from antiphon.model.corrections import AnchorName, Correction, CorrectionKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.record.correction_tables import correction_undos, corrections
from antiphon.record.instants import format_instant


def store_correction(conn: Connection, correction: Correction) -> None:
    """Record a correction as it is; whoever corrects has checked it. Raises: Refused for an id that is taken."""
    if find_correction(conn, correction.id) is not None:
        raise Refused("DecisionIdTaken", f"there is a decision {correction.id} already; a new one needs a new id")
    conn.execute(
        insert(corrections).values(
            id=correction.id,
            kind=correction.kind.value,
            target_kind=correction.target_kind.value,
            target_id=correction.target_id,
            into_id=correction.into_id,
            anchors=msgspec.json.encode(correction.anchors).decode(),
            decided_by=correction.decided_by,
            decided_at=correction.decided_at,
            reason=correction.reason,
        )
    )


def store_correction_undo(conn: Connection, correction_id: str, *, by: str, now: datetime) -> None:
    """Record that a correction no longer holds."""
    conn.execute(
        insert(correction_undos).values(correction_id=correction_id, undone_by=by, undone_at=format_instant(now))
    )


def find_correction(conn: Connection, correction_id: str) -> Correction | None:
    """Return a correction, undone or not; None: there is none of this id."""
    return next(iter(_load(conn, corrections.c.id == correction_id)), None)


def list_corrections(conn: Connection) -> tuple[Correction, ...]:
    """Return every correction, undone ones too, oldest first."""
    return _load(conn)


def corrections_about(conn: Connection, entity_ids: Iterable[str]) -> tuple[Correction, ...]:
    """Return every correction, undone ones too, that names an entity or one that it leads to, oldest first."""
    found: dict[str, Correction] = {}
    asked: set[str] = set()
    while wanted := set(entity_ids) - asked:
        asked |= wanted
        is_about = or_(corrections.c.target_id.in_(sorted(wanted)), corrections.c.into_id.in_(sorted(wanted)))
        fresh = _load(conn, is_about)
        found |= {correction.id: correction for correction in fresh}
        entity_ids = {entity for correction in fresh for entity in (correction.target_id, correction.into_id)}
    return tuple(sorted(found.values(), key=lambda correction: (correction.decided_at, correction.id)))


def correct_loaded(conn: Connection, provider: str, release: str, links: Links) -> Links:
    """Return a provider's links as people corrected them for one of its releases."""
    return correct_links(provider, release, links, corrections_about(conn, set(links.values())))


def find_redirect(conn: Connection, entity_id: str) -> str | None:
    """Return the entity that an id redirects to; None: it was never merged, or is itself again."""
    final = follow_merges(entity_id, corrections_about(conn, [entity_id]))
    return final if final != entity_id else None


def was_merged(conn: Connection, entity_id: str) -> bool:
    """Tell whether the entity was ever merged into another, also where that was undone."""
    query = select(corrections.c.id).where(
        corrections.c.target_id == entity_id, corrections.c.kind == CorrectionKind.MERGE.value
    )
    return conn.execute(query.limit(1)).first() is not None


def _load(conn: Connection, *where: ColumnElement[bool]) -> tuple[Correction, ...]:
    query = (
        select(corrections, correction_undos.c.undone_by, correction_undos.c.undone_at)
        .join(correction_undos, correction_undos.c.correction_id == corrections.c.id, isouter=True)
        .where(*where)
        .order_by(corrections.c.decided_at, corrections.c.id)
    )
    return tuple(_read(row) for row in conn.execute(query))


def _read(row: Row[tuple[object, ...]]) -> Correction:
    return Correction(
        id=row.id,
        kind=CorrectionKind(row.kind),
        target_kind=EntityKind(row.target_kind),
        target_id=row.target_id,
        into_id=row.into_id,
        anchors=msgspec.json.decode(row.anchors, type=tuple[AnchorName, ...]),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        undone_by=row.undone_by or "",
        undone_at=row.undone_at or "",
    )
