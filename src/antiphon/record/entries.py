"""Write what the catalogue function made of a release, and a change for everything that is different now.

Statements that every delivery makes are built once, when the module is loaded: building one costs four times as much as
SQLite takes to run it.
"""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from antiphon.catalogue import BuiltRelease, build_album
from antiphon.model.entities import Album, Artist, EntityKind, Recording
from antiphon.model.findings import Finding
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.catalogue import load_album, load_inputs
from antiphon.record.changes import Cause, append_changes
from antiphon.record.quality import record_quality
from antiphon.record.tables import album_tracks, applied_statements, contributions, entities, identifiers
from antiphon.record.timeline import load_findings

Changed = dict[tuple[EntityKind, str], None]
"""What changed, each once, in the order it was found."""

SharedType = type[Recording] | type[Artist]

SHARED: tuple[tuple[EntityKind, SharedType], ...] = (
    (EntityKind.RECORDING, Recording),
    (EntityKind.ARTIST, Artist),
)
"""The kinds of entities that several albums speak of."""

_BODIES = select(entities.c.id, entities.c.body).where(entities.c.id.in_(bindparam("ids", expanding=True)))

_CONTRIBUTED = select(contributions.c.kind, contributions.c.entity_id).where(
    contributions.c.album_id == bindparam("album")
)

# The receipt number is unique, so there is one newest.
_NEWEST = (
    select(contributions.c.body, contributions.c.body_format)
    .join(applied_statements, applied_statements.c.delivery_id == contributions.c.delivery_id)
    .where(contributions.c.entity_id == bindparam("entity"), contributions.c.kind == bindparam("kind"))
    .order_by(
        applied_statements.c.created_at.desc(),
        applied_statements.c.arranged_at.desc(),
        applied_statements.c.receipt.desc(),
    )
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


def write_release(
    conn: Connection,
    provider: str,
    release_key: str,
    cause: Cause,
    *,
    findings: Mapping[str, Sequence[Finding]] | None = None,
) -> int:
    """Build a release anew, write what differs with a change for each entity, and return how many changed.

    The head row must be locked. Writing twice changes nothing the second time. An album whose content changed changes
    its artists too, which list it, and the recordings it shares with other albums, which stand in for each other. The
    quality of the release is kept with it; ``findings`` has those of deliveries in hand, by id, and saves reading them.
    """
    inputs = load_inputs(conn, provider, release_key)
    if inputs is None:
        return 0
    built = build_album(*inputs)
    before = load_album(conn, built.album.id)
    changed: Changed = {}
    if _write_album(conn, built.album):
        changed[EntityKind.ALBUM, built.album.id] = None
        _write_tracks(conn, before, built.album, changed)
        _replace_identifiers(conn, built)
    spoken_of = _replace_contributions(conn, built)
    for kind, as_type in SHARED:
        changed |= dict.fromkeys((kind, entity_id) for entity_id in _write_shared(conn, kind, spoken_of[kind], as_type))
    if (EntityKind.ALBUM, built.album.id) in changed:
        changed |= dict.fromkeys((EntityKind.ARTIST, artist_id) for artist_id in spoken_of[EntityKind.ARTIST])
        shared = _shared_recordings(conn, built.album.id, spoken_of[EntityKind.RECORDING])
        changed |= dict.fromkeys((EntityKind.RECORDING, recording_id) for recording_id in shared)
    append_changes(conn, changed, cause)
    current = inputs[0]
    found = (findings or {}).get(current.delivery_id)
    found = load_findings(conn, current.delivery_id) if found is None else found
    record_quality(conn, current, built.album.id, found, cause)
    return len(changed)


def _shared_recordings(conn: Connection, album_id: str, ids: tuple[str, ...]) -> list[str]:
    """Return those recordings that are on another album as well, sorted."""
    found = conn.execute(_ON_OTHERS, {"album": album_id, "recordings": ids}).scalars()
    return sorted(found)


def contribution_rows(built: BuiltRelease) -> dict[tuple[str, str], dict[str, object]]:
    """Return what a release contributes to shared entities, as rows by (kind, entity id)."""
    leading = {credit.artist_id for credit in built.album.artists}
    shared: list[tuple[EntityKind, Recording | Artist]] = [
        *((EntityKind.RECORDING, recording) for recording in built.recordings),
        *((EntityKind.ARTIST, artist) for artist in built.artists),
    ]
    return {
        (kind.value, entity.id): {
            "album_id": built.album.id,
            "kind": kind.value,
            "entity_id": entity.id,
            "delivery_id": built.album.delivery_id,
            "is_leading": entity.id in leading,
            "body_format": BODY_FORMAT,
            "body": encode_body(entity),
        }
        for kind, entity in shared
    }


def _write_album(conn: Connection, album: Album) -> bool:
    """Write an album if it is new or differs; tell whether it did."""
    body = encode_body(album)
    known = _load_bodies(conn, (album.id,)).get(album.id)
    if known != body:
        _write_body(conn, EntityKind.ALBUM, album.id, body, is_known=known is not None)
    return known != body


def _write_tracks(conn: Connection, before: Album | None, album: Album, changed: Changed) -> None:
    """Bring the index of tracks to the album, and note tracks that are new, different or gone."""
    old = {track.id: track for track in before.tracks} if before is not None else {}
    new = {track.id: track for track in album.tracks}
    differing = [i for i in dict.fromkeys([*new, *old]) if old.get(i) != new.get(i)]
    changed |= dict.fromkeys((EntityKind.TRACK, track_id) for track_id in differing)
    if {i: track.recording_id for i, track in old.items()} == {i: track.recording_id for i, track in new.items()}:
        return
    conn.execute(_DROP_TRACKS, {"album": album.id})
    rows = [{"track_id": i, "album_id": album.id, "recording_id": track.recording_id} for i, track in new.items()]
    if rows:
        conn.execute(_ADD_TRACKS, rows)


def _replace_identifiers(conn: Connection, built: BuiltRelease) -> None:
    conn.execute(_DROP_IDENTIFIERS, {"album": built.album.id})
    rows = [msgspec.structs.asdict(found) | {"album_id": built.album.id} for found in built.identifiers]
    if rows:
        conn.execute(_ADD_IDENTIFIERS, rows)


def _replace_contributions(conn: Connection, built: BuiltRelease) -> dict[EntityKind, tuple[str, ...]]:
    """Replace what an album says of shared entities; return those it speaks of now or spoke of before, by kind."""
    rows = contribution_rows(built)
    album = {"album": built.album.id}
    before = sorted((row.kind, row.entity_id) for row in conn.execute(_CONTRIBUTED, album))
    if before:
        conn.execute(_DROP_CONTRIBUTIONS, album)
    if rows:
        conn.execute(_ADD_CONTRIBUTIONS, list(rows.values()))
    spoken_of = dict.fromkeys([*rows, *before])
    return {kind: tuple(entity for name, entity in spoken_of if name == kind.value) for kind, _ in SHARED}


def _write_shared(conn: Connection, kind: EntityKind, ids: tuple[str, ...], as_type: SharedType) -> list[str]:
    """Write what the newest statement says of shared entities, remove those none speaks of; return what changed."""
    newest = _select_shared(conn, kind, ids, as_type)
    stored = _load_bodies(conn, ids)
    differing = [i for i in ids if stored.get(i) != newest.get(i)]
    gone = [i for i in differing if i not in newest]
    if gone:
        conn.execute(delete(entities).where(entities.c.id.in_(gone)))
    for entity_id in differing:
        if entity_id in newest:
            _write_body(conn, kind, entity_id, newest[entity_id], is_known=entity_id in stored)
    return differing


def _select_shared(conn: Connection, kind: EntityKind, ids: tuple[str, ...], as_type: SharedType) -> dict[str, bytes]:
    """Return what the newest statement says of each shared entity that some album still speaks of: its body by id.

    The database finds the newest: an artist may be on thousands of albums.
    """
    newest: dict[str, bytes] = {}
    for entity_id in ids:
        row = conn.execute(_NEWEST, {"entity": entity_id, "kind": kind.value}).one_or_none()
        if row is not None:
            newest[entity_id] = encode_body(decode_body(row.body, row.body_format, as_type))
    return newest


def _write_body(conn: Connection, kind: EntityKind, entity_id: str, body: bytes, *, is_known: bool) -> None:
    if is_known:
        row = {"entity": entity_id, "new_kind": kind.value, "new_format": BODY_FORMAT, "new_body": body}
        conn.execute(_CHANGE_ENTITY, row)
    else:
        conn.execute(_ADD_ENTITIES, {"id": entity_id, "kind": kind.value, "body_format": BODY_FORMAT, "body": body})


def _load_bodies(conn: Connection, ids: tuple[str, ...]) -> dict[str, bytes]:
    return {row.id: row.body for row in conn.execute(_BODIES, {"ids": ids})}
