"""A question as people write it: what is wrong is told with what may have been meant."""

import pytest

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.surfaces.explain.parameters import WrongQuestion, read_entity_id, read_market, read_tier, read_time

SE, NZ = Territory("SE"), Territory("NZ")
ID = "pj9LrgBjmebQK52eTzOi6q"


@pytest.mark.parametrize(
    ("text", "hint"),
    [("USA", "did you mean US?"), ("en", "did you mean GB?"), ("sweden", "such as SE"), ("", "such as SE")],
)
def test_what_is_no_market_is_refused_with_what_may_have_been_meant(text: str, hint: str) -> None:
    with pytest.raises(WrongQuestion, match="ISO 3166-1") as refused:
        read_market(text)
    assert hint in str(refused.value)
    assert refused.value.name == "market"


@pytest.mark.parametrize(("text", "hint"), [("premum", "mean premium"), ("Free", "mean free"), ("gold", "got 'gold'")])
def test_what_is_no_tier_is_refused_with_what_may_have_been_meant(text: str, hint: str) -> None:
    with pytest.raises(WrongQuestion, match=hint):
        read_tier(text)


@pytest.mark.parametrize("text", ["christmas", "2026-13-01", "2026-02-30T10:00", "", "9" * 300, "10:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WrongQuestion, match="such as 2026-12-24T23:59"):
        read_time(text, SE)


@pytest.mark.parametrize("text", ["", "a b", "../..", "spotify:track:", "a" * 65])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(WrongQuestion, match="22 letters and digits"):
        read_entity_id(text)


@pytest.mark.parametrize(
    ("text", "market", "instant"),
    [
        ("2026-12-24", SE, "2026-12-23T23:00:00+00:00"),
        ("2026-12-24T23:59", SE, "2026-12-24T22:59:00+00:00"),
        ("2026-12-24 23:59", SE, "2026-12-24T22:59:00+00:00"),
        ("2026-12-24T23:59", NZ, "2026-12-24T10:59:00+00:00"),
        ("2026-12-24T23:59Z", NZ, "2026-12-24T23:59:00+00:00"),
        ("2026-12-24T23:59:30-10:00", SE, "2026-12-25T09:59:30+00:00"),
        ("2026-12-24T23:59 01:00", SE, "2026-12-24T22:59:00+00:00"),
        ("2026-03-29T02:30", SE, "2026-03-29T01:00:00+00:00"),
        ("9999-12-31", SE, "9999-12-29T00:00:00+00:00"),
        ("2026-12-24T24:00:00", SE, "2026-12-24T23:00:00+00:00"),
    ],
)
def test_a_time_without_an_offset_is_by_the_markets_clocks(text: str, market: Territory, instant: str) -> None:
    assert read_time(text, market).isoformat() == instant


@pytest.mark.parametrize(
    "text", [ID, f" {ID} ", f"spotify:track:{ID}", f"https://music.example/v1/tracks/{ID}?market=SE"]
)
def test_an_id_is_found_in_what_people_paste(text: str) -> None:
    assert read_entity_id(text) == ID


def test_words_that_are_right_are_read() -> None:
    assert (read_market("se"), read_tier("free")) == (SE, Tier.FREE)
