"""Deals of one release beside each other: repeated, with a moment between them, or left with nothing."""

import pytest

from antiphon.model.deals import Deal
from antiphon.model.statement import Statement
from tests.builders import a_deal, a_period, a_statement, changed, some_deals
from tests.rules.checks import find

FREE = ("AdvertisementSupportedModel",)


def dealt(*deals: Deal, on: tuple[str, ...] = ("R1", "R2")) -> Statement:
    numbered = (changed(deal, path=f"Deal[{i}]", line=90 + i) for i, deal in enumerate(deals))
    return a_statement(release_deals=(some_deals(*numbered, on=on),))


def test_a_deal_that_is_said_twice_is_told_once_with_the_line_of_the_first() -> None:
    (finding,) = find(dealt(a_deal(), a_deal(models=FREE), a_deal()), "P15")
    assert (finding.place.line, finding.got) == (92, "the deal of line 90 again")


def test_deals_that_differ_in_anything_are_no_repetition() -> None:
    deals = (a_deal(), a_deal(models=FREE), a_deal(territories=("SE",)), a_deal(end="2027-01-01"))
    assert find(dealt(*deals), "P15") == []


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2026-06-29", "2026-07-01"),
        ("2026-06-30T23:59:59", "2026-07-01"),
        ("2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z"),
        ("2028-02-28", "2028-03-01"),
    ],
)
def test_a_gap_of_a_day_or_less_between_deals_on_the_same_terms_is_told(end: str, start: str) -> None:
    (finding,) = find(dealt(a_deal(end=end), a_deal(start=start)), "P16")
    assert finding.place.line == 91
    assert (end in finding.got, start in finding.got, "line 90" in finding.got) == (True, True, True)
    periods = (a_period("2026-01-01", end), a_period(start))
    assert len(find(dealt(changed(a_deal(), periods=periods)), "P16")) == 1


@pytest.mark.parametrize(
    "deals",
    [
        (a_deal(end="2026-06-30"), a_deal(start="2026-07-01")),
        (a_deal(end="2026-06-30T24:00:00"), a_deal(start="2026-07-01")),
        (a_deal(end="2026-06-28"), a_deal(start="2026-07-01")),
        (a_deal(end="2026-06-29"), a_deal(start="2026-07-01", models=FREE)),
        (a_deal(end="2026-06-29"), a_deal(start="2026-07-01", territories=("SE",))),
        (a_deal(end="2026-06-29"), a_deal(start="2026-07-01"), a_deal(end="2026-12-31")),
        (a_deal(end="2026-06-29"), a_deal(start="2026-07-01", is_takedown=True)),
        (a_deal(end="2026-06-29"), a_deal(start="2026-07-01T12:00:00Z")),
        (a_deal(end="soon"), a_deal(start="2026-07-01")),
        (a_deal(end="9999-12-31"), a_deal(start="9999-12-31")),
        (a_deal(end=""), a_deal(start="2026-07-01")),
    ],
)
def test_deals_that_touch_overlap_or_lie_far_apart_leave_no_short_gap(deals: tuple[Deal, ...]) -> None:
    assert find(dealt(*deals), "P16") == []


@pytest.mark.parametrize(
    ("territories", "excluded"),
    [(("SE",), ("SE",)), (("GB", "SE"), ("SE", "UK")), ((), ("Worldwide",)), (("ES",), ("ES-CN",))],
)
def test_exclusions_that_leave_nothing_are_told(territories: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    (finding,) = find(dealt(a_deal(territories=territories, excluded_territories=excluded)), "P17")
    assert "all of which are excluded" in finding.got


@pytest.mark.parametrize(
    ("territories", "excluded"), [(("SE", "NO"), ("SE",)), ((), ("SE",)), (("Worldwide",), ("SE",)), (("SE",), ())]
)
def test_exclusions_that_leave_something_are_none(territories: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    assert find(dealt(a_deal(territories=territories, excluded_territories=excluded)), "P17") == []
