"""Data quality over HTTP and at the console: a provider sees its own, operators all, and nobody another's."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from antiphon.record import writing
from antiphon.surfaces.console.trend import choose_scale, draw_trend
from antiphon.surfaces.provider.quality_reports import TrendPoint
from tests.builders import changed
from tests.docs.house import OPERATOR, OWNER, STRANGER
from tests.intake.deliveries import a_small_statement
from tests.intake.installation import PROVIDER, now
from tests.record.releases import commit_statement, find_album_id
from tests.surfaces.provider.dockside import Dockside, open_dockside

QUALITY = "/provider/v1/quality"
PAGE = "/console/quality"


@pytest.fixture(scope="module")
def dock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dockside]:
    """Return the application on an installation that nothing here changes, but for ``albums``."""
    with open_dockside(tmp_path_factory.mktemp("dockside")) as one:
        yield one


@pytest.fixture(scope="module")
def albums(dock: Dockside) -> tuple[str, str]:
    """Return the owner's release, of three days ago and mended today, and the stranger's."""
    own, other = a_small_statement(1), a_small_statement(2)
    spoilt = changed(own, releases=(changed(own.releases[0], labels=(), genres=()), *own.releases[1:]))
    with writing(dock.site.engine) as conn:
        commit_statement(conn, spoilt, now() - timedelta(days=3), provider=PROVIDER)
        commit_statement(conn, own, now(), provider=PROVIDER)
        commit_statement(conn, other, now(), provider=STRANGER.provider)
        return find_album_id(conn, own), find_album_id(conn, other)


def test_a_page_without_releases_says_so(dock: Dockside) -> None:
    assert "No release yet" in dock.ask("GET", PAGE).text


@pytest.mark.parametrize("root", [QUALITY, PAGE])
def test_anothers_quality_is_not_there(dock: Dockside, albums: tuple[str, str], root: str) -> None:
    assert dock.ask("GET", f"{root}?provider={STRANGER.provider}").status_code == 404
    assert dock.ask("GET", f"{root}/releases/{albums[1]}").status_code == 404
    assert dock.ask("GET", f"{root}/releases/{albums[0]}").status_code == 200
    assert dock.ask("GET", f"{root}?provider=nobody", OPERATOR).status_code == 404


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "1001-01-01"])
def test_a_day_that_is_none_is_refused_in_words(dock: Dockside, since: str) -> None:
    answer = dock.ask("GET", f"{QUALITY}?since={since}")
    assert answer.status_code == 400
    assert since in answer.json()["error"]["message"]


def test_a_provider_is_told_of_its_own_and_operators_of_all(dock: Dockside, albums: tuple[str, str]) -> None:
    own, all_of_them = dock.ask("GET", QUALITY).json(), dock.ask("GET", QUALITY, OPERATOR).json()
    assert (own["provider"], own["releases"], own["providers"]) == (PROVIDER, 1, [])
    assert [line["album_id"] for line in own["worst"]] == [albums[0]]
    assert (all_of_them["provider"], all_of_them["releases"]) == ("", 2)
    assert {line["provider"] for line in all_of_them["providers"]} == {PROVIDER, STRANGER.provider}
    assert dock.ask("GET", f"{QUALITY}?provider={PROVIDER}", OPERATOR).json() == own


def test_a_trend_has_every_day_and_what_was_mended_shows(dock: Dockside, albums: tuple[str, str]) -> None:
    trend = dock.ask("GET", QUALITY).json()["trend"]
    assert [point["day"] for point in trend] == [(now() - timedelta(days=n)).date().isoformat() for n in (3, 2, 1, 0)]
    assert trend[0]["score"] == trend[2]["score"]
    assert round(trend[3]["score"] - trend[2]["score"], 2) == 7.0  # label and genre
    since = dock.ask("GET", f"{QUALITY}?since={trend[2]['day']}").json()["trend"]
    assert since == trend[2:]


def test_what_a_report_says_adds_up(dock: Dockside, albums: tuple[str, str]) -> None:
    report = dock.ask("GET", QUALITY).json()
    assert round(sum(line["points"] for line in report["dimensions"]), 2) == report["score"]
    assert sum(line["weight"] for line in report["dimensions"]) == 100
    lost = [line["lost"] for line in report["to_fix"]]
    assert lost == sorted(lost, reverse=True)
    assert all(line["fix"] for line in report["to_fix"])
    release = dock.ask("GET", f"{QUALITY}/releases/{albums[0]}").json()
    assert release["score"] == report["score"]
    assert round(100 - sum(loss["points"] for loss in release["losses"]), 2) == release["score"]
    assert [one["score"] for one in release["history"]] == [report["trend"][3]["score"], report["trend"][0]["score"]]


def test_a_page_draws_the_trend_without_a_script_or_a_style_of_its_own(dock: Dockside, albums: tuple[str, str]) -> None:
    page = dock.ask("GET", PAGE, OWNER)
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|style=", page.text)
    assert page.text.count('<g class="day') == 4
    assert 'role="img" aria-label="Score of each day from' in page.text
    assert f"/console/quality/releases/{albums[0]}" in page.text


def test_a_page_of_a_release_names_every_point(dock: Dockside, albums: tuple[str, str]) -> None:
    page = dock.ask("GET", f"{PAGE}/releases/{albums[0]}")
    assert "no front cover" in page.text
    assert "track 1-2 Harbour Light No. 2, line 2" in page.text


def a_trend(*scores: float | None) -> list[TrendPoint]:
    return [TrendPoint(day=f"2026-09-{n:02}", releases=3, score=score) for n, score in enumerate(scores, 1)]


def test_one_day_is_no_line() -> None:
    assert draw_trend(a_trend(None, 80.0)) is None


def test_a_line_begins_at_the_first_score_and_ends_at_the_last() -> None:
    picture = draw_trend(a_trend(None, 80.0, 85.0, 90.0))
    assert picture is not None
    assert [day.x for day in picture.days] == [0, 500, 1000]
    assert [day.y for day in picture.days] == sorted((day.y for day in picture.days), reverse=True)
    assert picture.dates == ("2026-09-02", "2026-09-03", "2026-09-04")


@pytest.mark.parametrize("scores", [(0.0,), (100.0,), (99.9, 100.0), (0.0, 100.0), (71.2, 71.3), (12.5, 60.0)])
def test_a_scale_has_round_steps_and_holds_every_score(scores: tuple[float, ...]) -> None:
    low, high, step = choose_scale(scores)
    assert 0 <= low <= min(scores) <= max(scores) <= high <= 100
    assert high - low >= 4
    assert round((high - low) / step) <= 5
