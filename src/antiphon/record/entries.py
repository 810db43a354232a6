"""Write what the catalogue function made of a release, and a change for everything that is different now."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from antiphon.catalogue import BuiltRelease, StatementOrder, build_album, select_newest
from antiphon.model.decisions import Decision
from antiphon.model.entities import Album, Artist, EntityKind, Recording
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.catalogue import load_album, load_inputs
from antiphon.record.changes import Cause, append_changes
from antiphon.record.tables import album_tracks, applied_statements, contributions, entities, identifiers

Changed = dict[tuple[EntityKind, str], None]
"""What changed, each once, in the order it was found."""

SharedType = type[Recording] | type[Artist]

SHARED: tuple[tuple[EntityKind, SharedType], ...] = (
    (EntityKind.RECORDING, Recording),
    (EntityKind.ARTIST, Artist),
)
"""The kinds of entities that several albums speak of."""


def write_release(
    conn: Connection, provider: str, release_key: str, decisions: Iterable[Decision], cause: Cause
) -> int:
    """Build a release anew, write what differs with a change for each entity, and return how many changed.

    The head row must be locked. Writing twice changes nothing the second time. An album whose content changed changes
    its artists too: they list it.
    """
    inputs = load_inputs(conn, provider, release_key)
    if inputs is None:
        return 0
    current, links = inputs
    built = build_album(current, links, decisions)
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
    append_changes(conn, changed, cause)
    return len(changed)


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
    row = {"kind": EntityKind.ALBUM.value, "body_format": BODY_FORMAT, "body": body}
    if known is None:
        conn.execute(insert(entities).values(row | {"id": album.id}))
    elif known != body:
        conn.execute(update(entities).where(entities.c.id == album.id).values(row))
    return known != body


def _write_tracks(conn: Connection, before: Album | None, album: Album, changed: Changed) -> None:
    """Bring the index of tracks to the album, and note tracks that are new, different or gone."""
    old = {track.id: track for track in before.tracks} if before is not None else {}
    new = {track.id: track for track in album.tracks}
    differing = [i for i in dict.fromkeys([*new, *old]) if old.get(i) != new.get(i)]
    changed |= dict.fromkeys((EntityKind.TRACK, track_id) for track_id in differing)
    conn.execute(delete(album_tracks).where(album_tracks.c.album_id == album.id))
    rows = [{"track_id": i, "album_id": album.id, "recording_id": track.recording_id} for i, track in new.items()]
    if rows:
        conn.execute(insert(album_tracks), rows)


def _replace_identifiers(conn: Connection, built: BuiltRelease) -> None:
    conn.execute(delete(identifiers).where(identifiers.c.album_id == built.album.id))
    rows = [msgspec.structs.asdict(found) | {"album_id": built.album.id} for found in built.identifiers]
    if rows:
        conn.execute(insert(identifiers), rows)


def _replace_contributions(conn: Connection, built: BuiltRelease) -> dict[EntityKind, tuple[str, ...]]:
    """Replace what an album says of shared entities; return those it speaks of now or spoke of before, by kind."""
    rows = contribution_rows(built)
    query = select(contributions.c.kind, contributions.c.entity_id).where(contributions.c.album_id == built.album.id)
    before = sorted((row.kind, row.entity_id) for row in conn.execute(query))
    conn.execute(delete(contributions).where(contributions.c.album_id == built.album.id))
    if rows:
        conn.execute(insert(contributions), list(rows.values()))
    spoken_of = dict.fromkeys([*rows, *before])
    return {kind: tuple(entity for name, entity in spoken_of if name == kind.value) for kind, _ in SHARED}


def _write_shared(conn: Connection, kind: EntityKind, ids: tuple[str, ...], as_type: SharedType) -> list[str]:
    """Write what the newest statement says of shared entities, remove those none speaks of; return what changed."""
    newest = _select_shared(conn, kind, ids, as_type)
    stored = _load_bodies(conn, ids)
    differing = [i for i in ids if stored.get(i) != newest.get(i)]
    gone = [i for i in differing if i not in newest]
    conn.execute(delete(entities).where(entities.c.id.in_(gone)))
    rows = [
        {"id": i, "kind": kind.value, "body_format": BODY_FORMAT, "body": newest[i]} for i in differing if i in newest
    ]
    fresh = [row for row in rows if row["id"] not in stored]
    if fresh:
        conn.execute(insert(entities), fresh)
    for row in rows:
        if row["id"] in stored:
            conn.execute(update(entities).where(entities.c.id == row["id"]).values(row))
    return differing


def _select_shared(conn: Connection, kind: EntityKind, ids: tuple[str, ...], as_type: SharedType) -> dict[str, bytes]:
    """Return the body of each shared entity that some album still speaks of, by id."""
    query = (
        select(contributions, applied_statements)
        .join(applied_statements, applied_statements.c.delivery_id == contributions.c.delivery_id)
        .where(contributions.c.entity_id.in_(ids), contributions.c.kind == kind.value)
    )
    spoken: dict[str, list[tuple[StatementOrder, Recording | Artist]]] = {}
    for row in conn.execute(query):
        order = StatementOrder(created_at=row.created_at, arranged_at=row.arranged_at, receipt=row.receipt)
        contribution: Recording | Artist = decode_body(row.body, row.body_format, as_type)
        spoken.setdefault(row.entity_id, []).append((order, contribution))
    chosen = {entity_id: select_newest(contributed) for entity_id, contributed in spoken.items()}
    return {entity_id: encode_body(entity) for entity_id, entity in chosen.items() if entity is not None}


def _load_bodies(conn: Connection, ids: tuple[str, ...]) -> dict[str, bytes]:
    query = select(entities.c.id, entities.c.body).where(entities.c.id.in_(ids))
    return {row.id: row.body for row in conn.execute(query)}
