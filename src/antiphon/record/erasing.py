"""Erase a release: what is to be destroyed of it, and what the record then no longer has.

``note_erasures`` is part of the decision's own transaction. Destroying comes after it, a delivery at a time, and may be
done again from anywhere in between: ``publication.erasing``. What stays is the delivery's row with its hashes and
sizes, its timeline and findings, the statement's row without its body, the links, and the audit.
"""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select, tuple_, union, update

from antiphon.model.decisions import Decision
from antiphon.model.entities import EntityKind
from antiphon.record.erasure_tables import erasures
from antiphon.record.instants import format_instant
from antiphon.record.links import list_links
from antiphon.record.media import find_brought, find_lacking, load_media
from antiphon.record.tables import applied_statements, deliveries, delivery_files, media, resources, statements

_BLOB = re.compile(rb'"([0-9a-f]{64})"')
"""A blob as the body of a media row names it."""

_IS_ERASED = select(erasures.c.delivery_id)


class Erasable(msgspec.Struct, frozen=True, kw_only=True):
    """What of a delivery nothing else uses. ``blobs``: to be deleted; ``sources``: files whose media are forgotten."""

    blobs: tuple[str, ...]
    sources: tuple[str, ...]


def note_erasures(conn: Connection, decision: Decision) -> int:
    """Note every delivery about a release that is to be destroyed, and return how many: also those never applied."""
    keys = [(link.provider, link.anchor) for link in list_links(conn, EntityKind.ALBUM, [decision.target_id])]
    about = union(
        *(
            select(table.c.delivery_id).where(tuple_(table.c.provider, table.c.release_key).in_(keys))
            for table in (applied_statements, statements)
        )
    )
    known = set(conn.execute(_IS_ERASED).scalars())
    found = sorted(set(conn.execute(about).scalars()) - known)
    if found:
        conn.execute(insert(erasures), [{"delivery_id": one, "decision_id": decision.id} for one in found])
    return len(found)


def list_unfinished(conn: Connection) -> tuple[str, ...]:
    """Return the deliveries whose bytes are still to be destroyed, sorted."""
    query = select(erasures.c.delivery_id).where(erasures.c.erased_at.is_(None)).order_by(erasures.c.delivery_id)
    return tuple(conn.execute(query).scalars())


def find_erasable(conn: Connection, delivery_id: str) -> Erasable:
    """Return what of a delivery can go: what no other delivery brought, no other release plays, no other file became.

    It reads every file and every media row of the record: an erasure is rare, and must not be wrong.
    """
    row = conn.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
    brought = set(
        conn.execute(select(delivery_files.c.blob).where(delivery_files.c.delivery_id == delivery_id)).scalars()
    )
    erased = conn.execute(_IS_ERASED).scalars().all()
    described = conn.execute(select(resources).where(resources.c.delivery_id == delivery_id)).all()
    anchors = {found.anchor: found.source for found in described if found.source is not None}
    every = {found.anchor for found in described}
    lacking = find_lacking(conn, row.provider, every, erased)
    # What an erased delivery brought may have been left for this one, which plays it without having brought it.
    brought |= find_brought(conn, row.provider, every - anchors.keys() - lacking, erased)
    kept = _find_brought(conn, brought) | {anchors[anchor] for anchor in lacking if anchor in anchors}
    sources = {source for source in brought - kept if source}
    made = {blob for one in load_media(conn, sources).values() for blob in _list_made(one)}
    blobs = {row.message_blob, *brought, *made} - kept
    return Erasable(
        blobs=tuple(sorted(blobs - _find_brought(conn, blobs) - _find_made(conn, blobs, sources))),
        sources=tuple(sorted(sources)),
    )


def mark_erased(conn: Connection, delivery_id: str, erasable: Erasable, now: datetime) -> None:
    """Empty the body of a delivery's statement, forget what its files became, and note that its bytes are gone."""
    conn.execute(update(statements).where(statements.c.delivery_id == delivery_id).values(body=b""))
    if erasable.sources:
        conn.execute(delete(media).where(media.c.source.in_(erasable.sources)))
    conn.execute(update(erasures).where(erasures.c.delivery_id == delivery_id).values(erased_at=format_instant(now)))


def _list_made(one: msgspec.Struct) -> set[str]:
    return {blob.decode() for blob in _BLOB.findall(msgspec.json.encode(one))}


def _find_brought(conn: Connection, blobs: Iterable[str]) -> set[str]:
    """Return those blobs that a delivery brought which is not erased: as a file or as its message."""
    asked = sorted(blobs)
    files = select(delivery_files.c.blob).where(
        delivery_files.c.blob.in_(asked), delivery_files.c.delivery_id.not_in(_IS_ERASED)
    )
    messages = select(deliveries.c.message_blob).where(
        deliveries.c.message_blob.in_(asked), deliveries.c.id.not_in(_IS_ERASED)
    )
    return {*conn.execute(files).scalars(), *conn.execute(messages).scalars()}


def _find_made(conn: Connection, blobs: Iterable[str], sources: Iterable[str]) -> set[str]:
    """Return those blobs that other files than the sources became as well."""
    asked, found = {blob.encode() for blob in blobs}, set[bytes]()
    query = select(media.c.body).where(media.c.source.not_in(sorted(sources))).execution_options(yield_per=1_000)
    for body in conn.execute(query).scalars():
        found.update(asked.intersection(_BLOB.findall(body)))
    return {blob.decode() for blob in found}
