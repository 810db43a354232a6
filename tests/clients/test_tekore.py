"""tekore works with only its addresses changed: it looks up, pages and searches every kind.

Its models are strict about what must be there, and warn of what they do not know; here a warning is an error.
"""

from collections.abc import Iterator

import pytest
import tekore  # type: ignore[import-untyped]  # it has types, and no marker that says so

from antiphon.surfaces.reads.categories import identify_category
from tests.surfaces.reads.catalogue_fixture import (
    APP,
    AUDIOBOOK,
    CLIENT_SECRET,
    SHOW,
    TIDEMARKS,
    TRACKS,
    VESPER,
    an_id,
)

pytestmark = pytest.mark.process
ALBUM, LATER_TRACK, TRACK = an_id("Harbour Lights"), an_id("Harbour Lights 2"), an_id("Harbour Lights 1")
NOTHING = "0" * 22


@pytest.fixture
def spotify(base_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tekore.Spotify]:
    """Return the client, pointed at us."""
    monkeypatch.setattr("tekore._client.base.prefix", f"{base_url}/v1/")
    monkeypatch.setattr("tekore._auth.expiring.client.OAUTH_TOKEN_URL", f"{base_url}/api/token")
    credentials = tekore.Credentials(APP.client_id, CLIENT_SECRET)
    client = tekore.Spotify(credentials.request_client_token())
    yield client
    client.close()
    credentials.close()


def test_refusals_are_its_own_errors(spotify: tekore.Spotify) -> None:
    with pytest.raises(tekore.NotFound):
        spotify.track(NOTHING)
    with pytest.raises(tekore.BadRequest):
        spotify.track("no-id")
    with spotify.token_as("no token"), pytest.raises(tekore.Unauthorised):
        spotify.track(TRACK)


def test_with_a_market_tracks_say_whether_they_play_and_without_one_where(spotify: tekore.Spotify) -> None:
    here, there = spotify.track(TRACK, market="SE"), spotify.track(LATER_TRACK, market="SE")
    assert (here.is_playable, here.available_markets, here.restrictions) == (True, None, None)
    assert there.is_playable is False
    assert there.restrictions is not None
    assert there.restrictions.reason == "market"
    everywhere = spotify.tracks([TRACK, LATER_TRACK])
    assert [track.is_playable for track in everywhere] == [None, None]
    assert all(track.available_markets for track in everywhere)


def test_it_looks_up_albums_and_pages_through_all_tracks(spotify: tekore.Spotify) -> None:
    album = spotify.album(ALBUM, market="SE")
    assert (album.total_tracks, album.available_markets) == (TRACKS, ["SE"])
    first = spotify.album_tracks(ALBUM, market="SE", limit=20)
    assert [track.track_number for track in spotify.all_items(first)] == list(range(1, TRACKS + 1))
    assert [found and found.id for found in spotify.albums([ALBUM, NOTHING])] == [ALBUM, None]


def test_it_looks_up_artists_with_their_albums_and_top_tracks(spotify: tekore.Spotify) -> None:
    assert spotify.artist(TIDEMARKS.id).followers.total == 0
    assert [artist.id for artist in spotify.artists([VESPER.id, TIDEMARKS.id])] == [VESPER.id, TIDEMARKS.id]
    groups = [tekore.model.AlbumGroup.album, tekore.model.AlbumGroup.single]
    albums = spotify.artist_albums(TIDEMARKS.id, include_groups=groups, market="SE")
    assert [album.name for album in albums.items] == ["Harbour Lights", "Low Water"]
    assert len(spotify.artist_top_tracks(TIDEMARKS.id, "SE")) == 10


def test_it_looks_up_shows_and_pages_through_all_episodes(spotify: tekore.Spotify) -> None:
    show = spotify.show(SHOW.id, market="NO")
    assert (show.id, show.total_episodes) == (SHOW.id, TRACKS)
    assert [found.id for found in spotify.shows([SHOW.id], market="NO")] == [SHOW.id]
    episodes = list(spotify.all_items(spotify.show_episodes(SHOW.id, market="NO", limit=20)))
    assert [episode.id for episode in episodes] == [episode.id for episode in reversed(SHOW.episodes)]
    one = spotify.episode(episodes[0].id, market="NO")
    assert (one.is_playable, one.resume_point, one.show.id) == (True, None, SHOW.id)
    assert [found.id for found in spotify.episodes([one.id], market="NO")] == [one.id]


def test_it_looks_up_audiobooks_and_pages_through_all_chapters(spotify: tekore.Spotify) -> None:
    book = spotify.audiobook(AUDIOBOOK.id, market="NO")
    assert tekore.from_uri(book.uri) == ("show", AUDIOBOOK.id)
    chapters = list(spotify.all_items(spotify.audiobook_chapters(AUDIOBOOK.id, market="NO", limit=20)))
    assert [chapter.id for chapter in chapters] == [chapter.id for chapter in AUDIOBOOK.chapters]
    one = spotify.chapter(chapters[0].id, market="NO")
    assert (tekore.from_uri(one.uri)[0], one.audiobook.id) == ("episode", AUDIOBOOK.id)
    assert [found.id for found in spotify.chapters([one.id], market="NO")] == [one.id]


def test_it_searches_every_kind(spotify: tekore.Spotify) -> None:
    kinds = ("artist", "album", "track", "show", "episode", "audiobook")
    pages = spotify.search("harbour", types=kinds, market="NO", limit=50)
    found = {type(page).__name__: page.total for page in pages}
    assert found["SimpleShowPaging"] == 1
    assert found["SimpleEpisodePaging"] == TRACKS
    (tracks,) = spotify.search("track:lantern", market="NO", limit=20)
    names = [track.name for track in spotify.all_items(tracks)]
    assert len(names) == len(set(names)) == tracks.total
    (books,) = spotify.search("ada north", types=("audiobook",), limit=1)
    assert books.items[0].id == AUDIOBOOK.id


def test_it_browses(spotify: tekore.Spotify) -> None:
    categories = spotify.categories(country="SE", locale="sv_SE")
    assert [category.name for category in categories.items] == ["Ambient"]
    assert spotify.category(identify_category("Ambient")).icons == []
    assert spotify.new_releases(country="SE", limit=1).items[0].name == "Low Water"
    assert spotify.recommendation_genre_seeds() == ["Ambient"]
    assert "SE" in spotify.markets()
