"""An artist's albums: which group each belongs to, and the order in which they are listed."""

from collections.abc import Sequence

from antiphon.model.entities import Album, AlbumType, Artist
from antiphon.segments import AlbumGroup

_GROUPS = {
    AlbumType.ALBUM: AlbumGroup.ALBUM,
    AlbumType.SINGLE: AlbumGroup.SINGLE,
    AlbumType.COMPILATION: AlbumGroup.COMPILATION,
}


def group_album(artist: Artist, album: Album) -> AlbumGroup:
    """Return what an album is to an artist it credits somewhere."""
    is_own = any(credit.artist_id == artist.id for credit in album.artists)
    return _GROUPS[album.type] if is_own else AlbumGroup.APPEARS_ON


def order_albums(artist: Artist, albums: Sequence[Album]) -> list[Album]:
    """Return albums as they are listed: by group, then newest first; undated ones last, equal dates by id."""
    newest_first = sorted(
        sorted(albums, key=lambda album: album.id), key=lambda album: album.release_date, reverse=True
    )
    return sorted(newest_first, key=lambda album: group_album(artist, album))
