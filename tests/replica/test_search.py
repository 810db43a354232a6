"""Searching: what finds what, in which order, and what must not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.model.territories import Territory
from antiphon.replica import Follower, Replica, SearchPage
from antiphon.rights import bitset_of
from antiphon.segments import DocumentKind, Entry, SearchRow, document_key, encode_document
from tests.replica.publishing import EVERY_MARKET, NOW, Publisher, a_track

SE, DE, ZW = Territory("SE"), Territory("DE"), Territory("ZW")


def a_row(kind: EntityKind, entity_id: str, title: str, **row: object) -> Entry:
    values = {"kind": kind, "title": title, "markets": EVERY_MARKET, **row}
    document_kind = {EntityKind.ALBUM: DocumentKind.ALBUM, EntityKind.ARTIST: DocumentKind.ARTIST}[kind]
    return Entry(
        key=document_key(document_kind, entity_id),
        document=encode_document(document_kind, [], []),
        search=SearchRow(**values),  # type: ignore[arg-type]  # the caller's keywords are SearchRow's own
    )


def markets(*territories: Territory) -> bytes:
    return bitset_of(territories).to_bytes(32, "little")


CATALOGUE = (
    a_track("halo", "Halo", "Beyoncé", album="I Am", ids=("isrc:QZANT2600001",), years=(2008,), genres=("Pop",)),
    a_track("halo2", "Halo", "Beyoncé", album="Live", years=(2019,), popularity=50),
    a_track("hello", "Hello", "Adèle", album="25", years=(2015,), genres=("Soul", "Hip Hop"), label="XL"),
    a_track("beat", "Beat It", "Michael"),
    a_track("beatles", "Something", "The Beatles"),
    a_track("dont", "Don't Stop", "Fleetwood"),
    a_track("acdc", "Thunder", "AC/DC"),
    a_track("zelda", "ゼルダの伝説", "近藤浩治"),
    a_track("kino", "Группа крови", "Кино"),
    a_track("hindi", "हिन्दी गीत", "गायक"),
    a_track("oslo", "Smørbrød", "Åse"),
    a_track("only", "Rare Import", "Nobody", markets=markets(SE, ZW)),
    a_row(EntityKind.ALBUM, "alb1", "Halo Album", artists=("Beyoncé",), ids=("upc:00012345678905",), years=(2008,)),
    a_row(EntityKind.ARTIST, "art1", "Beyoncé", genres=("Pop",), years=(2003, 2008)),
)


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    root: Path = tmp_path_factory.mktemp("search")
    blobs = FolderBlobs(root / "blobs")
    Publisher(blobs).announce([*CATALOGUE, *(a_track(f"many{i}", "Many Hits", f"Singer {i}") for i in range(200))])
    follower = Follower(blobs, root / "node")
    follower.poll(NOW)
    yield follower.replica
    follower.close()


def find(replica: Replica, text: str, kind: EntityKind = EntityKind.TRACK, **filters: str) -> set[str]:
    return set(replica.search(kind, text, filters).ids)


@pytest.mark.parametrize("text", ["", "  ", "!?", "\x00", "xyzzyq", "halo xyzzyq", "halo -", "'"])
def test_what_nothing_matches_finds_nothing_and_breaks_nothing(replica: Replica, text: str) -> None:
    assert find(replica, text) == ({"halo", "halo2"} if text == "halo -" else set())


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "halo " * 10_000, 'title:"x AND [', "track_title:halo", "*", "hal* ~2"]
)
def test_no_text_is_a_language_of_its_own(replica: Replica, text: str) -> None:
    replica.search(EntityKind.TRACK, text)


@given(
    text=st.text(max_size=250), value=st.text(max_size=40), name=st.sampled_from(["artist", "genre", "year", "isrc"])
)
def test_no_text_and_no_filter_breaks_a_search(replica: Replica, text: str, value: str, name: str) -> None:
    for kind in (EntityKind.TRACK, EntityKind.ARTIST, EntityKind.SHOW):
        replica.search(kind, text, {name: value}, market=SE)
        replica.search(kind, f"halo {text}", offset=1000)


def test_filters_that_do_not_fit_the_kind_or_make_no_sense_find_nothing(replica: Replica) -> None:
    assert find(replica, "", EntityKind.ARTIST, album="I Am") == set()
    assert find(replica, "halo", year="long ago") == set()
    assert find(replica, "halo", tag="new") == set()
    assert find(replica, "halo", genre="?!") == set()


def test_every_word_must_occur_somewhere(replica: Replica) -> None:
    assert find(replica, "beyonce halo live") == {"halo2"}
    assert find(replica, "adele halo") == set()


def test_case_accents_and_strokes_do_not_matter(replica: Replica) -> None:
    for text in ("BEYONCE halo", "beyoncé HALO", "beyoncé halo", "ｂｅｙｏｎｃｅ halo"):
        assert find(replica, text) == {"halo", "halo2"}, text
    assert find(replica, "smorbrod") == find(replica, "SMØRBRØD") == {"oslo"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ゼルダ", "zelda"),
        ("伝説", "zelda"),
        ("伝", "zelda"),
        ("浩治", "zelda"),
        ("ГРУППА", "kino"),
        ("кино кро", "kino"),
        ("हिन्दी", "hindi"),
    ],
)
def test_other_scripts_are_found_also_where_no_blanks_part_words(replica: Replica, text: str, found: str) -> None:
    assert find(replica, text) == {found}


def test_marks_that_spell_are_not_accents(replica: Replica) -> None:
    assert find(replica, "ゼルタ") == set()


def test_words_with_signs_inside_are_found_either_way(replica: Replica) -> None:
    assert find(replica, "don't stop") == find(replica, "dont stop") == find(replica, "don’t") == {"dont"}
    assert find(replica, "ac/dc") == find(replica, "ACDC") == find(replica, "ac dc") == {"acdc"}


def test_the_last_word_may_be_begun_and_the_whole_word_comes_first(replica: Replica) -> None:
    assert replica.search(EntityKind.TRACK, "beat").ids == ("beat", "beatles")
    assert find(replica, "beatl some") == set()  # only the last one
    assert find(replica, "something beatl") == {"beatles"}


@pytest.mark.parametrize("text", ["beyomce halo", "beyonec halo", "beyonc halo live", "fleetwod"])
def test_a_word_nobody_has_is_found_with_one_typo(replica: Replica, text: str) -> None:
    assert find(replica, text) != set()


def test_a_word_that_exists_is_not_taken_for_another(replica: Replica) -> None:
    assert find(replica, "halo") == {"halo", "halo2"}  # not Hello, which is near


def test_short_words_are_never_guessed(replica: Replica) -> None:
    assert find(replica, "xy halo") == set()


def test_equal_matches_are_ordered_by_popularity(replica: Replica) -> None:
    assert replica.search(EntityKind.TRACK, "halo").ids == ("halo2", "halo")


def test_kinds_are_searched_apart(replica: Replica) -> None:
    assert find(replica, "beyonce", EntityKind.ALBUM) == {"alb1"}
    assert find(replica, "beyonce", EntityKind.ARTIST) == {"art1"}
    assert find(replica, "halo", EntityKind.ARTIST) == set()


def test_filters_look_at_one_field(replica: Replica) -> None:
    assert find(replica, "", artist="beyonce") == {"halo", "halo2"}
    assert find(replica, "halo", album="live") == {"halo2"}
    assert find(replica, "", track="hello", artist="adele") == {"hello"}
    assert find(replica, "", artist="halo") == set()
    assert find(replica, "", genre="hip hop") == {"hello"}
    assert find(replica, "", label="xl") == {"hello"}
    assert find(replica, "", year="2008") == {"halo"}
    assert find(replica, "", year="2010-2016") == {"hello"}
    assert find(replica, "", EntityKind.ALBUM, year="2008") == {"alb1"}
    assert find(replica, "", EntityKind.ARTIST, genre="pop") == {"art1"}
    assert find(replica, "beyonce", EntityKind.ARTIST, year="2000-2004") == {"art1"}
    assert find(replica, "beyonce", EntityKind.ARTIST, year="2004-2007") == set()


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (EntityKind.TRACK, "upc", "0012345678905"),
        (EntityKind.TRACK, "tag", "hipster"),
        (EntityKind.TRACK, "released", "2008-01-01/2008-12-31"),
        (EntityKind.ALBUM, "isrc", "QZANT2600001"),
        (EntityKind.ALBUM, "track", "halo"),
        (EntityKind.ALBUM, "genre", "pop"),
        (EntityKind.ARTIST, "album", "halo"),
        (EntityKind.ARTIST, "label", "xl"),
        (EntityKind.SHOW, "artist", "beyonce"),
        (EntityKind.EPISODE, "year", "2008"),
        (EntityKind.AUDIOBOOK, "album", "halo"),
    ],
)
def test_a_filter_that_a_kind_does_not_have_finds_nothing_of_it(
    replica: Replica, kind: EntityKind, name: str, value: str
) -> None:
    assert find(replica, "", kind, **{name: value}) == find(replica, "beyonce", kind, **{name: value}) == set()


def test_the_tag_hipster_names_the_least_popular_tenth_of_albums(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    publisher = Publisher(blobs)
    publisher.announce([a_row(EntityKind.ALBUM, f"a{at}", f"Album {at}") for at in range(20)])
    follower = Follower(blobs, tmp_path / "node")
    follower.poll(NOW)
    assert find(follower.replica, "", EntityKind.ALBUM, tag="hipster") == set()  # all are alike: there is no tenth
    publisher.announce([a_row(EntityKind.ALBUM, f"a{at}", f"Album {at}", popularity=at * 3) for at in range(20)])
    follower.poll(NOW)
    assert find(follower.replica, "", EntityKind.ALBUM, tag="hipster") == {"a0", "a1"}
    assert find(follower.replica, "album 1", EntityKind.ALBUM, tag="hipster") == {"a1"}
    follower.close()


def test_codes_are_found_in_any_written_form(replica: Replica) -> None:
    assert find(replica, "", isrc="qz-ant-26-00001") == {"halo"}
    assert find(replica, "", EntityKind.ALBUM, upc="12345678905") == {"alb1"}
    assert find(replica, "", EntityKind.ALBUM, upc="0 012345 678905") == {"alb1"}


def test_an_external_id_names_the_documents_that_have_it(replica: Replica) -> None:
    assert replica.find_by_id("isrc", "QZANT2600002") == ()
    assert replica.find_by_id("upc", "QZANT2600001") == ()
    assert replica.find_by_id("isrc", "QZANT2600001") == (document_key(DocumentKind.TRACK, "halo"),)
    assert replica.find_by_id("upc", "012345678905") == (document_key(DocumentKind.ALBUM, "alb1"),)


def test_a_market_hides_what_was_never_granted_there(replica: Replica) -> None:
    for market, found in ((SE, ("only",)), (ZW, ("only",)), (DE, ())):
        page = replica.search(EntityKind.TRACK, "rare import", market=market)
        assert page == SearchPage(ids=found, total=len(found))


def test_pages_do_not_overlap_and_say_how_many_there_are(replica: Replica) -> None:
    pages = [replica.search(EntityKind.TRACK, "many hits", market=DE, limit=50, offset=at) for at in (0, 50, 100, 150)]
    assert len({track for page in pages for track in page.ids}) == 200
    assert {page.total for page in pages} == {200}
    assert replica.search(EntityKind.TRACK, "many hits", limit=50, offset=200).ids == ()
    assert replica.search(EntityKind.TRACK, "many hits", limit=0).total == 200
