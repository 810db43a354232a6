"""Shows and audiobooks as documents, held against the shape that clients of the catalogue API know."""

from pathlib import Path

import msgspec
import pytest
import yaml  # type: ignore[import-untyped]  # no stubs among the dependencies

from antiphon.model.entities import EntityKind
from antiphon.publication.documents import withdrawn_entries
from antiphon.publication.spoken_documents import audiobook_entries, show_entries
from antiphon.segments import DocumentKind, Entry
from tests.publication.catalogue import an_id
from tests.publication.spoken_word import COVER, OWN_COVER, a_chapter, a_show, an_audiobook, an_episode
from tests.publication.test_documents import DE, SE, a_denial_of, a_reader, find_faults, show, view_of

RESTRICTED = {"reason": "market"}
SHOW_ENTRIES, BOOK_ENTRIES = show_entries(a_show()), audiobook_entries(an_audiobook())
EPISODE, CHAPTER = an_id("episode", 1), an_id("chapter", 1)
SHOWN = (
    ("ShowObject", SHOW_ENTRIES, DocumentKind.SHOW, a_show().id),
    ("SimplifiedShowObject", SHOW_ENTRIES, DocumentKind.SHOW_CARD, a_show().id),
    ("SimplifiedEpisodeObject", SHOW_ENTRIES, DocumentKind.SHOW_EPISODES, a_show().id),
    ("EpisodeObject", SHOW_ENTRIES, DocumentKind.EPISODE, EPISODE),
    ("AudiobookObject", BOOK_ENTRIES, DocumentKind.AUDIOBOOK, an_audiobook().id),
    ("SimplifiedAudiobookObject", BOOK_ENTRIES, DocumentKind.AUDIOBOOK_CARD, an_audiobook().id),
    ("SimplifiedChapterObject", BOOK_ENTRIES, DocumentKind.AUDIOBOOK_CHAPTERS, an_audiobook().id),
    ("ChapterObject", BOOK_ENTRIES, DocumentKind.CHAPTER, CHAPTER),
)


def test_without_renditions_nobody_plays_an_episode_whatever_was_granted() -> None:
    bare = msgspec.structs.replace(an_episode(1), renditions=())
    entries = show_entries(a_show(bare))
    assert show(entries, DocumentKind.EPISODE, bare.id, a_reader(DE))["restrictions"] == RESTRICTED
    assert show(entries, DocumentKind.SHOW, a_show().id, a_reader(None))["available_markets"] == []


@pytest.mark.parametrize("denied", [EPISODE, a_show().id])
def test_a_denial_of_an_episode_or_its_show_keeps_it_back(denied: str) -> None:
    denied_here = a_reader(DE, overlay=a_denial_of(denied))
    assert show(SHOW_ENTRIES, DocumentKind.EPISODE, EPISODE, a_reader(DE))["is_playable"] is True
    assert show(SHOW_ENTRIES, DocumentKind.EPISODE, EPISODE, denied_here)["restrictions"] == RESTRICTED
    other = show(SHOW_ENTRIES, DocumentKind.EPISODE, an_id("episode", 2), denied_here)
    assert other["is_playable"] is (denied == EPISODE)


def test_without_a_market_an_episode_is_not_playable_and_a_chapter_lists_where_it_would_be() -> None:
    episode = show(SHOW_ENTRIES, DocumentKind.EPISODE, EPISODE, a_reader(None))
    chapter = show(BOOK_ENTRIES, DocumentKind.CHAPTER, CHAPTER, a_reader(None))
    assert [spoken["is_playable"] for spoken in (episode, chapter)] == [False, False]
    assert "available_markets" not in episode
    assert len(chapter["available_markets"]) == 249
    assert "available_markets" not in show(BOOK_ENTRIES, DocumentKind.CHAPTER, CHAPTER, a_reader(DE))


def test_a_show_and_an_audiobook_list_the_market_asked_for_if_anything_plays_there() -> None:
    for entries, kind, whole in (
        (SHOW_ENTRIES, DocumentKind.SHOW_CARD, a_show().id),
        (BOOK_ENTRIES, DocumentKind.AUDIOBOOK_CARD, an_audiobook().id),
    ):
        shown = [show(entries, kind, whole, a_reader(market)) for market in (DE, SE)]
        assert [card["available_markets"] for card in shown] == [["DE"], []]
        assert not any("restrictions" in card for card in shown)


def test_a_timed_episode_is_announced_before_it_can_be_played() -> None:
    entries = show_entries(a_show(an_episode(1, starts_at=1000)))
    at = [show(entries, DocumentKind.EPISODE, EPISODE, a_reader(DE, now_s=now_s)) for now_s in (0, 1_000_000)]
    assert [episode["is_playable"] for episode in at] == [False, True]


def test_episodes_are_listed_newest_first_and_chapters_as_they_are_read() -> None:
    show_of_three = a_show(an_episode(1, "2026"), an_episode(2, ""), an_episode(3, "2026-11-20"))
    listed = view_of(show_entries(show_of_three), DocumentKind.SHOW_EPISODES, show_of_three.id)
    names = [msgspec.json.decode(listed.render(index, a_reader(DE)))["name"] for index in range(listed.item_count)]
    assert names == ["Tides, part 3", "Tides, part 1", "Tides, part 2"]
    book = an_audiobook(a_chapter(2), a_chapter(1))
    chapters = [
        show(audiobook_entries(book), DocumentKind.AUDIOBOOK_CHAPTERS, book.id, a_reader(DE), index) for index in (0, 1)
    ]
    assert [(chapter["name"], chapter["chapter_number"]) for chapter in chapters] == [
        ("Chapter 2", 0),
        ("Chapter 1", 1),
    ]


def test_a_part_has_the_covers_and_languages_of_its_whole_unless_it_has_its_own() -> None:
    episode = show(SHOW_ENTRIES, DocumentKind.EPISODE, EPISODE, a_reader(DE))
    chapter = show(BOOK_ENTRIES, DocumentKind.CHAPTER, CHAPTER, a_reader(DE))
    assert (episode["languages"], episode["language"], chapter["languages"]) == (["en", "sv"], "en", ["sv"])
    assert [spoken["images"][0]["width"] for spoken in (episode, chapter)] == [COVER.width_px, OWN_COVER.width_px]


def test_a_plain_description_is_also_safe_as_markup() -> None:
    episode = msgspec.structs.replace(an_episode(1), description="<b>Salt</b> & wind")
    marked = msgspec.structs.replace(an_episode(2), html_description="<p>Salt</p>")
    entries = show_entries(a_show(episode, marked))
    shown = [show(entries, DocumentKind.EPISODE, e.id, a_reader(DE))["html_description"] for e in (episode, marked)]
    assert shown == ["&lt;b&gt;Salt&lt;/b&gt; &amp; wind", "<p>Salt</p>"]


def test_to_the_shape_a_chapter_is_an_episode_and_the_uri_of_an_audiobook_a_shows() -> None:
    book = show(BOOK_ENTRIES, DocumentKind.AUDIOBOOK, an_audiobook().id, a_reader(DE))
    chapter = show(BOOK_ENTRIES, DocumentKind.CHAPTER, CHAPTER, a_reader(DE))
    assert (book["type"], book["uri"]) == ("audiobook", f"spotify:show:{book['id']}")
    assert (chapter["type"], chapter["uri"]) == ("episode", f"spotify:episode:{CHAPTER}")
    assert chapter["href"] == f"http://a.example/v1/chapters/{CHAPTER}"


@pytest.mark.parametrize(("name", "entries", "kind", "entity_id"), SHOWN)
def test_every_object_has_the_members_and_types_of_the_shape(
    shared: Path, name: str, entries: tuple[Entry, ...], kind: DocumentKind, entity_id: str
) -> None:
    schemas = yaml.load((shared / "api/spotify-openapi.yml").read_bytes(), yaml.CSafeLoader)["components"]["schemas"]
    for market in (None, DE, SE):
        shown = show(entries, kind, entity_id, a_reader(market))
        assert find_faults(schemas, schemas[name], shown, name) == set()


def test_what_is_withdrawn_is_what_was_entered() -> None:
    for entries, whole, part, whole_id, part_ids in (
        (SHOW_ENTRIES, EntityKind.SHOW, EntityKind.EPISODE, a_show().id, [e.id for e in a_show().episodes]),
        (BOOK_ENTRIES, EntityKind.AUDIOBOOK, EntityKind.CHAPTER, an_audiobook().id, [CHAPTER, an_id("chapter", 2)]),
    ):
        withdrawn = [*withdrawn_entries(whole, whole_id), *(e for i in part_ids for e in withdrawn_entries(part, i))]
        assert {entry.key for entry in withdrawn} == {entry.key for entry in entries}


def test_rows_for_the_index_hold_titles_people_and_the_show_but_no_chapters() -> None:
    rows = [entry.search for entry in (*SHOW_ENTRIES, *BOOK_ENTRIES) if entry.search is not None]
    assert [(row.kind, row.title, row.artists, row.album) for row in rows] == [
        (EntityKind.SHOW, "Harbour Hours", ("Quiet Radio",), ""),
        (EntityKind.EPISODE, "Tides, part 2", (), "Harbour Hours"),
        (EntityKind.EPISODE, "Tides, part 1", (), "Harbour Hours"),
        (EntityKind.AUDIOBOOK, "The Paper Lighthouse", ("Mira Vale", "Ada North"), ""),
    ]
    assert {int.from_bytes(row.markets, "little").bit_count() for row in rows} == {249}
