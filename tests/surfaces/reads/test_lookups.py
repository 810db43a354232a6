"""Look-ups and lists: the shape developers know, and the semantics of a market."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from antiphon.access import Tier
from antiphon.surfaces.reads import ReadPath, ReadSettings, candidates
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NEXT_WEEK, NOW, TIDEMARKS, TRACKS, VESPER, Shelf, an_id

ALBUM = an_id("Harbour Lights")
TRACK = an_id("Harbour Lights 1")
NOT_IN_SWEDEN = an_id("Harbour Lights 2")
FROM_NEXT_WEEK = an_id("Harbour Lights 3")
FOR_PREMIUM = an_id("Harbour Lights 4")
FOR_NOBODY = an_id("Harbour Lights 5")


@pytest.mark.parametrize("kind", ["tracks", "albums", "artists"])
def test_an_unknown_id_is_not_found(read_path: ReadPath, kind: str) -> None:
    for path in (f"/v1/{kind}/{'0' * 22}", f"/v1/{kind}/x"):
        got = ask(read_path, path)
        assert (got.status, got.content["error"]["status"]) == (404, 404)
        assert got.headers["x-catalogue-version"] == "1"


@pytest.mark.parametrize(
    "path",
    ["/v1/albums/{}/tracks", "/v1/artists/{}/albums", "/v1/artists/{}/top-tracks", "/v1/tracks/{}/stream?market=SE"],
)
def test_a_list_of_something_unknown_is_not_found(read_path: ReadPath, path: str) -> None:
    assert ask(read_path, path.format("0" * 22)).status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/tracks/a-b", 400),
        ("/v1/tracks/..", 400),
        ("/v1/tracks/%41", 400),
        ("/v1/tracks/" + "a" * 600, 400),
        (f"/v1/tracks/{TRACK}?market=ZZ", 400),
        (f"/v1/tracks/{TRACK}?market=SE&market=NO", 400),
        (f"/v1/albums/{ALBUM}/tracks?limit=51", 400),
        (f"/v1/albums/{ALBUM}/tracks?offset=-1", 400),
        (f"/v1/artists/{TIDEMARKS.id}/albums?include_groups=live", 400),
        ("/v1/tracks", 400),
        ("/v1/tracks?ids=", 400),
        ("/v1/tracks?ids=" + ",".join([TRACK] * 51), 400),
        ("/v1/albums?ids=" + ",".join([ALBUM] * 21), 400),
        ("/v1/tracks/", 400),
        (f"/v1/tracks/{TRACK}//", 404),
        (f"/v1//tracks/{TRACK}", 404),
        ("/v1", 404),
        ("/", 404),
        ("", 404),
        ("/v2/tracks", 404),
    ],
)
def test_what_cannot_be_meant_is_refused(read_path: ReadPath, path: str, status: int) -> None:
    got = ask(read_path, path)
    assert (got.status, got.content["error"]["status"]) == (status, status)
    assert got.headers["cache-control"] == "no-store"


def test_a_refusal_echoes_little(read_path: ReadPath) -> None:
    assert len(ask(read_path, f"/v1/tracks/{TRACK}?market={'A' * 5000}").body) < 300


def test_a_track_is_what_clients_expect(read_path: ReadPath) -> None:
    track = ask(read_path, f"/v1/tracks/{TRACK}?market=SE").content
    assert track["name"] == "Lantern 1"
    assert track["href"] == f"https://music.example/v1/tracks/{TRACK}"
    assert track["uri"] == f"spotify:track:{TRACK}"
    assert track["external_ids"] == {"isrc": "QZANT2600001"}
    assert (track["type"], track["duration_ms"], track["explicit"], track["is_local"]) == (
        "track",
        19_001,
        False,
        False,
    )
    assert track["album"]["id"] == ALBUM
    assert track["album"]["images"][0]["url"].startswith("https://music.example/images/")
    assert track["artists"][0]["name"] == TIDEMARKS.name


def test_with_a_market_a_track_says_whether_it_plays(read_path: ReadPath) -> None:
    track = ask(read_path, f"/v1/tracks/{TRACK}?market=SE").content
    assert track["is_playable"] is True
    assert not {"available_markets", "restrictions"} & track.keys()


def test_without_a_market_a_track_says_where_it_plays(read_path: ReadPath) -> None:
    track = ask(read_path, f"/v1/tracks/{NOT_IN_SWEDEN}").content
    assert "is_playable" not in track
    assert "NO" in track["available_markets"]
    assert "SE" not in track["available_markets"]


@pytest.mark.parametrize(
    ("track_id", "market", "tier", "reason"),
    [
        (NOT_IN_SWEDEN, "SE", Tier.PREMIUM, "market"),
        (NOT_IN_SWEDEN, "NO", Tier.PREMIUM, None),
        (FROM_NEXT_WEEK, "NO", Tier.PREMIUM, "market"),
        (FOR_PREMIUM, "SE", Tier.FREE, "product"),
        (FOR_PREMIUM, "SE", Tier.PREMIUM, None),
        (FOR_NOBODY, "SE", Tier.PREMIUM, "market"),
    ],
)
def test_a_track_says_why_it_does_not_play(
    read_path: ReadPath, track_id: str, market: str, tier: Tier, reason: str | None
) -> None:
    track = ask(read_path, f"/v1/tracks/{track_id}?market={market}", tier=tier).content
    assert track["is_playable"] is (reason is None)
    assert track.get("restrictions", {}).get("reason") == reason


def test_a_timed_track_goes_live_by_the_clock_alone(read_path: ReadPath) -> None:
    path = f"/v1/tracks/{FROM_NEXT_WEEK}?market=SE"
    before, after = ask(read_path, path, now=NEXT_WEEK - timedelta(seconds=1)), ask(read_path, path, now=NEXT_WEEK)
    assert (before.content["is_playable"], after.content["is_playable"]) == (False, True)
    assert before.headers["etag"] != after.headers["etag"]
    assert before.headers["x-catalogue-version"] == after.headers["x-catalogue-version"]


def test_an_album_brings_the_first_page_of_its_tracks(read_path: ReadPath) -> None:
    album = ask(read_path, f"/v1/albums/{ALBUM}?market=SE").content
    page = album["tracks"]
    assert (page["total"], page["limit"], page["offset"], page["previous"]) == (TRACKS, 50, 0, None)
    assert page["next"] == f"https://music.example/v1/albums/{ALBUM}/tracks?market=SE&offset=50&limit=50"
    assert [track["track_number"] for track in page["items"]] == list(range(1, 51))
    assert [track["is_playable"] for track in page["items"]][:6] == [True, False, False, True, False, True]
    assert (album["label"], album["external_ids"]) == ("Paper Lantern", {"upc": "4006381333931"})


def test_following_next_lists_every_track_once(read_path: ReadPath) -> None:
    path, numbers = f"/v1/albums/{ALBUM}/tracks?limit=7&market=SE", []
    while path:
        page = ask(read_path, path).content
        numbers += [track["track_number"] for track in page["items"]]
        link = urlsplit(page["next"] or "")
        path = f"{link.path}?{link.query}" if page["next"] else ""
    assert numbers == list(range(1, TRACKS + 1))


def test_a_page_behind_the_end_is_empty(read_path: ReadPath) -> None:
    page = ask(read_path, f"/v1/albums/{ALBUM}/tracks?offset=1000").content
    assert (page["items"], page["next"], page["total"]) == ([], None, TRACKS)


@pytest.mark.parametrize("path", [f"/v1/tracks/{TRACK}", "/v1/markets", f"/v1/albums/{ALBUM}/tracks"])
def test_a_slash_at_the_end_does_not_count(read_path: ReadPath, path: str) -> None:
    assert ask(read_path, f"{path}/").body == ask(read_path, path).body


def test_a_batch_keeps_its_order_and_its_gaps(read_path: ReadPath) -> None:
    batch = ask(read_path, f"/v1/tracks?ids={FOR_PREMIUM},{'0' * 22},{TRACK},{TRACK}&market=SE").content["tracks"]
    assert [track and track["id"] for track in batch] == [FOR_PREMIUM, None, TRACK, TRACK]
    albums = ask(read_path, f"/v1/albums?ids={'0' * 22},{ALBUM}").content["albums"]
    assert albums[0] is None
    assert albums[1]["tracks"]["total"] == TRACKS
    artists = ask(read_path, f"/v1/artists?ids={VESPER.id},{TIDEMARKS.id}").content["artists"]
    assert [artist["name"] for artist in artists] == [VESPER.name, TIDEMARKS.name]


def test_an_artist_has_its_albums_in_groups(read_path: ReadPath) -> None:
    path = f"/v1/artists/{TIDEMARKS.id}/albums"
    page = ask(read_path, f"{path}?market=SE").content
    assert [(album["name"], album["album_group"]) for album in page["items"]] == [
        ("Harbour Lights", "album"),
        ("Low Water", "single"),
        ("Night Ferries", "appears_on"),
    ]
    only = ask(read_path, f"{path}?include_groups=appears_on,single&limit=1").content
    assert ([album["name"] for album in only["items"]], only["total"]) == (["Low Water"], 2)
    assert only["next"] == f"https://music.example{path}?include_groups=appears_on%2Csingle&offset=1&limit=1"


def test_an_artist_has_top_tracks(read_path: ReadPath) -> None:
    tracks = ask(read_path, f"/v1/artists/{TIDEMARKS.id}/top-tracks?market=SE").content["tracks"]
    assert [track["name"] for track in tracks] == [f"Lantern {number}" for number in range(1, 11)]
    assert "is_playable" in tracks[0]


def test_the_markets_are_every_territory(read_path: ReadPath) -> None:
    markets = ask(read_path, "/v1/markets").content["markets"]
    assert (len(markets), markets == sorted(markets), "XK" in markets) == (250, True, True)


def test_new_releases_come_newest_first(read_path: ReadPath) -> None:
    page = ask(read_path, "/v1/browse/new-releases?limit=2").content["albums"]
    assert [album["name"] for album in page["items"]] == ["Low Water", "Harbour Lights"]
    assert (page["total"], page["next"]) == (3, "https://music.example/v1/browse/new-releases?offset=2&limit=2")


def test_new_releases_are_the_newest_however_many_there_are(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MAX_NEW_RELEASES", 2)
    read_path = ReadPath(shelf.replica, shelf.blobs, KEYS, ReadSettings())
    page = ask(read_path, "/v1/browse/new-releases").content["albums"]
    assert [album["name"] for album in page["items"]] == ["Low Water", "Harbour Lights"]


@pytest.mark.parametrize("public_url", ["https://music.example/base", "https://music.example/base/"])
def test_behind_a_proxy_links_are_on_the_public_url_whatever_it_sends(shelf: Shelf, public_url: str) -> None:
    behind = ReadPath(shelf.replica, shelf.blobs, KEYS, ReadSettings(public_url=public_url))
    said = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "gopher",
        "x-forwarded-prefix": "/evil",
        "forwarded": "host=evil.example",
    }
    for host in ("10.0.0.7:8000", 'x"y'):
        album = ask(behind, f"/v1/albums/{ALBUM}?market=SE", headers={"host": host, **said})
        assert album.content["href"] == f"https://music.example/base/v1/albums/{ALBUM}"
        assert album.content["tracks"]["next"].startswith(f"https://music.example/base/v1/albums/{ALBUM}/tracks?")
        assert b"evil" not in album.body
        assert b"gopher" not in album.body


def test_links_follow_the_host_where_no_public_url_is_set(read_path: ReadPath) -> None:
    unset = ReadPath(
        read_path._node.replica,
        read_path.blobs,
        read_path._node.keys,
        type(read_path._node.settings)(),
        read_path._report,
    )
    track = ask(unset, f"/v1/tracks/{TRACK}", now=NOW).content
    assert track["href"] == f"http://node.example:8080/v1/tracks/{TRACK}"
    for host in ("", "a b", 'x"y', "x/y", "user@host", "a" * 300):
        assert ask(unset, f"/v1/tracks/{TRACK}", headers={"host": host}).status == 400
