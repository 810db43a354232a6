"""The search language."""

import pytest

from antiphon.surfaces.reads.refusals import ReadRefused
from antiphon.surfaces.reads.search_query import SearchQuery, parse_search


@pytest.mark.parametrize(
    "q",
    [
        "",
        "   ",
        "x" * 251,
        "year:99",
        "year:1990-",
        "year:19x9",
        "artist:a artist:b",
        "artist:",
        'isrc:""',
        "track: year:1999",
    ],
)
def test_a_search_for_nothing_too_much_or_nonsense_is_refused(q: str) -> None:
    with pytest.raises(ReadRefused) as refusal:
        parse_search(q)
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("q", "text", "filters"),
    [
        ("north  wind", "north wind", {}),
        ("remaster track:Doxy artist:Miles Davis", "remaster", {"track": "Doxy", "artist": "Miles Davis"}),
        ('artist:"Miles Davis" doxy', "doxy", {"artist": "Miles Davis"}),
        ('artist:"Miles Davis', "", {"artist": "Miles Davis"}),
        ("artist: Miles Davis", "", {"artist": "Miles Davis"}),
        ("year:1955-1960 blue", "blue", {"year": "1955-1960"}),
        ("blue year:1999", "blue", {"year": "1999"}),
        ("isrc:QZANT2600001", "", {"isrc": "QZANT2600001"}),
        ('upc:"4006381333931"', "", {"upc": "4006381333931"}),
        ("TAG:new", "", {"tag": "new"}),
        ("Mission: Impossible", "Mission: Impossible", {}),
        ("soundtrack:yes", "soundtrack:yes", {}),
        ("genre:dream pop label:Paper Lantern", "", {"genre": "dream pop", "label": "Paper Lantern"}),
    ],
)
def test_a_search_is_text_and_filters(q: str, text: str, filters: dict[str, str]) -> None:
    assert parse_search(q) == SearchQuery(text=text, filters=filters)


def test_no_search_takes_long_to_read() -> None:
    for q in ("artist:" * 35, "artist:a " * 27, "a:" * 125, 'artist:"' * 31, "artist: " + "x " * 120):
        try:
            assert parse_search(q).filters.keys() <= {"artist"}
        except ReadRefused:
            continue
