"""Shows, episodes, audiobooks and chapters over the read path."""

import pytest

from antiphon.access import Tier
from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.lookups import MAX_IDS
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import AUDIOBOOK, SHOW, TRACKS

NOTHING = "0" * 22
EPISODE, CHAPTER = SHOW.episodes[-1].id, AUDIOBOOK.chapters[0].id
WHOLES = (
    ("shows", SHOW.id, "episodes", "Show"),
    ("audiobooks", AUDIOBOOK.id, "chapters", "Audiobook"),
)
RESTRICTED = {"reason": "market"}


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/v1/shows/{}", "Show"),
        ("/v1/shows/{}/episodes", "Show"),
        ("/v1/episodes/{}", "Episode"),
        ("/v1/audiobooks/{}", "Audiobook"),
        ("/v1/audiobooks/{}/chapters", "Audiobook"),
        ("/v1/chapters/{}", "Chapter"),
    ],
)
def test_what_is_not_there_is_not_found_and_what_is_no_id_is_refused(read_path: ReadPath, path: str, what: str) -> None:
    got = ask(read_path, path.format(NOTHING))
    assert (got.status, got.content["error"]["message"]) == (404, f"{what} not found")
    for wrong in ("a-b", "%F0%9F%8E%B5", "x" * 65, "spotify:show:1"):
        refused = ask(read_path, path.format(wrong))
        assert (refused.status, refused.content["reason"]) == (400, "invalid_parameter")
    assert ask(read_path, path.format(NOTHING), tier=None).status == 401


@pytest.mark.parametrize("kind", ["shows", "episodes", "audiobooks", "chapters"])
@pytest.mark.parametrize("query", ["", "ids=", "ids=,", "ids=a,,b", "ids=a-b", "ids=" + ",".join("a" * 51)])
def test_a_batch_without_ids_or_with_wrong_or_too_many_is_refused(read_path: ReadPath, kind: str, query: str) -> None:
    assert MAX_IDS == 50
    assert ask(read_path, f"/v1/{kind}?{query}").status == 400


def test_a_show_or_an_audiobook_comes_with_the_first_page_and_leads_to_the_next(read_path: ReadPath) -> None:
    for kind, whole_id, parts, _ in WHOLES:
        whole = ask(read_path, f"/v1/{kind}/{whole_id}?market=NO").content
        page = whole[parts]
        assert (page["total"], page["limit"], len(page["items"]), page["previous"]) == (TRACKS, 50, 50, None)
        assert page["next"] == f"https://music.example/v1/{kind}/{whole_id}/{parts}?market=NO&offset=50&limit=50"
        rest = ask(read_path, page["next"].removeprefix("https://music.example")).content
        ids = [item["id"] for item in page["items"] + rest["items"]]
        assert len(set(ids)) == TRACKS
        assert rest["next"] is None


def test_episodes_come_newest_first_and_chapters_as_they_are_read(read_path: ReadPath) -> None:
    episodes = ask(read_path, f"/v1/shows/{SHOW.id}/episodes?limit=2&market=NO").content
    chapters = ask(read_path, f"/v1/audiobooks/{AUDIOBOOK.id}/chapters?limit=2&market=NO").content
    assert [item["id"] for item in episodes["items"]] == [SHOW.episodes[-1].id, SHOW.episodes[-2].id]
    assert [item["chapter_number"] for item in chapters["items"]] == [0, 1]


@pytest.mark.parametrize(("kind", "part"), [("episodes", EPISODE), ("chapters", CHAPTER)])
def test_an_episode_or_a_chapter_says_whether_it_plays_here(read_path: ReadPath, kind: str, part: str) -> None:
    here, there, nowhere = (ask(read_path, f"/v1/{kind}/{part}{query}") for query in ("?market=no", "?market=SE", ""))
    assert here.content["is_playable"] is True
    assert "restrictions" not in here.content
    assert (there.content["is_playable"], there.content["restrictions"]) == (False, RESTRICTED)
    assert (nowhere.content["is_playable"], nowhere.content["restrictions"]) == (False, RESTRICTED)
    assert "resume_point" not in here.content
    again = ask(read_path, f"/v1/{kind}/{part}?market=no", headers={"if-none-match": here.headers["etag"]})
    assert again.status == 304
    assert len({got.headers["etag"] for got in (here, there, nowhere)}) == 3


def test_the_free_tier_plays_what_it_was_granted_too(read_path: ReadPath) -> None:
    assert ask(read_path, f"/v1/episodes/{EPISODE}?market=NO", tier=Tier.FREE).content["is_playable"] is True


def test_search_finds_all_but_chapters_and_shows_episodes_without_their_show(read_path: ReadPath) -> None:
    assert ask(read_path, "/v1/search?q=chapter&type=chapter").status == 400
    found = ask(read_path, "/v1/search?q=harbour&type=show,episode,audiobook&market=NO&limit=1").content
    assert [page["total"] for page in found.values()] == [1, TRACKS, 0]
    [episode] = found["episodes"]["items"]
    assert "show" not in episode
    [book] = ask(read_path, "/v1/search?q=lighthouse ada north&type=audiobook".replace(" ", "+")).content["audiobooks"][
        "items"
    ]
    assert book["id"] == AUDIOBOOK.id


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("shows", SHOW.id, SHOW.id),
        ("episodes", EPISODE, SHOW.episodes[0].id),
        ("audiobooks", AUDIOBOOK.id, AUDIOBOOK.id),
        ("chapters", CHAPTER, AUDIOBOOK.chapters[1].id),
    ],
)
def test_a_batch_keeps_the_order_and_the_places_of_what_is_not_there(
    read_path: ReadPath, kind: str, first: str, second: str
) -> None:
    got = ask(read_path, f"/v1/{kind}?ids={first},{NOTHING},{second}&market=NO").content
    assert [item and item["id"] for item in got[kind]] == [first, None, second]


def test_shows_of_a_batch_come_without_episodes_and_audiobooks_with_chapters(read_path: ReadPath) -> None:
    [show] = ask(read_path, f"/v1/shows?ids={SHOW.id}&market=NO").content["shows"]
    [book] = ask(read_path, f"/v1/audiobooks/?ids={AUDIOBOOK.id}&market=NO").content["audiobooks"]
    assert "episodes" not in show
    assert show["available_markets"] == ["NO"]
    assert book["chapters"]["total"] == TRACKS
