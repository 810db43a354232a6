"""The SDK in TypeScript works with only its root URL changed: it looks up, pages and searches every kind."""

import pytest

from antiphon.surfaces.reads.categories import identify_category
from tests.clients.typescript import TypescriptSdk, install_sdk, request_token
from tests.surfaces.reads.catalogue_fixture import AUDIOBOOK, SHOW, TIDEMARKS, TRACKS, VESPER, an_id

pytestmark = pytest.mark.process
ALBUM, TRACK = an_id("Harbour Lights"), an_id("Harbour Lights 1")
NOTHING = "0" * 22
EPISODE, CHAPTER = SHOW.episodes[0].id, AUDIOBOOK.chapters[0].id


@pytest.fixture(scope="module")
def sdk(base_url: str) -> TypescriptSdk:
    """Return the SDK, pointed at us."""
    return TypescriptSdk(install_sdk(), base_url, request_token(base_url))


def test_refusals_are_its_own_errors(base_url: str, sdk: TypescriptSdk) -> None:
    nowhere, wrong = sdk.ask(("tracks.get", [NOTHING]), ("tracks.get", ["no id"]))
    assert ("404" in nowhere["error"], "Track not found" in nowhere["error"]) == (True, True)
    assert "400" in wrong["error"]
    [refused] = TypescriptSdk(install_sdk(), base_url, "no token").ask(("markets.getAvailableMarkets", []))
    assert refused["error"].startswith("Bad or expired token")


@pytest.mark.parametrize(
    ("kind", "entity_id"),
    [
        ("albums", ALBUM),
        ("tracks", TRACK),
        ("shows", SHOW.id),
        ("episodes", EPISODE),
        ("audiobooks", AUDIOBOOK.id),
        ("chapters", CHAPTER),
    ],
)
def test_it_looks_up_one_and_several(sdk: TypescriptSdk, kind: str, entity_id: str) -> None:
    one, several = sdk.ask((f"{kind}.get", [entity_id, "NO"]), (f"{kind}.get", [[entity_id, NOTHING], "NO"]))
    assert one["value"]["id"] == entity_id
    assert [found and found["id"] for found in several["value"]] == [entity_id, None]


def test_it_looks_up_artists_with_their_albums_and_top_tracks(sdk: TypescriptSdk) -> None:
    assert sdk.get("artists.get", TIDEMARKS.id)["followers"] == {"href": None, "total": 0}
    assert [artist["id"] for artist in sdk.get("artists.get", [VESPER.id, TIDEMARKS.id])] == [VESPER.id, TIDEMARKS.id]
    page = sdk.get("artists.albums", TIDEMARKS.id, "album,single", "SE", 1, 1)
    assert (page["total"], [album["name"] for album in page["items"]]) == (2, ["Low Water"])
    assert len(sdk.get("artists.topTracks", TIDEMARKS.id, "SE")["tracks"]) == 10


@pytest.mark.parametrize(
    ("call", "entity_id"),
    [
        ("albums.tracks", ALBUM),
        ("shows.episodes", SHOW.id),
        ("audiobooks.getAudiobookChapters", AUDIOBOOK.id),
    ],
)
def test_it_pages_to_the_end(sdk: TypescriptSdk, call: str, entity_id: str) -> None:
    answers = sdk.ask(*((call, [entity_id, "NO", 20, offset]) for offset in (0, 20, 40)))
    pages = [answer["value"] for answer in answers]
    assert [len(page["items"]) for page in pages] == [20, 20, TRACKS - 40]
    assert [page["next"] is None for page in pages] == [False, False, True]
    assert len({item["id"] for page in pages for item in page["items"]}) == TRACKS


def test_it_searches_every_kind(sdk: TypescriptSdk) -> None:
    found = sdk.get("search", "tidemarks", ["artist", "album", "track"], "SE", 5)
    assert found["artists"]["items"][0]["id"] == TIDEMARKS.id
    assert found["albums"]["total"] == 2
    spoken = sdk.get("search", "harbour hours", ["show", "episode"], "NO", 50)
    assert [show["id"] for show in spoken["shows"]["items"]] == [SHOW.id]
    assert len(spoken["episodes"]["items"]) == 50
    assert sdk.get("search", "mira vale", ["audiobook"])["audiobooks"]["items"][0]["id"] == AUDIOBOOK.id


def test_it_browses(sdk: TypescriptSdk) -> None:
    [category] = sdk.get("browse.getCategories", "SE", "sv_SE", 10)["categories"]["items"]
    assert category["id"] == identify_category("Ambient")
    assert sdk.get("browse.getCategory", category["id"])["name"] == "Ambient"
    assert sdk.get("browse.getNewReleases", "SE", 1)["albums"]["items"][0]["name"] == "Low Water"
    assert sdk.get("recommendations.genreSeeds") == {"genres": ["Ambient"]}
    assert "SE" in sdk.get("markets.getAvailableMarkets")["markets"]
