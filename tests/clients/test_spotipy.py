"""spotipy works with only its addresses changed: it looks up, pages and searches every kind."""

from collections.abc import Iterator
from typing import Any

import pytest
import spotipy
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOauthError

from antiphon.surfaces.reads.categories import identify_category
from tests.surfaces.reads.catalogue_fixture import (
    APP,
    AUDIOBOOK,
    CLIENT_SECRET,
    SHOW,
    TIDEMARKS,
    TRACKS,
    an_id,
)

pytestmark = [
    pytest.mark.process,
    # The library warns of what the owner of its API no longer offers; this catalogue goes on offering it.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
ALBUM = an_id("Harbour Lights")


def make_client(base_url: str, monkeypatch: pytest.MonkeyPatch, secret: str = CLIENT_SECRET) -> Any:
    """Return spotipy, pointed at us."""
    monkeypatch.setattr(SpotifyClientCredentials, "OAUTH_TOKEN_URL", f"{base_url}/api/token")
    credentials = SpotifyClientCredentials(
        client_id=APP.client_id, client_secret=secret, cache_handler=MemoryCacheHandler()
    )
    client = spotipy.Spotify(client_credentials_manager=credentials, retries=0, status_retries=0)
    client.prefix = f"{base_url}/v1/"
    return client


@pytest.fixture
def sp(base_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    client = make_client(base_url, monkeypatch)
    yield client
    client._session.close()


def test_a_wrong_secret_is_refused_as_oauth_says(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(base_url, monkeypatch, secret="wrong")
    with pytest.raises(SpotifyOauthError) as refusal:
        client.album(ALBUM)
    assert refusal.value.error == "invalid_client"
    client._session.close()


def test_something_unknown_is_the_librarys_own_404(sp: Any) -> None:
    with pytest.raises(spotipy.SpotifyException) as refusal:
        sp.track("0" * 22)
    assert refusal.value.http_status == 404


def test_it_looks_up_an_album_and_all_its_tracks(sp: Any) -> None:
    album = sp.album(f"spotify:album:{ALBUM}", market="SE")
    assert (album["name"], album["total_tracks"]) == ("Harbour Lights", TRACKS)
    page, numbers = sp.album_tracks(ALBUM, limit=20, market="SE"), []
    while page:
        numbers += [track["track_number"] for track in page["items"]]
        page = sp.next(page)
    assert numbers == list(range(1, TRACKS + 1))
    assert [track["id"] for track in sp.next(album["tracks"])["items"]] == [
        an_id(f"Harbour Lights {n}") for n in range(51, 56)
    ]


def test_it_looks_up_an_artist_with_albums_and_top_tracks(sp: Any) -> None:
    assert sp.artist(TIDEMARKS.id)["name"] == TIDEMARKS.name
    names = [album["name"] for album in sp.artist_albums(TIDEMARKS.id, include_groups="album,single")["items"]]
    assert names == ["Harbour Lights", "Low Water"]
    tracks = sp.artist_top_tracks(TIDEMARKS.id, country="SE")["tracks"]
    assert [track["is_playable"] for track in tracks[:5]] == [True, False, False, True, False]


def test_it_searches_and_pages(sp: Any) -> None:
    found = sp.search("tidemarks", type="artist,album,track", market="SE")
    assert found["artists"]["items"][0]["id"] == TIDEMARKS.id
    page, names = sp.search("track:lantern", limit=20, type="track", market="SE")["tracks"], []
    while page:
        names += [track["name"] for track in page["items"]]
        following = sp.next(page)
        page = following["tracks"] if following else None
    assert len(names) == len(set(names)) == TRACKS - 2


def test_it_looks_up_batches_markets_and_new_releases(sp: Any) -> None:
    ids = [an_id("Harbour Lights 1"), an_id("Low Water 1")]
    assert [track["id"] for track in sp.tracks(ids, market="SE")["tracks"]] == ids
    assert [album["id"] for album in sp.albums([ALBUM])["albums"]] == [ALBUM]
    assert [artist["id"] for artist in sp.artists([TIDEMARKS.id])["artists"]] == [TIDEMARKS.id]
    assert "SE" in sp.available_markets()["markets"]
    assert sp.new_releases(limit=1)["albums"]["items"][0]["name"] == "Low Water"


def test_it_looks_up_shows_and_episodes_and_pages_through_them(sp: Any) -> None:
    show = sp.show(f"spotify:show:{SHOW.id}", market="NO")
    assert (show["name"], show["total_episodes"]) == (SHOW.title, TRACKS)
    assert [found["id"] for found in sp.shows([SHOW.id], market="NO")["shows"]] == [SHOW.id]
    page, ids = sp.show_episodes(SHOW.id, limit=20, market="NO"), []
    while page:
        ids += [episode["id"] for episode in page["items"]]
        page = sp.next(page)
    assert ids == [episode.id for episode in reversed(SHOW.episodes)]
    assert sp.episode(ids[0], market="NO")["show"]["id"] == SHOW.id
    assert [found["id"] for found in sp.episodes(ids[:2], market="NO")["episodes"]] == ids[:2]


def test_it_looks_up_audiobooks_and_their_chapters(sp: Any) -> None:
    book = sp.get_audiobook(AUDIOBOOK.id, market="NO")
    assert [author["name"] for author in book["authors"]] == list(AUDIOBOOK.authors)
    assert [found["id"] for found in sp.get_audiobooks([AUDIOBOOK.id], market="NO")["audiobooks"]] == [AUDIOBOOK.id]
    page = sp.get_audiobook_chapters(AUDIOBOOK.id, market="NO", limit=50, offset=50)
    assert [chapter["chapter_number"] for chapter in page["items"]] == list(range(50, TRACKS))


def test_it_searches_spoken_word_and_browses_categories(sp: Any) -> None:
    found = sp.search("harbour hours", type="show,episode", market="NO", limit=50)
    assert ([show["id"] for show in found["shows"]["items"]], found["episodes"]["total"]) == ([SHOW.id], TRACKS)
    assert sp.search("paper lighthouse", type="audiobook")["audiobooks"]["items"][0]["id"] == AUDIOBOOK.id
    [category] = sp.categories(country="SE", locale="sv_SE")["categories"]["items"]
    assert (category["name"], category["id"]) == ("Ambient", identify_category("Ambient"))
    assert sp.category(category["id"]) == category
    assert sp.recommendation_genre_seeds() == {"genres": ["Ambient"]}
