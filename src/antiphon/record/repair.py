"""Write the catalogue as its inputs say where it is stored otherwise: after damage, or where nothing was derived yet.

It goes by chapters, each one transaction that holds the head row: within it the crew computes what the transaction
writes, and nobody else changes anything. Deliveries wait for a chapter at most, and one that ends half way has kept
what came before it. What was written is in the change log, so that nodes hear of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from antiphon.model.entities import EntityKind
from antiphon.record.bodies import BODY_FORMAT
from antiphon.record.changes import Cause, append_changes, changes_after, head_version, lock_head
from antiphon.record.comparison import (
    AlbumRows,
    BodyDifference,
    Difference,
    check_entities,
    check_releases,
    load_rows,
)
from antiphon.record.crew import Crew, open_crew
from antiphon.record.engine import keep_pages, reading, writing
from antiphon.record.rebuild import Report, count_releases, list_batches, list_ranges
from antiphon.record.tables import album_tracks, contributions, entities, identifiers

BATCHES_OF_A_CHAPTER = 400
"""Some 25,000 releases, for which deliveries wait a minute or two: long enough that indexes are not written each time
anew, short enough for a deadline."""

CHANGES_AT_ONCE = 10_000

PAGES_KEPT_BYTES = 1 << 30
"""Of indexes in memory while a chapter is written: ids are random, so each entry is in another page."""

Named = tuple[EntityKind, str]

_INDEXES = (album_tracks, identifiers, contributions)
_DROPS = [delete(table).where(table.c.album_id == bindparam("album")) for table in _INDEXES]
_DROP_ENTITY = delete(entities).where(entities.c.id == bindparam("entity"))
_CHANGE_ENTITY = (
    update(entities)
    .where(entities.c.id == bindparam("entity"))
    .values(kind=bindparam("new_kind"), body_format=BODY_FORMAT, body=bindparam("new_body"))
)
_ADD_ENTITY = insert(entities)


def repair_catalogue(engine: Engine, processes: int, now: datetime, report: Report) -> int:
    """Write what is stored otherwise than it is computed, with a change for each entity; return how many changed.

    Albums that no release comes to any more are removed. Raises: Transient where somebody held the head row too long.
    """
    with reading(engine) as conn:
        batches, total, started_at = list_batches(conn), count_releases(conn), head_version(conn)
        waiting = list(batches)
    cause, changed, done = Cause(at=now), 0, 0
    albums: set[str] = set()
    with open_crew(engine, processes) as crew:
        while chapter := waiting[:BATCHES_OF_A_CHAPTER]:
            del waiting[:BATCHES_OF_A_CHAPTER]
            with _chapter(engine, crew) as conn:
                for checked in crew.run(check_releases, chapter):
                    albums.update(checked.albums)
                    changed += _log(conn, _write_albums(conn, checked.differences), cause)
                    done += len(checked.albums)
                    report(done, total)
        with _chapter(engine, crew) as conn:
            albums.update(_albums_since(conn, started_at))
            changed += _log(conn, _remove_albums(conn, sorted(_list_albums(conn) - albums)), cause)
        with _chapter(engine, crew) as conn:
            for found in crew.run(check_entities, list_ranges(conn)):
                changed += _log(conn, _write_bodies(conn, found.differences), cause)
    return changed


@contextmanager
def _chapter(engine: Engine, crew: Crew) -> Iterator[Connection]:
    """Give a connection that alone may change the catalogue, while the crew reads what it was when this began."""
    with writing(engine) as conn:
        keep_pages(conn, PAGES_KEPT_BYTES)
        lock_head(conn)
        crew.look()
        yield conn


def _write_albums(conn: Connection, differences: Sequence[Difference]) -> list[Named]:
    """Write albums with their indexes and what they contribute; return them with all that is on them."""
    _drop_indexes(conn, [d.album_id for d in differences if d.stored.body is not None])
    kind = EntityKind.ALBUM.value
    _write_bodies(conn, [BodyDifference(kind, d.album_id, d.computed.body, d.stored.body) for d in differences])
    tracks, named, spoken = [], [], []
    for album_id, rows in ((d.album_id, d.computed) for d in differences):
        tracks += [{"album_id": album_id, "track_id": i, "recording_id": r} for i, r in rows.tracks]
        named += [
            {"album_id": album_id, "scheme": scheme, "value": value, "kind": kind, "entity_id": i}
            for scheme, value, kind, i in rows.identifiers
        ]
        spoken += [{"album_id": album_id, **contribution._asdict()} for contribution in rows.contributions]
    for table, new in zip(_INDEXES, (tracks, named, spoken), strict=True):
        if new:
            conn.execute(insert(table), new)
    return [named for d in differences for named in _list_named(d.album_id, d.computed, d.stored)]


def _remove_albums(conn: Connection, album_ids: Sequence[str]) -> list[Named]:
    """Remove albums with their indexes and what they contribute; return them with all that was on them."""
    stored = load_rows(conn, album_ids)
    _drop_indexes(conn, album_ids)
    _write_bodies(conn, [BodyDifference(EntityKind.ALBUM.value, i, None, rows.body) for i, rows in stored.items()])
    return [named for album_id, rows in stored.items() for named in _list_named(album_id, rows)]


def _list_named(album_id: str, *rows: AlbumRows) -> Iterator[Named]:
    """Yield an album, its tracks and what it speaks of, now or before."""
    yield EntityKind.ALBUM, album_id
    yield from ((EntityKind.TRACK, i) for i in sorted({i for one in rows for i, _ in one.tracks}))
    spoken = {(c.kind, c.entity_id) for one in rows for c in one.contributions}
    yield from ((EntityKind(kind), i) for kind, i in sorted(spoken))


def _drop_indexes(conn: Connection, album_ids: Sequence[str]) -> None:
    if album_ids:
        for statement in _DROPS:
            conn.execute(statement, [{"album": album_id} for album_id in album_ids])


def _write_bodies(conn: Connection, differences: Iterable[BodyDifference]) -> list[Named]:
    """Add, change or remove entities, and return them."""
    added, changed, removed, named = [], [], [], []
    for kind, entity_id, computed, stored in differences:
        named.append((EntityKind(kind), entity_id))
        if computed is None:
            removed.append({"entity": entity_id})
        elif stored is None:
            added.append({"id": entity_id, "kind": kind, "body_format": BODY_FORMAT, "body": computed})
        else:
            changed.append({"entity": entity_id, "new_kind": kind, "new_body": computed})
    for statement, rows in ((_DROP_ENTITY, removed), (_CHANGE_ENTITY, changed), (_ADD_ENTITY, added)):
        if rows:
            conn.execute(statement, rows)
    return named


def _log(conn: Connection, changed: Sequence[Named], cause: Cause) -> int:
    """Append a change for each entity; return how many."""
    append_changes(conn, changed, cause)
    return len(changed)


def _list_albums(conn: Connection) -> set[str]:
    return set(conn.execute(select(entities.c.id).where(entities.c.kind == EntityKind.ALBUM.value)).scalars())


def _albums_since(conn: Connection, version: int) -> Iterator[str]:
    """Yield the albums that changed after a version, ours and those of deliveries that came in between."""
    while changes := changes_after(conn, version, CHANGES_AT_ONCE):
        yield from (change.entity_id for change in changes if change.kind is EntityKind.ALBUM)
        version = changes[-1].version
