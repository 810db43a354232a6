"""The catalogue as it is stored, for many ids at a time: a few queries, however many they are.

``catalogue`` asks the same about one entity. Publishing a catalogue asks about millions, and a query for each would
take longer than all the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select

from antiphon.model.entities import Album, Artist, EntityKind, Recording, Work
from antiphon.record.bodies import decode_body
from antiphon.record.tables import album_tracks, changes, contributions, entities

E = TypeVar("E", Album, Artist, Recording, Work)

IDS_AT_ONCE = 500
"""Ids named in one query: few enough for every database, enough that the query itself costs nothing."""

_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_BODIES = select(entities.c.id, entities.c.body, entities.c.body_format).where(
    entities.c.id.in_(_IDS), entities.c.kind == bindparam("of_kind")
)
_ALBUMS_CREDITING = (
    select(contributions.c.entity_id, contributions.c.album_id)
    .where(contributions.c.entity_id.in_(_IDS), contributions.c.kind == EntityKind.ARTIST.value)
    .order_by(contributions.c.entity_id, contributions.c.album_id)
)
_TRACKS_OF = (
    select(album_tracks.c.recording_id, album_tracks.c.track_id)
    .where(album_tracks.c.recording_id.in_(_IDS))
    .order_by(album_tracks.c.recording_id, album_tracks.c.track_id)
)
_TRACKS = select(album_tracks.c.track_id).where(album_tracks.c.track_id.in_(_IDS))
_CHANGED_BEFORE = (
    select(changes.c.entity_id)
    .where(
        changes.c.entity_id.in_(_IDS),
        changes.c.version > bindparam("after"),
        changes.c.version <= bindparam("through"),
    )
    .distinct()
)


def load_entities(conn: Connection, kind: EntityKind, ids: Iterable[str], as_type: type[E]) -> Iterator[E]:
    """Yield the entities of a kind that are among some ids, in any order; those there are none of are left out."""
    for some in _slice(ids):
        for row in conn.execute(_BODIES, {"ids": some, "of_kind": kind.value}):
            yield decode_body(row.body, row.body_format, as_type)


def list_albums_of(conn: Connection, artist_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the ids of the albums that credit each artist, on the album or on a track, sorted."""
    return _group((row.entity_id, row.album_id) for row in _ask(conn, artist_ids, _ALBUMS_CREDITING))


def list_tracks_of(conn: Connection, recording_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the ids of the tracks that are each recording, sorted; a recording that none is, is left out."""
    return _group((row.recording_id, row.track_id) for row in _ask(conn, recording_ids, _TRACKS_OF))


def find_tracks(conn: Connection, track_ids: Iterable[str]) -> set[str]:
    """Return those of some ids that are tracks of an album now."""
    return {row.track_id for row in _ask(conn, track_ids, _TRACKS)}


def find_changed(conn: Connection, ids: Iterable[str], after: int, through: int) -> set[str]:
    """Return those of some entities that changed after a version and up to another one."""
    bounds = {"after": after, "through": through}
    return {row.entity_id for some in _slice(ids) for row in conn.execute(_CHANGED_BEFORE, {"ids": some, **bounds})}


def _ask(conn: Connection, ids: Iterable[str], query: Select[tuple[str, ...]]) -> Iterator[Row[tuple[str, ...]]]:
    for some in _slice(ids):
        yield from conn.execute(query, {"ids": some})


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for entity_id, other_id in pairs:
        found[entity_id].append(other_id)
    return dict(found)


def _slice(ids: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    yield from (ordered[start : start + IDS_AT_ONCE] for start in range(0, len(ordered), IDS_AT_ONCE))
