"""Search as it is asked over HTTP: kinds, filters, pages, and whatever else people type."""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest

from antiphon.surfaces.reads import ReadPath
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import TIDEMARKS, TRACKS, an_id

TRACK = an_id("Harbour Lights 3")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/search?type=track",
        "/v1/search?q=lantern",
        "/v1/search?q=lantern&type=song",
        "/v1/search?q=lantern&type=track&include_external=video",
        "/v1/search?q=lantern&type=track&limit=0",
        "/v1/search?q=lantern&type=track&limit=51",
        "/v1/search?q=lantern&type=track&offset=1001",
        "/v1/search?type=track&q=" + "a" * 251,
    ],
)
def test_a_search_that_asks_for_nothing_or_nonsense_is_refused(read_path: ReadPath, path: str) -> None:
    got = ask(read_path, path)
    assert (got.status, got.content["error"]["status"]) == (400, 400)


def test_search_answers_each_kind_asked_for(read_path: ReadPath) -> None:
    found = ask(read_path, "/v1/search?q=tidemarks&type=artist,track,album&market=SE").content
    assert list(found) == ["albums", "artists", "tracks"]
    assert found["artists"]["items"][0]["id"] == TIDEMARKS.id
    assert {album["name"] for album in found["albums"]["items"]} == {"Harbour Lights", "Low Water"}
    assert found["tracks"]["items"][0]["artists"][0]["name"] == TIDEMARKS.name


def test_search_takes_filters(read_path: ReadPath) -> None:
    by_isrc = ask(read_path, "/v1/search?q=isrc:QZANT2600007&type=track").content["tracks"]
    assert [track["name"] for track in by_isrc["items"]] == ["Lantern 7"]
    by_upc = ask(read_path, "/v1/search?q=upc:4006381333931&type=album").content["albums"]
    assert [album["name"] for album in by_upc["items"]] == ["Harbour Lights"]
    by_year = ask(read_path, "/v1/search?q=artist:tidemarks+year:2026&type=album").content["albums"]
    assert by_year["total"] == 2


def test_search_knows_the_tags_of_albums(read_path: ReadPath) -> None:
    path = "/v1/search?q=tag:new+tidemarks&type=album,track"
    on_the_last_day = ask(read_path, path, now=datetime(2026, 3, 15, tzinfo=UTC)).content
    assert [album["name"] for album in on_the_last_day["albums"]["items"]] == ["Harbour Lights"]
    assert on_the_last_day["tracks"]["total"] == 0  # only albums have tags
    assert ask(read_path, path, now=datetime(2026, 3, 16, tzinfo=UTC)).content["albums"]["total"] == 0
    for tag in ("hipster", "unheard-of"):
        assert ask(read_path, f"/v1/search?q=tag:{tag}&type=album").content["albums"]["total"] == 0


def test_search_finds_no_playlist_and_takes_external_audio(read_path: ReadPath) -> None:
    found = ask(read_path, "/v1/search?q=lantern&type=playlist,track&include_external=audio").content
    assert (found["playlists"]["items"], found["playlists"]["total"]) == ([], 0)
    assert found["tracks"]["total"] == TRACKS


@pytest.mark.parametrize(
    "typed", [f"id:{TRACK}"[3:], "QZANT2600003", "qz-ant-26-00003", "lantern 3 tidemarks", "tidemarks lantern 3"]
)
def test_a_code_typed_as_the_search_is_what_it_names(read_path: ReadPath, typed: str) -> None:
    found = ask(read_path, f"/v1/search?type=track&q={quote(typed)}").content["tracks"]
    assert found["items"][0]["id"] == TRACK


HOSTILE = (
    *("\x00", "\x01\x1f\x7f", "\u202e\u2066abc\u2069", "🎵🎧", "\ufeff\u200b", "'\"`;--", "((((", '"', ":", "*?~^[]{}"),
    *("NOT AND OR", "a" * 250, "a " * 125, "é" * 250, "あ" * 250, "\u0301" * 250, "\ud7ff\uffff", "title:x", "isrc:'"),
    *("year:0000", "upc:x", "track:\x00", 'artist:"\u202e"', "-" * 250, "😀 " * 83, "zwj👩‍👩‍👧‍👦", "ﷺ" * 83),
)


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_is_typed_breaks_search(read_path: ReadPath, typed: str) -> None:
    kinds = "album,artist,playlist,track,show,episode,audiobook"
    assert ask(read_path, f"/v1/search?type={kinds}&market=SE&q={quote(typed)}").status in (200, 400)


def test_a_megabyte_typed_is_refused(read_path: ReadPath) -> None:
    assert ask(read_path, "/v1/search?type=track&q=" + "a" * 1_000_000).status == 400


def test_search_finds_what_does_not_play_here_and_says_so(read_path: ReadPath) -> None:
    found = ask(read_path, "/v1/search?q=isrc:QZANT2600003&type=track&market=SE").content["tracks"]
    assert [track["is_playable"] for track in found["items"]] == [False]


def test_search_pages_by_its_links(read_path: ReadPath) -> None:
    path, names = "/v1/search?q=lantern&type=track&limit=20&market=SE", []
    while path:
        page = ask(read_path, path).content["tracks"]
        names += [track["name"] for track in page["items"]]
        link = urlsplit(page["next"] or "")
        path = f"{link.path}?{link.query}" if page["next"] else ""
    # Two of the 55 were never granted to anybody in Sweden.
    assert len(names) == len(set(names)) == TRACKS - 2


def test_search_for_what_nobody_has_is_an_empty_page(read_path: ReadPath) -> None:
    page = ask(read_path, "/v1/search?q=zzyzx&type=track").content["tracks"]
    assert (page["items"], page["total"], page["next"]) == ([], 0, None)
