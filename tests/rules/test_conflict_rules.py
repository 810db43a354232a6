"""Deals that contradict each other: what meets in territory and time, and what does not."""

from typing import Any

import pytest

from antiphon.model.deals import Deal, Price
from antiphon.model.findings import Severity
from antiphon.model.statement import Statement
from tests.builders import a_deal, a_statement, changed, some_deals
from tests.rules.checks import find

EURO = (Price(amount="6.30", currency="EUR"),)
KRONA = (Price(amount="59.00", currency="SEK"),)


def priced(prices: tuple[Price, ...], **deal: Any) -> Deal:
    return a_deal(models=("PayAsYouGoModel",), use_types=("PermanentDownload",), prices=prices, **deal)


def dealt(*deals: Deal) -> Statement:
    numbered = (changed(deal, path=f"Deal[{i}]", line=90 + i) for i, deal in enumerate(deals))
    return a_statement(release_deals=(some_deals(*numbered),))


@pytest.mark.parametrize(
    ("statement", "severity", "got"),
    [
        (dealt(a_deal(), a_deal(is_takedown=True)), Severity.HOLD, "a withdrawal of what the deal of line 90 grants"),
        (dealt(a_deal(), a_deal(territories=("SE",), is_all_deals_cancelled=True)), Severity.HOLD, "a withdrawal"),
        (dealt(priced(EURO), priced(KRONA)), Severity.WARN, "price 59.00 SEK"),
        (
            dealt(
                priced(EURO, territories=("SE", "NO"), end="2026-03-01"),
                priced(KRONA, territories=("NO",), start="2026-03-01"),
            ),
            Severity.WARN,
            "price 59.00 SEK",
        ),
        (
            dealt(priced(EURO, territories=(), excluded_territories=("US",)), priced(KRONA, territories=("SE",))),
            Severity.WARN,
            "SEK",
        ),
    ],
)
def test_deals_that_meet_and_say_otherwise_are_found(statement: Statement, severity: Severity, got: str) -> None:
    (finding,) = find(statement, "P14")
    assert finding.severity is severity
    assert got in finding.got


@pytest.mark.parametrize(
    "statement",
    [
        dealt(a_deal(), a_deal()),
        dealt(a_deal(territories=("SE",)), a_deal(territories=("NO",), is_takedown=True)),
        dealt(a_deal(end="2026-02-28"), a_deal(start="2026-03-01", is_takedown=True)),
        dealt(priced(EURO), priced(EURO)),
        dealt(priced(EURO, territories=("SE",)), priced(KRONA, territories=("NO",))),
        dealt(priced(EURO, end="2026-02-28"), priced(KRONA, start="2026-03-01")),
        dealt(priced(EURO), priced(KRONA, is_pre_order=True)),
        dealt(priced(EURO, end="2026-03-01T12:00:00Z"), priced(KRONA, start="2026-03-01")),
        dealt(priced(EURO, territories=(), excluded_territories=("SE",)), priced(KRONA, territories=("SE",))),
        dealt(priced(EURO, start="soon"), priced(KRONA)),
        dealt(priced(EURO, start="9999-12-31T23:59:59Z"), priced(KRONA, start="9999-12-31")),
        dealt(priced(EURO, end="0001-01-01"), priced(KRONA, end="0001-01-01T00:00:00Z")),
    ],
)
def test_deals_that_do_not_meet_or_agree_are_no_contradiction(statement: Statement) -> None:
    assert find(statement, "P14") == []


def test_a_thousand_deals_against_a_thousand_end_at_the_limit() -> None:
    grants = [a_deal(territories=("SE",))] * 1000
    withdrawals = [a_deal(territories=("NO",), is_takedown=True)] * 1000
    assert find(dealt(*grants, *withdrawals), "P14") == []
