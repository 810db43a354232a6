"""Building: what the changes of the record mean for nodes, as the documents they touch."""

from collections.abc import Iterable

from sqlalchemy import Connection

from antiphon.model.entities import EntityKind
from antiphon.publication.documents import (
    album_entries,
    artist_entries,
    recording_entries,
    redirect_entries,
    withdrawn_entries,
    withdrawn_redirect,
)
from antiphon.record.catalogue import albums_of_artist, find_track, list_track_ids, load_album, load_artist
from antiphon.record.changes import Change
from antiphon.record.decisions import find_redirect, was_merged
from antiphon.segments.entry import Entry


def build_entries(conn: Connection, changes: Iterable[Change]) -> tuple[Entry, ...]:
    """Return the documents of everything the changes touched, each key once, in the order of the changes.

    A track is served with its album, so its own change matters only once it is gone: what is gone is withdrawn. Works
    are of no use to listeners, and are not served.
    """
    entries: dict[bytes, Entry] = {}
    for kind, entity_id in dict.fromkeys((change.kind, change.entity_id) for change in changes):
        for entry in _entries_of(conn, kind, entity_id):
            entries[entry.key] = entry
    return tuple(entries.values())


def _entries_of(conn: Connection, kind: EntityKind, entity_id: str) -> Iterable[Entry]:
    if kind is EntityKind.ALBUM:
        album = load_album(conn, entity_id)
        return album_entries(album) if album is not None else withdrawn_entries(kind, entity_id)
    if kind is EntityKind.ARTIST:
        return _artist_entries(conn, entity_id)
    if kind is EntityKind.RECORDING:
        return recording_entries(entity_id, list_track_ids(conn, entity_id))
    if kind is EntityKind.WORK:
        return ()
    return withdrawn_entries(kind, entity_id) if find_track(conn, entity_id) is None else ()


def _artist_entries(conn: Connection, artist_id: str) -> Iterable[Entry]:
    """Return the documents of an artist; where it was merged, the redirect that stands for them."""
    artist = load_artist(conn, artist_id)
    if artist is None:
        into_id = find_redirect(conn, artist_id)
        kind = EntityKind.ARTIST
        return redirect_entries(kind, artist_id, into_id) if into_id else withdrawn_entries(kind, artist_id)
    entries = artist_entries(artist, albums_of_artist(conn, artist_id))
    return (*entries, withdrawn_redirect(artist_id)) if was_merged(conn, artist_id) else entries
