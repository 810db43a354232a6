"""Albums as other documents hold them: cards, in the tracks of an album and in the lists of its artists."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from antiphon.model.entities import Album, AlbumType, ArtistCredit, EntityKind
from antiphon.publication.audience import find_audience
from antiphon.publication.members import date_members, identity_members, list_images
from antiphon.segments import AlbumGroup, HoleKind, Item, Rights, cut_body, hole_member, put_first

_CREDITS_KEPT = 256
"""Lists of credited artists kept per process, some 300 B each: the tracks of a release mostly have the same."""

_GROUPS = {
    AlbumType.ALBUM: AlbumGroup.ALBUM,
    AlbumType.SINGLE: AlbumGroup.SINGLE,
    AlbumType.COMPILATION: AlbumGroup.COMPILATION,
}


class AlbumCard(msgspec.Struct, frozen=True, kw_only=True):
    """What the list of an artist's albums needs of one: small, whatever the album holds.

    ``artist_ids`` are those of the album itself, not of its tracks.
    """

    id: str
    type: AlbumType
    release_date: str
    artist_ids: frozenset[str]
    genres: tuple[str, ...]
    rights: Rights
    item: Item


def make_card(album: Album) -> AlbumCard:
    """Return the card of an album."""
    return AlbumCard(
        id=album.id,
        type=album.type,
        release_date=album.release_date,
        artist_ids=frozenset(credit.artist_id for credit in album.artists),
        genres=album.genres,
        rights=find_audience(album).album,
        item=cut_body(card_members(album, 0)),
    )


def group_album(artist_id: str, card: AlbumCard) -> AlbumGroup:
    """Return what an album is to an artist it credits somewhere."""
    return _GROUPS[card.type] if artist_id in card.artist_ids else AlbumGroup.APPEARS_ON


def order_albums(artist_id: str, cards: Iterable[AlbumCard]) -> list[AlbumCard]:
    """Return albums as they are listed: by group, then newest first; undated ones last, equal dates by id."""
    newest_first = sorted(sorted(cards, key=lambda card: card.id), key=lambda card: card.release_date, reverse=True)
    return sorted(newest_first, key=lambda card: group_album(artist_id, card))


def list_item(artist_id: str, card: AlbumCard, rights: int) -> Item:
    """Return an album as the list of an artist shows it; ``rights``: the index of its own in the list."""
    group = group_album(artist_id, card)
    return put_first(card.item, b'"album_group":"%b",' % group.word.encode(), rights=rights, group=int(group))


def card_members(album: Album, rights: int) -> dict[str, Any]:
    """Return the members of a simplified album; ``rights``: the index of its own in the document that holds it."""
    return {
        **hole_member(HoleKind.MARKETS, rights),
        "album_type": album.type.value,
        "artists": list_artists(album.artists),
        **identity_members(EntityKind.ALBUM, album.id),
        "images": list_images(album.covers),
        "name": album.title,
        **date_members(album.release_date),
        "total_tracks": len(album.tracks),
    }


@lru_cache(_CREDITS_KEPT)
def list_artists(credited: tuple[ArtistCredit, ...]) -> msgspec.Raw:
    """Return the JSON of credited artists, each once; the name is the one on this very release or track."""
    unique = {credit.artist_id: credit for credit in reversed(credited)}
    ordered = sorted(unique.values(), key=credited.index)
    listed = [{**identity_members(EntityKind.ARTIST, credit.artist_id), "name": credit.name} for credit in ordered]
    return msgspec.Raw(msgspec.json.encode(listed))
