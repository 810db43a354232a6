"""What somebody may have meant by an id that names no track: another kind of entity, an ISRC, or a slip of the hand."""

from difflib import get_close_matches

from sqlalchemy import Connection, select

from antiphon.model.entities import EntityKind
from antiphon.model.identifiers import InvalidIdentifier, parse_isrc
from antiphon.record.catalogue import find_entities
from antiphon.record.tables import album_tracks, entities

PREFIX_LENGTH = 4
"""Characters that must be right for a near id to be found: they say where in the index it stands."""

NEAR_IDS_READ = 500
"""Ids of one prefix that are compared; a million ids have one or two of the same four characters."""

NEAR_IDS_NAMED = 3


def say_what_it_may_be(conn: Connection, text: str) -> str:
    """Return a clause that helps whoever asked for a track that is not there; empty: nothing is near."""
    kind = conn.execute(select(entities.c.kind).where(entities.c.id == text)).scalar_one_or_none()
    if kind is not None:
        return f"this is the id of {'an' if kind[0] in 'a' else 'a'} {kind}"
    tracks = _tracks_of_isrc(conn, text)
    if tracks:
        return f"this is the ISRC of {', '.join(tracks)}"
    near = _find_near_ids(conn, text)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _tracks_of_isrc(conn: Connection, text: str) -> list[str]:
    try:
        isrc = parse_isrc(text)
    except InvalidIdentifier:
        return []
    found = find_entities(conn, "isrc", isrc)
    return [entity_id for kind, entity_id in found if kind is EntityKind.TRACK][:NEAR_IDS_NAMED]


def _find_near_ids(conn: Connection, text: str) -> list[str]:
    prefix = text[:PREFIX_LENGTH]
    if len(prefix) < PREFIX_LENGTH or not prefix.isalnum() or not prefix.isascii():
        return []
    column = album_tracks.c.track_id
    query = select(column).where(column >= prefix, column < prefix + "~").order_by(column).limit(NEAR_IDS_READ)
    return get_close_matches(text, list(conn.execute(query).scalars()), n=NEAR_IDS_NAMED, cutoff=0.8)
