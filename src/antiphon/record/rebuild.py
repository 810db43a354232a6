"""The proof that the catalogue is a function of statements, links and decisions: compute it again and compare."""

import msgspec
from sqlalchemy import Connection, select

from antiphon.catalogue import BuiltRelease, StatementOrder, build_album
from antiphon.model.entities import Artist, EntityKind, Recording
from antiphon.record.bodies import encode_body
from antiphon.record.catalogue import load_inputs
from antiphon.record.entries import contribution_rows
from antiphon.record.statements import list_current_keys
from antiphon.record.tables import album_tracks, contributions, entities, identifiers


class _Computed:
    """The catalogue computed so far: bodies of entities, and what stored albums were found to differ."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.orders: dict[str, StatementOrder] = {}
        self.differing: set[str] = set()

    def add(self, order: StatementOrder, built: BuiltRelease) -> None:
        """Add a release; of shared entities the newest statement's word counts."""
        self.bodies[built.album.id] = encode_body(built.album)
        shared: list[Recording | Artist] = [*built.recordings, *built.artists]
        for entity in shared:
            if entity.id not in self.orders or self.orders[entity.id] < order:
                self.orders[entity.id] = order
                self.bodies[entity.id] = encode_body(entity)


def recompute(conn: Connection) -> list[str]:
    """Return the ids of the entities that are stored otherwise than they would be computed now, sorted; empty: proven.

    Computes from statements, links and decisions alone and writes nothing. Indexes that differ count for their album.
    """
    computed = _Computed()
    for provider, release_key in list_current_keys(conn):
        inputs = load_inputs(conn, provider, release_key)
        if inputs is None:
            continue
        built = build_album(*inputs)
        computed.add(inputs.current.order, built)
        if _indexes_differ(conn, built):
            computed.differing.add(built.album.id)
    stored = {row.id: row.body for row in conn.execute(select(entities.c.id, entities.c.body))}
    differing = {i for i in {*stored, *computed.bodies} if stored.get(i) != computed.bodies.get(i)}
    return sorted(differing | computed.differing)


def _indexes_differ(conn: Connection, built: BuiltRelease) -> bool:
    album_id = built.album.id
    tracks = select(album_tracks.c.track_id, album_tracks.c.recording_id).where(album_tracks.c.album_id == album_id)
    found_tracks = {(row.track_id, row.recording_id) for row in conn.execute(tracks)}
    named = select(identifiers).where(identifiers.c.album_id == album_id)
    found_ids = {(row.scheme, row.value, EntityKind(row.kind), row.entity_id) for row in conn.execute(named)}
    spoken = select(contributions).where(contributions.c.album_id == album_id)
    found_rows = {(row["kind"], row["entity_id"]): dict(row) for row in conn.execute(spoken).mappings()}
    return (
        found_tracks != {(track.id, track.recording_id) for track in built.album.tracks}
        or found_ids != {msgspec.structs.astuple(identifier) for identifier in built.identifiers}
        or found_rows != contribution_rows(built)
    )
