"""The order of what is found, and its pages."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from antiphon.model.entities import EntityKind
from antiphon.model.territories import Territory
from antiphon.replica import search
from antiphon.rights import bitset_of
from antiphon.segments import Entry
from tests.replica.indexing import RowIndex, a_row

SE, DE, NOWHERE = Territory("SE"), Territory("DE"), bytes(32)


def markets(*territories: Territory) -> bytes:
    return bitset_of(territories).to_bytes(32, "little")


ROWS = (
    a_row("of-light", "Halo of Light", "Choir"),
    a_row("album", "Overture", "Choir", album="Halo"),
    a_row("whole", "Halo", "Beyoncé"),
    a_row("artist", "Overture", "Halo"),
    a_row("known", "Tides", "North", popularity=80),
    a_row("unknown", "Tides", "South", popularity=20),
    a_row("withdrawn", "Ember", "North", markets=NOWHERE),
    a_row("granted", "Ember", "South"),
    a_row("remembered", "Ember Rain Falls Again", "North", popularity=100),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RowIndex]:
    index = RowIndex(tmp_path_factory.mktemp("ranking"), ROWS)
    yield index
    index.close()


def test_the_song_called_so_comes_before_the_singer_and_the_album(index: RowIndex) -> None:
    assert index.find("halo") == ["whole", "of-light", "artist", "album"]


def test_equals_come_by_popularity_and_what_is_granted_nowhere_last(index: RowIndex) -> None:
    assert index.find("tides") == ["known", "unknown"]
    assert index.find("ember") == ["granted", "withdrawn", "remembered"]  # popularity does not outdo the whole title


def test_what_is_typed_finds_something_from_the_first_letter_on(index: RowIndex) -> None:
    assert index.find("halo knowles") == []
    assert index.find("halo k") == index.find("halo")  # more of it is to come
    typed = "halo beyoncé"
    for end in range(1, len(typed) + 1):
        assert "whole" in index.find(typed[:end]), typed[:end]
    assert set(index.find("h")) == {
        "whole",
        "of-light",
        "artist",
    }  # not an album's first letter, nor that of a later word


def test_popularity_that_changes_changes_the_order(index: RowIndex) -> None:
    index.write(a_row("unknown", "Tides", "South", popularity=90))
    assert index.find("tides") == ["unknown", "known"]
    index.write(ROWS[5])
    assert index.find("tides") == ["known", "unknown"]


def many_rows(seed: int) -> list[Entry]:
    """Return rows that are alike, in an order drawn by the seed."""
    rows = [
        a_row(
            f"n{number:03}",
            "Tide" if number % 3 else "Tide Tables",
            f"Singer {number % 7}",
            popularity=number % 5,
            markets=markets(SE, DE) if number % 4 else markets(SE),
        )
        for number in range(600)
    ]
    Random(seed).shuffle(rows)
    return rows


@pytest.fixture(scope="module", params=["few enough to be scored", "too many to be scored"])
def alike(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RowIndex, RowIndex]]:
    """Yield two nodes' indexes of the same rows: one filled at once, one written piece by piece in another order."""
    first = RowIndex(tmp_path_factory.mktemp("one"), many_rows(1))
    second = RowIndex(tmp_path_factory.mktemp("other"), [])
    rows = many_rows(2)
    for start in range(0, len(rows), 100):
        second.write(*rows[start : start + 100])
    with pytest.MonkeyPatch.context() as patch:
        if request.param.startswith("too many"):
            patch.setattr(search, "MAX_SCORED_ROWS", 10)
        yield first, second
    first.close()
    second.close()


@pytest.mark.parametrize("text", ["tide", "tide singer", "ti", "tdie singer"])
@pytest.mark.parametrize("market", [None, SE, DE])
def test_pages_of_any_size_are_parts_of_one_order_on_every_node(
    alike: tuple[RowIndex, RowIndex], text: str, market: Territory | None
) -> None:
    whole = alike[0].search(text, market=market, limit=1000)
    assert whole.total == len(whole.ids) == len(set(whole.ids)) == (450 if market == DE else 600)
    for index, size in zip((*alike, *alike), (7, 20, 50, 333), strict=True):
        pages = [index.search(text, market=market, limit=size, offset=at).ids for at in range(0, len(whole.ids), size)]
        assert [track_id for page in pages for track_id in page] == list(whole.ids)


def test_whole_titles_come_first_and_then_popularity_however_many_there_are(alike: tuple[RowIndex, RowIndex]) -> None:
    for index in alike:
        ids = index.search("tide", limit=600).ids
        assert [int(i[1:]) % 3 == 0 for i in ids] == [False] * 400 + [True] * 200
        popularities = [int(i[1:]) % 5 for i in ids[:400]]
        assert popularities == sorted(popularities, reverse=True)


def test_a_page_beyond_the_end_is_empty_and_the_total_stays(alike: tuple[RowIndex, RowIndex]) -> None:
    for index in alike:
        page = index.search("tide", limit=50, offset=1000)
        assert (page.ids, page.total) == ((), 600)


def test_the_total_of_a_market_is_the_same_on_every_page(alike: tuple[RowIndex, RowIndex]) -> None:
    pages = [alike[0].search("tide", market=DE, limit=20, offset=at) for at in (0, 20, 40, 60)]
    assert len({page.total for page in pages}) == 1
    assert abs(pages[0].total - 450) < 100
    assert not pages[0].is_total_exact


def test_kinds_are_told_apart_by_more_than_their_words(tmp_path: Path) -> None:
    kinds = (EntityKind.TRACK, EntityKind.ALBUM, EntityKind.ARTIST, EntityKind.SHOW, EntityKind.EPISODE)
    index = RowIndex(tmp_path, [a_row(kind.value, "Harbour Radio", kind=kind) for kind in kinds])
    for kind in kinds:
        for text in ("harbour", "harbuor radio", "harb", "ha", "hardour radi"):
            assert index.search(text, kind=kind).ids == (kind.value,), text
    assert index.search("harbour", kind=EntityKind.AUDIOBOOK).ids == ()
    index.close()
