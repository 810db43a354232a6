"""Parameters are read strictly, and a refusal says what would have been right."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from antiphon.surfaces.reads.pages import PageRequest, encode_page
from antiphon.surfaces.reads.parameters import parse_query, read_ids, read_market, read_number, read_words
from antiphon.surfaces.reads.refusals import ReadRefused

BASE = "https://music.example/v1/albums/4aawyAB9vmqN3uQ7FjRGTy/tracks"


@pytest.mark.parametrize(
    "query",
    ["market=SE&market=NO", "q=%ff", "q=%C3%28", "&".join(f"a{n}=1" for n in range(21)), "q=" + "x" * 9000],
)
def test_a_query_nobody_means_is_refused(query: str) -> None:
    with pytest.raises(ReadRefused) as refusal:
        parse_query(query)
    assert refusal.value.status == 400


@pytest.mark.parametrize("market", ["ZZ", "SWE", "S", "from_token", "UK", "Se", "SE "])
def test_a_market_that_is_no_assigned_code_is_refused(market: str) -> None:
    with pytest.raises(ReadRefused, match="market"):
        read_market({"market": market})


@pytest.mark.parametrize("text", ["", "-1", "51", "1.0", "ten", "٥", "1e1", " 5", "9" * 5000])
def test_a_number_outside_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(ReadRefused, match="limit"):
        read_number({"limit": text}, "limit", default=20, least=0, most=50)


@pytest.mark.parametrize("ids", ["", "a,,b", "a-b", "../a", "é", ",".join(["a"] * 51), "a" * 65])
def test_a_batch_of_anything_but_ids_is_refused(ids: str) -> None:
    with pytest.raises(ReadRefused):
        read_ids({"ids": ids}, most=50)


def test_a_word_that_is_not_offered_is_refused_and_the_offer_named() -> None:
    with pytest.raises(ReadRefused, match="album, artist, track"):
        read_words({"type": "track,playlist"}, "type", ("album", "artist", "track"))


def test_a_query_is_decoded() -> None:
    assert parse_query("q=a%20b+c%26d&market=SE&empty=&=x&flag") == {
        "q": "a b c&d",
        "market": "SE",
        "empty": "",
        "flag": "",
    }


def test_a_market_may_be_written_small_or_left_out() -> None:
    assert (read_market({"market": "se"}), read_market({"market": ""}), read_market({})) == ("SE", None, None)


def test_ids_keep_their_order_and_repetitions() -> None:
    assert read_ids({"ids": "b, a,b"}, most=50) == ("b", "a", "b")


def test_words_come_in_the_order_they_are_offered_in() -> None:
    assert read_words({"type": "track,album,track"}, "type", ("album", "artist", "track")) == ("album", "track")


def walk_offsets(page: PageRequest, total: int) -> list[int]:
    """Return the offsets a client meets that follows ``next`` to the end."""
    offsets = []
    while True:
        body = msgspec.json.decode(encode_page(page, total, []))
        offsets.append(body["offset"])
        if body["next"] is None:
            return offsets
        query = parse_qs(urlsplit(body["next"]).query)
        page = msgspec.structs.replace(page, offset=int(query["offset"][0]), limit=int(query["limit"][0]))


def test_following_next_meets_every_item_once() -> None:
    for total in range(12):
        for limit in (1, 3, 5, 50):
            offsets = walk_offsets(PageRequest(url=BASE, limit=limit, offset=0), total)
            assert offsets == (list(range(0, total, limit)) or [0])


def test_links_are_absolute_and_repeat_the_parameters() -> None:
    page = PageRequest(
        url=BASE, limit=2, offset=2, parameters={"market": "SE", "q": "a b&c", "offset": "2", "limit": "2"}
    )
    body = msgspec.json.decode(encode_page(page, 7, [b'{"a":1}', b'{"b":2}']))
    assert body == {
        "href": f"{BASE}?market=SE&q=a+b%26c&offset=2&limit=2",
        "limit": 2,
        "next": f"{BASE}?market=SE&q=a+b%26c&offset=4&limit=2",
        "offset": 2,
        "previous": f"{BASE}?market=SE&q=a+b%26c&offset=0&limit=2",
        "total": 7,
        "items": [{"a": 1}, {"b": 2}],
    }


def test_a_page_ends_where_paging_ends() -> None:
    page = PageRequest(url=BASE, limit=50, offset=1000)
    body = msgspec.json.decode(encode_page(page, 5000, [], reachable=1050))
    assert (body["total"], body["next"]) == (5000, None)


def test_a_page_of_no_items_links_nowhere() -> None:
    body = msgspec.json.decode(encode_page(PageRequest(url=BASE, limit=0, offset=5), 7, []))
    assert (body["next"], body["previous"], body["items"]) == (None, None, [])
