"""The catalogue as it is stored: entities by id, by identifier and by what they are on."""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from antiphon.catalogue import CurrentStatement, Links, has_changed_hands, needed_links
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import Album, Artist, EntityKind, Recording, Track, Work
from antiphon.record.bodies import decode_body
from antiphon.record.decisions import decisions_bearing_on
from antiphon.record.links import load_links
from antiphon.record.ownership import load_owned
from antiphon.record.statements import load_current
from antiphon.record.tables import album_tracks, contributions, entities, identifiers

E = TypeVar("E", Album, Artist, Recording, Work)


class Inputs(NamedTuple):
    """The arguments of the catalogue function: what counts for a release, its links, and the decisions about it."""

    current: CurrentStatement
    links: Links
    decisions: tuple[Decision, ...]


def load_album(conn: Connection, album_id: str) -> Album | None:
    """Return an album with its tracks; None: there is none of this id."""
    return _load_entity(conn, EntityKind.ALBUM, album_id, Album)


def load_artist(conn: Connection, artist_id: str) -> Artist | None:
    """Return an artist; None: there is none of this id, or no album credits it any more."""
    return _load_entity(conn, EntityKind.ARTIST, artist_id, Artist)


def load_recording(conn: Connection, recording_id: str) -> Recording | None:
    """Return a recording; None: there is none of this id, or it is on no album any more."""
    return _load_entity(conn, EntityKind.RECORDING, recording_id, Recording)


def load_work(conn: Connection, work_id: str) -> Work | None:
    """Return a work; None: there is none of this id, or no recording of it is on an album any more."""
    return _load_entity(conn, EntityKind.WORK, work_id, Work)


def find_track(conn: Connection, track_id: str) -> tuple[Album, Track] | None:
    """Return a track with its album; None: there is none of this id."""
    query = select(album_tracks.c.album_id).where(album_tracks.c.track_id == track_id)
    album_id = conn.execute(query).scalar_one_or_none()
    album = load_album(conn, album_id) if album_id is not None else None
    track = next((track for track in album.tracks if track.id == track_id), None) if album is not None else None
    return (album, track) if album is not None and track is not None else None


def load_appearances(
    conn: Connection, recording_id: str, limit: int, besides: str = ""
) -> Iterator[tuple[Album, Track]]:
    """Yield the tracks that are a recording, but for one, with their albums: the first ``limit`` by id; one query."""
    query = (
        select(album_tracks.c.track_id, entities.c.body, entities.c.body_format)
        .join(entities, entities.c.id == album_tracks.c.album_id)
        .where(album_tracks.c.recording_id == recording_id, album_tracks.c.track_id != besides)
        .order_by(album_tracks.c.track_id)
        .limit(limit)
    )
    for row in conn.execute(query):
        album = decode_body(row.body, row.body_format, Album)
        yield from ((album, track) for track in album.tracks if track.id == row.track_id)


def find_entities(conn: Connection, scheme: str, value: str) -> tuple[tuple[EntityKind, str], ...]:
    """Return what an identifier in its normal form names ("isrc", "icpn" as GTIN-14, "grid"), sorted."""
    query = select(identifiers.c.kind, identifiers.c.entity_id).where(
        identifiers.c.scheme == scheme, identifiers.c.value == value
    )
    return tuple(sorted({(EntityKind(row.kind), row.entity_id) for row in conn.execute(query)}))


def load_inputs(conn: Connection, provider: str, release_key: str) -> Inputs | None:
    """Return what the catalogue function reads of a release; None: nothing describes it, or it is erased.

    Of a release that changed hands it is the same, whichever of its owners it is asked for by.
    """
    current = load_current(conn, provider, release_key)
    if current is not None:
        inputs = _gather_inputs(conn, current)
        if not has_changed_hands(provider, release_key, inputs.links, inputs.decisions):
            return inputs
    owned = load_owned(conn, provider, release_key)
    inherited = _gather_inputs(conn, owned) if owned is not None else None
    is_erased = inherited is None or any(d.kind is DecisionKind.ERASE for d in inherited.decisions)
    return None if is_erased else inherited


def _gather_inputs(conn: Connection, current: CurrentStatement) -> Inputs:
    links = load_links(conn, current.provider, needed_links(current.statement, current.release_key))
    owner = current.owner or current.provider
    return Inputs(current, links, decisions_bearing_on(conn, owner, set(links.values())))


def albums_of(conn: Connection, kind: EntityKind, entity_id: str) -> tuple[tuple[str, str], ...]:
    """Return the (provider, release key) of every album an entity is, is on, or is credited on, sorted."""
    if kind is EntityKind.ALBUM:
        ids = {entity_id}
    elif kind is EntityKind.TRACK:
        ids = set(conn.execute(select(album_tracks.c.album_id).where(album_tracks.c.track_id == entity_id)).scalars())
    else:
        query = select(contributions.c.album_id).where(
            contributions.c.entity_id == entity_id, contributions.c.kind == kind.value
        )
        ids = set(conn.execute(query).scalars())
    albums = (load_album(conn, album_id) for album_id in sorted(ids))
    return tuple(sorted((album.provider, album.release_key) for album in albums if album is not None))


def _load_entity(conn: Connection, kind: EntityKind, entity_id: str, as_type: type[E]) -> E | None:
    query = select(entities.c.body, entities.c.body_format).where(
        entities.c.id == entity_id, entities.c.kind == kind.value
    )
    row = conn.execute(query).one_or_none()
    return decode_body(row.body, row.body_format, as_type) if row is not None else None
