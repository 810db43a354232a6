"""Entities to documents: the JSON that the catalogue API serves, with holes for what depends on the reader.

Pure: same entities, same bytes. The shape is the one app developers know (the compatibility profile of the design);
its required members are always there, even where it calls them deprecated, since strict clients insist on them. What we
do not know has the shape's own word for it: ``popularity`` 0, ``images`` [], ``release_date`` "0000".

URIs are ``spotify:track:ID``: clients of this shape parse them, and take nothing else for a URI. Links are absolute, on
the public base URL of whoever serves them. ``external_urls`` is empty: our entities have no page elsewhere.

Example: an album of 12 tracks gives 3 documents of its own (itself, its card, its list of tracks) and 2 per track (the
full track, and what a stream grant needs).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from antiphon.model.entities import Album, Artist, EntityKind, Track
from antiphon.model.stand_ins import rank_stand_in
from antiphon.publication.audience import find_audience
from antiphon.publication.cards import AlbumCard, card_members, group_album, list_artists, list_item, order_albums
from antiphon.publication.members import document_entry, identity_members, list_copyrights
from antiphon.publication.search_rows import album_search_row, artist_search_row, track_search_row
from antiphon.segments import (
    AlbumGroup,
    DocumentKind,
    Entry,
    HoleKind,
    Item,
    TrackMedia,
    cut_body,
    document_key,
    hole_member,
    hole_value,
)

_DOCUMENTS = {
    EntityKind.ALBUM: (DocumentKind.ALBUM, DocumentKind.ALBUM_CARD, DocumentKind.ALBUM_TRACKS),
    EntityKind.TRACK: (DocumentKind.TRACK, DocumentKind.TRACK_MEDIA),
    EntityKind.ARTIST: (DocumentKind.ARTIST, DocumentKind.ARTIST_ALBUMS),
    EntityKind.RECORDING: (DocumentKind.RECORDING_TRACKS,),
    EntityKind.SHOW: (DocumentKind.SHOW, DocumentKind.SHOW_CARD, DocumentKind.SHOW_EPISODES),
    EntityKind.EPISODE: (DocumentKind.EPISODE,),
    EntityKind.AUDIOBOOK: (DocumentKind.AUDIOBOOK, DocumentKind.AUDIOBOOK_CARD, DocumentKind.AUDIOBOOK_CHAPTERS),
    EntityKind.CHAPTER: (DocumentKind.CHAPTER,),
}


def album_entries(album: Album) -> tuple[Entry, ...]:
    """Return the documents of an album and of its tracks, in a fixed order, the tracks' in theirs.

    A track that has left the album is not named here: withdraw it.
    """
    audience = find_audience(album)
    full = cut_body(_full_album(album))
    card = cut_body(card_members(album, 0))
    listed = [cut_body(_simple_track(track, index)) for index, track in enumerate(album.tracks)]
    entries = [
        document_entry(DocumentKind.ALBUM, album.id, [audience.album], [full], album_search_row(album, audience.album)),
        document_entry(DocumentKind.ALBUM_CARD, album.id, [audience.album], [card]),
        document_entry(DocumentKind.ALBUM_TRACKS, album.id, audience.tracks, listed),
    ]
    embedded = msgspec.Raw(msgspec.json.encode(card_members(album, 1)))
    for track, rights in zip(album.tracks, audience.tracks, strict=True):
        full = cut_body(_full_track(track, embedded))
        row = track_search_row(album, track, rights)
        media = Item(body=msgspec.json.encode(_describe_media(album, track)))
        entries.append(document_entry(DocumentKind.TRACK, track.id, [rights, audience.album], [full], row))
        entries.append(document_entry(DocumentKind.TRACK_MEDIA, track.id, [rights], [media]))
    return tuple(entries)


def artist_entries(artist: Artist, cards: Iterable[AlbumCard]) -> tuple[Entry, ...]:
    """Return the documents of an artist; ``cards`` are those of all albums that credit it, on the album or on a track.

    The list is in the order it is served: by group, then newest first.
    """
    ordered = order_albums(artist.id, cards)
    rights = [card.rights for card in ordered]
    items = [list_item(artist.id, card, index) for index, card in enumerate(ordered)]
    own = [card for card in ordered if group_album(artist.id, card) is not AlbumGroup.APPEARS_ON]
    genres = tuple(dict.fromkeys(genre for card in own for genre in card.genres))
    row = artist_search_row(artist, rights, genres, (card.release_date for card in own))
    return (
        document_entry(DocumentKind.ARTIST, artist.id, [], [cut_body(_full_artist(artist, genres))], row),
        document_entry(DocumentKind.ARTIST_ALBUMS, artist.id, rights, items),
    )


def recording_entries(recording_id: str, track_ids: Sequence[str]) -> tuple[Entry, ...]:
    """Return the document that lists the tracks of a recording, which stand in for each other; none for one alone."""
    if len(track_ids) < 2:
        return withdrawn_entries(EntityKind.RECORDING, recording_id)
    listed = Item(body=msgspec.json.encode(track_ids))
    return (document_entry(DocumentKind.RECORDING_TRACKS, recording_id, [], [listed]),)


def redirect_entries(kind: EntityKind, entity_id: str, into_id: str) -> tuple[Entry, ...]:
    """Return the entries that take an entity's documents off the nodes and lead its id to another one."""
    redirect = document_entry(DocumentKind.REDIRECT, entity_id, [], [Item(body=into_id.encode())])
    return (*withdrawn_entries(kind, entity_id), redirect)


def withdrawn_redirect(entity_id: str) -> Entry:
    """Return the entry that ends a redirect."""
    return Entry(key=document_key(DocumentKind.REDIRECT, entity_id))


def withdrawn_entries(kind: EntityKind, entity_id: str) -> tuple[Entry, ...]:
    """Return the entries that take an entity's documents, and its row in the index, off the nodes.

    An album's tracks are entities of their own: withdraw each.
    """
    return tuple(Entry(key=document_key(document, entity_id)) for document in _DOCUMENTS[kind])


def _describe_media(album: Album, track: Track) -> TrackMedia:
    return TrackMedia(
        track_id=track.id,
        recording_id=track.recording_id,
        duration_ms=track.duration_ms,
        renditions=track.renditions,
        rank=rank_stand_in(album, track),
    )


def _full_album(album: Album) -> dict[str, Any]:
    return {
        **card_members(album, 0),
        "copyrights": list_copyrights(album.copyrights),
        "external_ids": {"upc": album.upc} if album.upc else {},
        "genres": album.genres,
        "label": album.label,
        "popularity": 0,
        "tracks": hole_value(HoleKind.PAGE),
    }


def _simple_track(track: Track, rights: int) -> dict[str, Any]:
    return {
        **hole_member(HoleKind.AVAILABILITY, rights),
        "artists": list_artists(track.artists),
        "disc_number": track.disc_number,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        **identity_members(EntityKind.TRACK, track.id),
        "is_local": False,
        "name": track.title,
        "preview_url": None,
        "track_number": track.track_number,
    }


def _full_track(track: Track, album: msgspec.Raw) -> dict[str, Any]:
    """Return a track with its album's card, whose markers are still in it."""
    return {
        "album": album,
        **_simple_track(track, 0),
        "external_ids": {"isrc": track.isrc} if track.isrc else {},
        "popularity": 0,
    }


def _full_artist(artist: Artist, genres: Sequence[str]) -> dict[str, Any]:
    return {
        **identity_members(EntityKind.ARTIST, artist.id),
        "followers": {"href": None, "total": 0},
        "genres": genres,
        "images": (),
        "name": artist.name,
        "popularity": 0,
    }
