"""Building: what the changes of the record mean for nodes, as the documents they touch.

Whatever a batch of changes names is read together, in a number of queries that does not grow with it, and what several
documents of the batch need (an album's card, in the lists of all its artists) is made once.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection

from antiphon.model.entities import Album, Artist, EntityKind
from antiphon.publication.cards import AlbumCard, make_card
from antiphon.publication.clients import client_entry
from antiphon.publication.documents import (
    album_entries,
    artist_entries,
    recording_entries,
    redirect_entries,
    withdrawn_entries,
    withdrawn_redirect,
)
from antiphon.record.changes import CLIENT, Change, ChangeKind
from antiphon.record.clients import find_client
from antiphon.record.decisions import find_ever_merged, find_redirects
from antiphon.record.entity_lookups import find_tracks, list_albums_of, list_tracks_of, load_entities
from antiphon.segments import Entry

CHANGES_AT_ONCE = 5_000
"""changes read together: some 250 releases, 7 MB of their bodies. The more, the more artists share the cards that are
made of their albums."""

Named = tuple[ChangeKind, str]
"""What changed: its kind and id."""


class _Stored(NamedTuple):
    """What the record has of what some changes name, by id."""

    albums: dict[str, Album]
    artists: dict[str, Artist]
    cards: dict[str, list[AlbumCard]]
    redirects: dict[str, str]
    ever_merged: set[str]
    tracks_of: dict[str, list[str]]
    tracks: set[str]


def build_entries(conn: Connection, changes: Iterable[Change]) -> tuple[Entry, ...]:
    """Return the documents of everything the changes touched, each key once, in the order of the changes.

    A track is served with its album, so its own change matters only once it is gone: what is gone is withdrawn. Works
    are of no use to listeners, and are not served.
    """
    entries: dict[bytes, Entry] = {}
    for batch in batch_changes((change.kind, change.entity_id) for change in changes):
        for entry in build_batch(conn, batch):
            entries[entry.key] = entry
    return tuple(entries.values())


def batch_changes(named: Iterable[Named]) -> Iterator[Sequence[Named]]:
    """Yield what changed in batches to be read together, each once in its batch."""
    waiting = iter(dict.fromkeys(named))
    while batch := tuple(islice(waiting, CHANGES_AT_ONCE)):
        yield batch


def build_batch(conn: Connection, batch: Sequence[Named]) -> Iterator[Entry]:
    """Yield the documents of a batch, in its order; a key may come twice, and the later one counts."""
    stored = _load_stored(conn, batch)
    for kind, entity_id in batch:
        if kind == CLIENT:
            client = find_client(conn, entity_id)
            yield from (client_entry(client),) if client is not None else ()
        else:
            yield from _entries_of(stored, kind, entity_id)


def _load_stored(conn: Connection, batch: Sequence[Named]) -> _Stored:
    named: dict[ChangeKind, list[str]] = {}
    for kind, entity_id in batch:
        named.setdefault(kind, []).append(entity_id)
    albums = {one.id: one for one in load_entities(conn, EntityKind.ALBUM, named.get(EntityKind.ALBUM, ()), Album)}
    artist_ids = named.get(EntityKind.ARTIST, ())
    artists = {one.id: one for one in load_entities(conn, EntityKind.ARTIST, artist_ids, Artist)}
    known = {track.id for album in albums.values() for track in album.tracks}
    return _Stored(
        albums=albums,
        artists=artists,
        cards=_load_cards(conn, artists, albums),
        redirects=find_redirects(conn, set(artist_ids) - artists.keys()),
        ever_merged=find_ever_merged(conn, artists),
        tracks_of=list_tracks_of(conn, named.get(EntityKind.RECORDING, ())),
        tracks=known | find_tracks(conn, set(named.get(EntityKind.TRACK, ())) - known),
    )


def _load_cards(conn: Connection, artists: Iterable[str], albums: dict[str, Album]) -> dict[str, list[AlbumCard]]:
    """Return the cards of all albums of some artists; ``albums`` are those in hand."""
    listed = list_albums_of(conn, artists)
    wanted = {album_id for own in listed.values() for album_id in own}
    cards = {album_id: make_card(albums[album_id]) for album_id in wanted & albums.keys()}
    for album in load_entities(conn, EntityKind.ALBUM, wanted - cards.keys(), Album):
        cards[album.id] = make_card(album)
    return {artist_id: [cards[album_id] for album_id in own] for artist_id, own in listed.items()}


def _entries_of(stored: _Stored, kind: EntityKind, entity_id: str) -> Iterable[Entry]:
    if kind is EntityKind.ALBUM:
        album = stored.albums.get(entity_id)
        return album_entries(album) if album is not None else withdrawn_entries(kind, entity_id)
    if kind is EntityKind.ARTIST:
        return _artist_entries(stored, entity_id)
    if kind is EntityKind.RECORDING:
        return recording_entries(entity_id, stored.tracks_of.get(entity_id, ()))
    if kind is EntityKind.WORK:
        return ()
    return withdrawn_entries(kind, entity_id) if entity_id not in stored.tracks else ()


def _artist_entries(stored: _Stored, artist_id: str) -> Iterable[Entry]:
    """Return the documents of an artist; where it was merged, the redirect that stands for them."""
    artist = stored.artists.get(artist_id)
    if artist is None:
        into_id = stored.redirects.get(artist_id)
        kind = EntityKind.ARTIST
        return redirect_entries(kind, artist_id, into_id) if into_id else withdrawn_entries(kind, artist_id)
    entries = artist_entries(artist, stored.cards.get(artist_id, ()))
    return (*entries, withdrawn_redirect(artist_id)) if artist_id in stored.ever_merged else entries
