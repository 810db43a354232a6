"""The genres a node knows of."""

from pathlib import Path

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.replica import Follower
from antiphon.replica.rows import MAX_GENRE_CHARACTERS
from antiphon.segments import DocumentKind, Entry, SearchRow, document_key, encode_document
from tests.replica.publishing import EVERY_MARKET, NOW, Publisher, a_track


def an_album(album_id: str, *genres: str) -> Entry:
    row = SearchRow(kind=EntityKind.ALBUM, title=album_id, markets=EVERY_MARKET, genres=genres)
    return Entry(
        key=document_key(DocumentKind.ALBUM, album_id),
        document=encode_document(DocumentKind.ALBUM, [], []),
        search=row,
    )


def test_they_are_those_of_albums_each_once_as_most_albums_have_it(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    publisher = Publisher(blobs)
    albums = [an_album("a1", "Hip Hop", "jazz"), an_album("a2", "Hip Hop"), an_album("a3", "hip-hop", "Éthio")]
    odd = [an_album("a4", "x" * (MAX_GENRE_CHARACTERS + 1), "?!"), a_track("t1", "One", genres=("Polka",))]
    publisher.announce([*albums, *odd])
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    assert follower.replica.list_genres() == ("Hip Hop", "jazz", "Éthio")
    publisher.announce([Entry(key=document_key(DocumentKind.ALBUM, "a1"))])
    follower.poll(NOW)
    assert follower.replica.list_genres() == ("Hip Hop", "Éthio")
    follower.close()
