"""Moments to instants: midnights, gaps, doubles, leap days and the pinned zone rules."""

import zoneinfo
from datetime import UTC, datetime
from importlib import resources

import pytest

from antiphon.model.territories import TERRITORIES, Territory
from antiphon.rights.instants import Edge, UnreadableMoment, resolve_moment
from antiphon.rights.territory_bits import WORLD, territory_index
from antiphon.rights.zones import load_zone, zone_names, zone_rules_version
from tests.builders import a_moment


def instant(text: str, market: str, edge: Edge = Edge.START) -> str:
    """Return the instant of a moment in one market as ISO 8601 in UTC."""
    bit = 1 << territory_index(Territory(market))
    (at,) = (at for at, territories in resolve_moment(a_moment(text), edge) if territories & bit)
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-02-30", "01.12.2026", "2026-12-01T25:00:00", "0001-13-01", "soon", "2" * 65]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMoment):
        resolve_moment(a_moment(text), Edge.START)


@pytest.mark.parametrize(
    ("market", "starts_at"),
    [
        ("TO", "2026-11-30T11:00:00Z"),
        ("NP", "2026-11-30T18:15:00Z"),
        ("DE", "2026-11-30T23:00:00Z"),
        ("US", "2026-12-01T05:00:00Z"),
        ("PF", "2026-12-01T10:00:00Z"),
        ("UM", "2026-12-01T11:00:00Z"),
    ],
)
def test_a_date_starts_at_local_midnight(market: str, starts_at: str) -> None:
    assert instant("2026-12-01", market) == starts_at
    assert instant("2026-12-01Z", market) == starts_at


def test_samoa_in_summer_of_2020_was_fourteen_hours_ahead() -> None:
    assert instant("2020-01-15", "WS") == "2020-01-14T10:00:00Z"


def test_a_date_ends_at_the_next_local_midnight_also_when_the_day_has_23_or_25_hours() -> None:
    assert instant("2026-03-29", "DE", Edge.END) == "2026-03-29T22:00:00Z"
    assert instant("2026-10-25", "DE", Edge.END) == "2026-10-25T23:00:00Z"


def test_leap_days_end_where_march_starts() -> None:
    assert instant("2024-02-29", "GB", Edge.END) == instant("2024-03-01", "GB") == "2024-03-01T00:00:00Z"
    assert instant("2023-02-28", "GB", Edge.END) == "2023-03-01T00:00:00Z"


def test_a_midnight_that_clocks_skip_is_the_first_instant_after_the_gap() -> None:
    assert instant("2018-11-04", "BR") == "2018-11-04T03:00:00Z"
    assert instant("2026-03-29", "LB") == "2026-03-28T22:00:00Z"
    assert instant("2018-11-04T00:40:00", "BR") == "2018-11-04T03:00:00Z"


def test_a_day_that_clocks_skip_starts_and_ends_when_they_jump() -> None:
    assert instant("2011-12-30", "WS") == instant("2011-12-31", "WS") == "2011-12-30T10:00:00Z"
    assert instant("2011-12-30T15:00:00", "WS") == "2011-12-30T10:00:00Z"


def test_a_midnight_that_clocks_show_twice_is_the_first_of_the_two() -> None:
    assert instant("2026-11-01", "CU") == "2026-11-01T04:00:00Z"
    assert instant("2026-11-01T01:30:00", "US") == "2026-11-01T05:30:00Z"


def test_a_time_with_an_offset_is_one_instant_everywhere() -> None:
    assert resolve_moment(a_moment("2026-12-01T00:00:00+02:00"), Edge.START) == ((1796076000, WORLD),)


def test_a_local_time_may_write_the_end_of_the_day_as_24_hours() -> None:
    assert instant("2026-11-30T24:00:00", "DE") == instant("2026-12-01", "DE")


def test_fractions_round_inwards() -> None:
    assert instant("2026-12-01T00:00:00.2Z", "DE") == "2026-12-01T00:00:01Z"
    assert instant("2026-12-01T00:00:00.2Z", "DE", Edge.END) == "2026-12-01T00:00:00Z"


def test_years_at_the_edge_of_the_calendar_are_read_or_refused_and_never_crash() -> None:
    assert instant("0001-01-01", "GB").startswith("0001")
    with pytest.raises(UnreadableMoment):
        resolve_moment(a_moment("9999-12-31"), Edge.END)


def test_every_territory_has_a_zone_and_those_of_one_zone_have_theirs() -> None:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    zones = {code: {row[2] for row in rows if row[0] == code} for code in TERRITORIES}
    assert set(zone_names()) == set(TERRITORIES)
    assert {code for code, name in zone_names().items() if zones[code] and name not in zones[code]} == set()
    assert {code for code in TERRITORIES if not zones[code]} == {"BV", "HM", "XK"}


@pytest.mark.parametrize(
    ("market", "city"),
    [
        ("US", "America/New_York"),
        ("CA", "America/Toronto"),
        ("AU", "Australia/Sydney"),
        ("BR", "America/Sao_Paulo"),
        ("RU", "Europe/Moscow"),
        ("MX", "America/Mexico_City"),
        ("ID", "Asia/Jakarta"),
    ],
)
def test_a_country_of_several_zones_keeps_one(market: str, city: str) -> None:
    assert zone_names()[Territory(market)] == city


def test_the_pinned_zone_rules_are_used_whatever_the_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ("/nowhere",))
    load_zone.cache_clear()
    assert load_zone("Europe/Berlin").key == "Europe/Berlin"
    assert load_zone("Europe/Berlin") is not zoneinfo.ZoneInfo("Europe/Berlin")
    assert zone_rules_version()[:2] == "20"
