"""What the catalogue function makes of releases, beside what is stored of them: the two are to be the same."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, case, select

from antiphon.catalogue import BuiltRelease, StatementOrder, build_album
from antiphon.model.entities import Album, Artist, EntityKind, Recording, Work
from antiphon.model.errors import Broken
from antiphon.record.batches import load_inputs_of
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.entries import contribution_rows
from antiphon.record.tables import album_tracks, contributions, entities, identifiers

_TYPES: dict[str, type[Album] | type[Artist] | type[Recording] | type[Work]] = {
    EntityKind.ALBUM: Album,
    EntityKind.ARTIST: Artist,
    EntityKind.RECORDING: Recording,
    EntityKind.WORK: Work,
}

_WITHOUT_ALBUMS = case((entities.c.kind != EntityKind.ALBUM.value, entities.c.body))
"""Bodies of shared entities; null for an album, whose body is long and was compared already."""


class ReleaseKeys(NamedTuple):
    """Some releases of one provider."""

    provider: str
    keys: Sequence[str]


class IdRange(NamedTuple):
    """Ids after one up to another, in the order of the database; empty: from the first, to the last."""

    after: str
    upto: str


class Contribution(NamedTuple):
    """What an album says of a shared entity, in the columns of ``contributions``."""

    kind: str
    entity_id: str
    delivery_id: str
    statement_order: str
    is_leading: bool
    body_format: int
    body: bytes


class AlbumRows(NamedTuple):
    """An album as it is stored. ``tracks``: (track, recording); ``identifiers``: (scheme, value, kind, entity)."""

    body: bytes | None
    tracks: frozenset[tuple[str, str]]
    identifiers: frozenset[tuple[str, str, str, str]]
    contributions: frozenset[Contribution]


class Difference(NamedTuple):
    """An album that is stored otherwise than it is computed."""

    album_id: str
    computed: AlbumRows
    stored: AlbumRows


class CheckedReleases(NamedTuple):
    """Which albums some releases come to, and those that are stored otherwise."""

    albums: list[str]
    differences: list[Difference]


class BodyDifference(NamedTuple):
    """An entity that is stored otherwise than it is computed; None: there is to be none, or there is none."""

    kind: str
    entity_id: str
    computed: bytes | None
    stored: bytes | None


class CheckedEntities(NamedTuple):
    """Which albums are stored in a range of ids, and the shared entities there that are stored otherwise."""

    albums: list[str]
    differences: list[BodyDifference]


def check_releases(conn: Connection, releases: ReleaseKeys) -> CheckedReleases:
    """Compute some releases, at most a batch, and return how they are stored otherwise."""
    computed: dict[str, AlbumRows] = {}
    for inputs in load_inputs_of(conn, releases.provider, releases.keys):
        built = build_album(*inputs)
        computed[built.album.id] = make_rows(built, inputs.current.order)
    stored = load_rows(conn, list(computed))
    differences = [
        Difference(album_id, rows, stored[album_id]) for album_id, rows in computed.items() if rows != stored[album_id]
    ]
    return CheckedReleases(list(computed), differences)


def make_rows(built: BuiltRelease, order: StatementOrder) -> AlbumRows:
    """Return what is to be stored of a release; ``order`` is that of its current statement."""
    return AlbumRows(
        body=encode_body(built.album),
        tracks=frozenset((track.id, track.recording_id) for track in built.album.tracks),
        identifiers=frozenset(msgspec.structs.astuple(identifier) for identifier in built.identifiers),
        contributions=frozenset(map(_read_contribution, contribution_rows(built, order).values())),
    )


def _read_contribution(row: Mapping[str, Any]) -> Contribution:
    return Contribution(*(row[field] for field in Contribution._fields))


def load_rows(conn: Connection, album_ids: Sequence[str]) -> dict[str, AlbumRows]:
    """Return what is stored of some albums, by id; nothing of those that are not there."""
    if not album_ids:
        return {}
    album = select(entities.c.id, entities.c.body, entities.c.body_format).where(
        entities.c.id.in_(album_ids), entities.c.kind == EntityKind.ALBUM.value
    )
    bodies = {row.id: _renew(EntityKind.ALBUM, row.body, row.body_format) for row in conn.execute(album)}
    tracks: dict[str, list[tuple[str, str]]] = {album_id: [] for album_id in album_ids}
    for row in conn.execute(select(album_tracks).where(album_tracks.c.album_id.in_(album_ids))):
        tracks[row.album_id].append((row.track_id, row.recording_id))
    named: dict[str, list[tuple[str, str, str, str]]] = {album_id: [] for album_id in album_ids}
    for row in conn.execute(select(identifiers).where(identifiers.c.album_id.in_(album_ids))):
        named[row.album_id].append((row.scheme, row.value, row.kind, row.entity_id))
    spoken: dict[str, list[Contribution]] = {album_id: [] for album_id in album_ids}
    for row in conn.execute(select(contributions).where(contributions.c.album_id.in_(album_ids))):
        body = _renew(row.kind, row.body, row.body_format)
        said = Contribution(
            row.kind, row.entity_id, row.delivery_id, row.statement_order, row.is_leading, BODY_FORMAT, body
        )
        spoken[row.album_id].append(said)
    return {
        i: AlbumRows(bodies.get(i), frozenset(tracks[i]), frozenset(named[i]), frozenset(spoken[i])) for i in album_ids
    }


def check_entities(conn: Connection, ids: IdRange) -> CheckedEntities:
    """Compare the shared entities of a range of ids with the contributions that are stored."""
    newest = select_newest(conn, _is_within(contributions.c.entity_id, ids))
    query = select(entities.c.id, entities.c.kind, entities.c.body_format, _WITHOUT_ALBUMS.label("body"))
    albums: list[str] = []
    stored: dict[tuple[str, str], bytes] = {}
    for row in conn.execute(query.where(_is_within(entities.c.id, ids))):
        if row.body is None:
            albums.append(row.id)
        else:
            stored[row.kind, row.id] = _renew(row.kind, row.body, row.body_format)
    differing = (name for name in sorted({*newest, *stored}) if newest.get(name) != stored.get(name))
    differences = [BodyDifference(*name, newest.get(name), stored.get(name)) for name in differing]
    return CheckedEntities(albums, differences)


def select_newest(conn: Connection, condition: ColumnElement[bool]) -> dict[tuple[str, str], bytes]:
    """Return what the newest statement says of each shared entity that some contributions are of, by kind and id."""
    newest: dict[tuple[str, str], tuple[str, bytes]] = {}
    for kind, entity_id, order, body in list_contributions(conn, condition):
        known = newest.get((kind, entity_id))
        if known is None or known[0] < order:
            newest[kind, entity_id] = order, body
    return {name: body for name, (_, body) in newest.items()}


def list_contributions(conn: Connection, condition: ColumnElement[bool]) -> Iterator[tuple[str, str, str, bytes]]:
    """Yield (kind, entity, order of the statement, body) of some contributions."""
    spoken = contributions.c
    query = select(spoken.kind, spoken.entity_id, spoken.statement_order, spoken.body_format, spoken.body)
    for kind, entity_id, order, body_format, body in conn.execute(query.where(condition)):
        yield kind, entity_id, order, _renew(kind, body, body_format)


def _is_within(column: ColumnElement[str], ids: IdRange) -> ColumnElement[bool]:
    bounds = [column > ids.after] + ([column <= ids.upto] if ids.upto else [])
    return and_(*bounds)


def _renew(kind: str, body: bytes, body_format: int) -> bytes:
    """Return a body as it would be written now: an older form is no difference. What is damaged stays so."""
    try:
        return body if body_format == BODY_FORMAT else encode_body(decode_body(body, body_format, _TYPES[kind]))
    except Broken:
        return body


def load_shared(conn: Connection, kind: str, entity_id: str) -> bytes | None:
    """Return the body that is stored of a shared entity; None: there is none."""
    query = select(entities.c.body, entities.c.body_format).where(entities.c.id == entity_id, entities.c.kind == kind)
    row = conn.execute(query).one_or_none()
    return _renew(kind, row.body, row.body_format) if row is not None else None
