"""Write what the catalogue function made of a release, and a change for everything that is different now.

Statements that every delivery makes are built once, when the module is loaded: building one costs four times as much as
SQLite takes to run it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal, select, union_all, update

from antiphon.catalogue import BuiltRelease, StatementOrder, build_album, listed_form
from antiphon.model.entities import Album, Artist, EntityKind, Recording, Work
from antiphon.model.findings import Finding
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.catalogue import load_inputs
from antiphon.record.changes import Cause, append_changes
from antiphon.record.links import load_links
from antiphon.record.quality import end_quality, record_quality
from antiphon.record.tables import album_tracks, contributions, entities, identifiers
from antiphon.record.timeline import load_findings

_Key = tuple[EntityKind, str]

Changed = dict[_Key, None]
"""What changed, each once, in the order it was found."""

SHARED: Mapping[EntityKind, type[Recording] | type[Artist] | type[Work]] = {
    EntityKind.RECORDING: Recording,
    EntityKind.ARTIST: Artist,
    EntityKind.WORK: Work,
}
"""The kinds of entities that several albums speak of, in the order their changes are told."""

_KEPT = (entities.c.id, entities.c.kind, entities.c.body, entities.c.body_format)
_SPOKEN_OF = select(contributions.c.entity_id).where(contributions.c.album_id == bindparam("album"))
_STORED = union_all(
    select(*_KEPT, literal(0).label("is_spoken_of")).where(entities.c.id.in_(bindparam("ids", expanding=True))),
    select(*_KEPT, literal(1)).where(entities.c.id.in_(_SPOKEN_OF)),
)

# An artist may be on thousands of albums, so the newest is looked up in the index, entity by entity: of those an album
# speaks of in one statement.
_SPOKEN = (contributions.c.kind, contributions.c.entity_id, contributions.c.body, contributions.c.body_format)
_OWN, _OTHERS = contributions.alias("own"), contributions.alias("others")
_NEWEST_ORDER = (
    select(func.max(_OTHERS.c.statement_order))
    .where(_OTHERS.c.entity_id == _OWN.c.entity_id)
    .correlate(_OWN)
    .scalar_subquery()
)
_IS_NEWEST = (contributions.c.entity_id == _OWN.c.entity_id) & (contributions.c.statement_order == _NEWEST_ORDER)
_NEWEST = (
    select(*_SPOKEN).select_from(_OWN.join(contributions, _IS_NEWEST)).where(_OWN.c.album_id == bindparam("album"))
)
_NEWEST_OF = (
    select(*_SPOKEN)
    .where(contributions.c.entity_id == bindparam("entity"))
    .order_by(contributions.c.statement_order.desc())
    .limit(1)
)

_ON_OTHERS = (
    select(album_tracks.c.recording_id)
    .where(
        album_tracks.c.recording_id.in_(bindparam("recordings", expanding=True)),
        album_tracks.c.album_id != bindparam("album"),
    )
    .distinct()
)

_DROP_TRACKS = delete(album_tracks).where(album_tracks.c.album_id == bindparam("album"))
_DROP_IDENTIFIERS = delete(identifiers).where(identifiers.c.album_id == bindparam("album"))
_DROP_CONTRIBUTIONS = delete(contributions).where(contributions.c.album_id == bindparam("album"))
_ADD_TRACKS, _ADD_IDENTIFIERS, _ADD_CONTRIBUTIONS = insert(album_tracks), insert(identifiers), insert(contributions)
_ADD_ENTITIES = insert(entities)
_CHANGE_ENTITY = (
    update(entities)
    .where(entities.c.id == bindparam("entity"))
    .values(kind=bindparam("new_kind"), body_format=bindparam("new_format"), body=bindparam("new_body"))
)


class _Stored(NamedTuple):
    """What is stored of a release that is to be written: bodies by entity id, and what its album spoke of until now."""

    bodies: dict[str, Row[Any]]
    spoken_of: list[tuple[str, str]]

    def find_album(self, album_id: str) -> Album | None:
        """Return the album as it is stored; None: it is new."""
        row = self.bodies.get(album_id)
        return decode_body(row.body, row.body_format, Album) if row is not None else None


def write_release(
    conn: Connection,
    provider: str,
    release_key: str,
    cause: Cause,
    *,
    findings: Mapping[str, Sequence[Finding]] | None = None,
) -> int:
    """Build a release anew, write what differs with a change for each entity, and return how many changed.

    The head row must be locked. Writing twice changes nothing the second time. An album that is to be listed otherwise
    changes its artists too, and one that has other tracks the recordings it shares with other albums, which stand in
    for each other. The quality of the release is kept with it; ``findings`` has those of deliveries in hand, by id, and
    saves reading them.
    """
    inputs = load_inputs(conn, provider, release_key)
    if inputs is None:
        return _remove_release(conn, provider, release_key, cause)
    built = build_album(*inputs)
    album, spoken_of = built.album, contribution_rows(built, inputs.current.order)
    stored = _load_stored(conn, album.id, (entity_id for _, entity_id in spoken_of))
    before = stored.find_album(album.id)
    changed = dict.fromkeys(_write_bodies(conn, {(EntityKind.ALBUM, album.id): encode_body(album)}, stored))
    is_changed = bool(changed)
    has_moved = is_changed and _write_tracks(conn, before, album, changed)
    if is_changed:
        _replace_identifiers(conn, built, is_new=before is None)
    _replace_contributions(conn, album.id, spoken_of, is_new=before is None)
    shared = _sort_shared([*spoken_of, *stored.spoken_of])
    changed |= dict.fromkeys(_write_shared(conn, album.id, shared, stored))
    if is_changed and (before is None or listed_form(before) != listed_form(album)):
        changed |= dict.fromkeys(key for key in shared if key[0] is EntityKind.ARTIST)
    if has_moved:
        known = [i for kind, i in shared if kind is EntityKind.RECORDING and i in stored.bodies]
        changed |= dict.fromkeys((EntityKind.RECORDING, i) for i in _find_on_others(conn, album.id, known))
    append_changes(conn, changed, cause)
    found = (findings or {}).get(inputs.current.delivery_id)
    found = load_findings(conn, inputs.current.delivery_id) if found is None else found
    record_quality(conn, inputs.current, album.id, found, cause)
    return len(changed)


def _remove_release(conn: Connection, provider: str, release_key: str, cause: Cause) -> int:
    """Take a release that nothing describes off the catalogue, if it is there; return how many entities changed."""
    key = (EntityKind.ALBUM, release_key)
    album_id = load_links(conn, provider, [key]).get(key, "")
    stored = _load_stored(conn, album_id, ())
    before = stored.find_album(album_id)
    if before is None:
        return 0
    for statement in (_DROP_TRACKS, _DROP_IDENTIFIERS, _DROP_CONTRIBUTIONS):
        conn.execute(statement, {"album": album_id})
    conn.execute(delete(entities).where(entities.c.id == album_id))
    end_quality(conn, before, cause)
    shared = _sort_shared(stored.spoken_of)
    changed: Changed = {(EntityKind.ALBUM, album_id): None}
    changed |= dict.fromkeys((EntityKind.TRACK, track.id) for track in before.tracks)
    changed |= dict.fromkeys(_write_shared(conn, album_id, shared, stored))
    changed |= dict.fromkeys(one for one in shared if one[0] in (EntityKind.ARTIST, EntityKind.RECORDING))
    append_changes(conn, changed, cause)
    return len(changed)


def contribution_rows(built: BuiltRelease, order: StatementOrder) -> dict[tuple[str, str], dict[str, object]]:
    """Return what a release contributes to shared entities, as rows by (kind, entity id).

    ``order`` is that of its current statement.
    """
    leading = {credit.artist_id for credit in built.album.artists}
    shared: list[tuple[EntityKind, Recording | Artist | Work]] = [
        *((EntityKind.RECORDING, recording) for recording in built.recordings),
        *((EntityKind.ARTIST, artist) for artist in built.artists),
        *((EntityKind.WORK, work) for work in built.works),
    ]
    return {
        (kind.value, entity.id): {
            "album_id": built.album.id,
            "kind": kind.value,
            "entity_id": entity.id,
            "delivery_id": built.album.delivery_id,
            "statement_order": order.digits,
            "is_leading": entity.id in leading,
            "body_format": BODY_FORMAT,
            "body": encode_body(entity),
        }
        for kind, entity in shared
    }


def _load_stored(conn: Connection, album_id: str, entity_ids: Iterable[str]) -> _Stored:
    rows = conn.execute(_STORED, {"album": album_id, "ids": [album_id, *entity_ids]}).all()
    return _Stored(
        bodies={row.id: row for row in rows},
        spoken_of=sorted((row.kind, row.id) for row in rows if row.is_spoken_of),
    )


def _write_bodies(conn: Connection, bodies: Mapping[_Key, bytes], stored: _Stored) -> list[_Key]:
    """Write entities that are new or differ from what is stored; return those."""
    known = {i: row.body for i, row in stored.bodies.items()}
    differing = [(kind, i) for (kind, i), body in bodies.items() if known.get(i) != body]
    added = [
        {"id": i, "kind": kind.value, "body_format": BODY_FORMAT, "body": bodies[kind, i]}
        for kind, i in differing
        if i not in known
    ]
    replaced = [
        {"entity": i, "new_kind": kind.value, "new_format": BODY_FORMAT, "new_body": bodies[kind, i]}
        for kind, i in differing
        if i in known
    ]
    if added:
        conn.execute(_ADD_ENTITIES, added)
    if replaced:
        conn.execute(_CHANGE_ENTITY, replaced)
    return differing


def _write_tracks(conn: Connection, before: Album | None, album: Album, changed: Changed) -> bool:
    """Bring the index of tracks to the album, and note tracks that are new, different or gone.

    Tells whether there are other tracks now, or tracks of other recordings.
    """
    old = {track.id: track for track in before.tracks} if before is not None else {}
    new = {track.id: track for track in album.tracks}
    differing = [i for i in dict.fromkeys([*new, *old]) if old.get(i) != new.get(i)]
    changed |= dict.fromkeys((EntityKind.TRACK, track_id) for track_id in differing)
    if {i: track.recording_id for i, track in old.items()} == {i: track.recording_id for i, track in new.items()}:
        return False
    if old:
        conn.execute(_DROP_TRACKS, {"album": album.id})
    rows = [{"track_id": i, "album_id": album.id, "recording_id": track.recording_id} for i, track in new.items()]
    if rows:
        conn.execute(_ADD_TRACKS, rows)
    return True


def _find_on_others(conn: Connection, album_id: str, recording_ids: list[str]) -> list[str]:
    """Return those recordings that are on another album as well, sorted."""
    if not recording_ids:
        return []
    return sorted(conn.execute(_ON_OTHERS, {"album": album_id, "recordings": recording_ids}).scalars())


def _replace_identifiers(conn: Connection, built: BuiltRelease, *, is_new: bool) -> None:
    if not is_new:
        conn.execute(_DROP_IDENTIFIERS, {"album": built.album.id})
    rows = [msgspec.structs.asdict(found) | {"album_id": built.album.id} for found in built.identifiers]
    if rows:
        conn.execute(_ADD_IDENTIFIERS, rows)


def _replace_contributions(
    conn: Connection, album_id: str, rows: Mapping[tuple[str, str], Mapping[str, object]], *, is_new: bool
) -> None:
    """Replace what an album says of shared entities."""
    if not is_new:
        conn.execute(_DROP_CONTRIBUTIONS, {"album": album_id})
    if rows:
        conn.execute(_ADD_CONTRIBUTIONS, list(rows.values()))


def _sort_shared(found: Iterable[tuple[str, str]]) -> list[_Key]:
    """Return shared entities by kind, each once."""
    keys = dict.fromkeys((EntityKind(kind), entity_id) for kind, entity_id in found)
    return [key for shared in SHARED for key in keys if key[0] is shared]


def _write_shared(conn: Connection, album_id: str, shared: list[_Key], stored: _Stored) -> list[_Key]:
    """Write what the newest statement says of shared entities, remove those none speaks of; return what changed."""
    newest = _select_newest(conn, album_id, shared)
    written = set(_write_bodies(conn, newest, stored))
    gone = {(kind, i) for kind, i in shared if (kind, i) not in newest and i in stored.bodies}
    if gone:
        conn.execute(delete(entities).where(entities.c.id.in_(sorted(i for _, i in gone))))
    return [key for key in shared if key in written or key in gone]


def _select_newest(conn: Connection, album_id: str, shared: Iterable[_Key]) -> dict[_Key, bytes]:
    """Return what the newest statement says of each shared entity that some album speaks of: its body.

    ``shared`` are those that this album speaks of, and maybe some that it no longer does.
    """
    rows = list(conn.execute(_NEWEST, {"album": album_id}))
    found = {row.entity_id for row in rows}
    for _, entity_id in shared:
        if entity_id not in found:
            rows += conn.execute(_NEWEST_OF, {"entity": entity_id})
    return {
        (kind, row.entity_id): encode_body(decode_body(row.body, row.body_format, SHARED[kind]))
        for row in rows
        if (kind := EntityKind(row.kind))
    }
