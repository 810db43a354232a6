"""What gave the fields of an entity, found again in the record: see ``catalogue.provenance``."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select

from antiphon.catalogue import CurrentStatement, GivenField, choose_release, fields_of, trace_fields
from antiphon.model.entities import Album, EntityKind
from antiphon.model.errors import Broken
from antiphon.record.catalogue import find_track, load_album, load_inputs
from antiphon.record.tables import contributions, deliveries, delivery_files, resources


class TracedEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity's fields with what gave them, and the release whose word counts for it: of a shared one, the newest.

    ``brought``: the delivery and the path of each file that gave a field, by content hash; a file whose delivery the
    record no longer names is left out.
    """

    current: CurrentStatement
    fields: tuple[GivenField, ...]
    brought: Mapping[str, tuple[str, str]]


def trace_entity(conn: Connection, kind: EntityKind, entity_id: str) -> TracedEntity | None:
    """Return what gave the fields of an entity; None: there is none of this id."""
    album = _find_speaking(conn, kind, entity_id)
    if album is None:
        return None
    inputs = load_inputs(conn, album.provider, album.release_key)
    fields = fields_of(choose_release(*inputs), kind, entity_id) if inputs is not None else None
    if inputs is None or fields is None:
        raise Broken(f"{kind} {entity_id} is in the catalogue, and no statement describes it; run antiphon rebuild")
    current = inputs.current
    given = trace_fields(current.statement, fields)
    sources = {file.source for field in given for file in field.files}
    return TracedEntity(current=current, fields=given, brought=_find_brought(conn, current, sources))


def _find_speaking(conn: Connection, kind: EntityKind, entity_id: str) -> Album | None:
    """Return the album whose statement says what an entity is; None: there is no such entity."""
    if kind is EntityKind.ALBUM:
        return load_album(conn, entity_id)
    if kind is EntityKind.TRACK:
        found = find_track(conn, entity_id)
        return found[0] if found is not None else None
    newest = (
        select(contributions.c.album_id)
        .where(contributions.c.entity_id == entity_id, contributions.c.kind == kind.value)
        .order_by(contributions.c.statement_order.desc())
        .limit(1)
    )
    album_id = conn.execute(newest).scalar_one_or_none()
    return load_album(conn, album_id) if album_id is not None else None


def _find_brought(conn: Connection, current: CurrentStatement, sources: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Return the provider's newest delivery that brought each file, the current one before all others, and its path."""
    is_its_file = (delivery_files.c.delivery_id == resources.c.delivery_id) & (
        delivery_files.c.blob == resources.c.source
    )
    query = (
        select(resources.c.source, resources.c.delivery_id, delivery_files.c.path)
        .join(delivery_files, is_its_file)
        .join(deliveries, deliveries.c.id == resources.c.delivery_id)
        .where(resources.c.source.in_(sorted(sources)), resources.c.provider == current.provider)
        .order_by(resources.c.delivery_id == current.described_by, deliveries.c.receipt, delivery_files.c.path)
    )
    return {row.source: (row.delivery_id, row.path) for row in conn.execute(query)}
