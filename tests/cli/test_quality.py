"""`antiphon quality`: for people, for programs, and for whoever doubts it."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antiphon.catalogue.quality_dimensions import Dimension
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.quality import quality
from antiphon.cli.quality_printing import BAR_WIDTH, SPARK_WIDTH, draw_bar, draw_sparks, write_losses_csv
from antiphon.model.errors import Refused
from antiphon.model.findings import Finding, Place, Severity
from antiphon.record import writing
from antiphon.record.providers import Provider, add_provider
from antiphon.surfaces.provider.quality_reports import LossLine, ReleaseQuality
from tests.intake.deliveries import a_small_statement, an_icpn
from tests.record.releases import commit_statement

HOSTILE = Finding(rule="T1", severity=Severity.WARN, place=Place(file="r.xml", line=9), message="\x1b[2J=1+1")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an installation with one release of north, three days old."""
    folder = tmp_path_factory.mktemp("quality") / "data"
    engine, at = open_installation(folder, create=True).engine, read_clock() - timedelta(days=3)
    with writing(engine) as conn:
        add_provider(conn, Provider(id="north", name="North"), at)
        add_provider(conn, Provider(id="empty", name="Empty"), at)
        commit_statement(conn, a_small_statement(1), at, provider="north", findings=[HOSTILE])
    engine.dispose()
    return folder


def ask(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(quality, [*arguments, "--data", str(data)])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--provider", "nobody"), "provider 'nobody'"), (("--release", "nothing"), "release 'nothing'")],
)
def test_what_is_not_there_is_refused_in_words(data: Path, arguments: tuple[str, ...], told: str) -> None:
    refused = ask(data, *arguments).exception
    assert isinstance(refused, Refused)
    assert f"there is no {told}" in str(refused)


def test_a_release_of_another_provider_is_not_found(data: Path) -> None:
    key = f"icpn:{an_icpn(1).zfill(14)}"
    assert isinstance(ask(data, "--release", key, "--provider", "empty").exception, Refused)
    assert ask(data, "--release", key, "--provider", "north").exit_code == 0


def test_a_catalogue_is_told_with_what_to_fix_first(data: Path) -> None:
    shown = ask(data).output
    assert "data quality of the catalogue" in shown
    assert "what to fix first\n  +6.00  " in shown
    assert "north" in shown
    assert ask(data, "--provider", "empty").output == "data quality of empty: no release yet\n"


def test_a_release_is_told_point_by_point_and_drives_no_terminal(data: Path) -> None:
    shown = ask(data, "--release", f"icpn:{an_icpn(1).zfill(14)}").output
    assert "the release, line 65: no front cover" in shown
    assert "r.xml:9: T1: \\u001b[2J=1+1" in shown
    assert "\x1b[2J" not in shown


def test_json_is_what_the_api_answers(data: Path) -> None:
    report = json.loads(ask(data, "--format", "json").output)
    assert report["releases"] == 1
    assert len(report["trend"]) == 4
    assert [line["dimension"] for line in report["dimensions"]] == list(Dimension)


def test_csv_has_a_row_for_each_provider_and_day(data: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(ask(data, "--format", "csv").output)))
    assert [row["provider"] for row in rows] == ["north"] * 4
    assert {(row["isrc_have"], row["isrc_of"]) for row in rows} == {("2", "2")}
    since = (read_clock() - timedelta(days=1)).date().isoformat()
    assert list(csv.DictReader(io.StringIO(ask(data, "--format", "csv", "--since", since).output))) == rows[2:]


def test_no_cell_of_a_stranger_is_computed_by_a_spreadsheet() -> None:
    loss = LossLine(dimension=Dimension.FINDINGS, points=2.0, what="=1+1", where="@a", line=0, rule="T1", fix="\tb")
    empty = {"dimensions": (), "accepted": (), "history": ()}
    report = ReleaseQuality(album_id="a", provider="p", release_key="k", title="t", score=98.0, losses=(loss,), **empty)
    (row,) = csv.DictReader(io.StringIO(write_losses_csv(report)))
    assert [row[name] for name in ("what", "where", "fix")] == ["'=1+1", "'@a", "'\tb"]


def test_scores_are_proven_by_measuring_again(data: Path) -> None:
    proven = ask(data, "--prove")
    assert (proven.exit_code, proven.output) == (0, "every score is what is measured now\n")


@pytest.mark.parametrize(("share", "drawn"), [(0.0, "·" * 20), (1.0, "█" * 20), (0.5, "█" * 10 + "·" * 10)])
def test_a_bar_is_filled_by_its_share(share: float, drawn: str) -> None:
    assert draw_bar(share) == drawn
    assert len(draw_bar(share * 0.987)) == BAR_WIDTH


def test_a_long_trend_fits_its_line_and_a_level_one_is_level() -> None:
    assert len(draw_sparks([80.0 + n % 7 for n in range(365)])) <= SPARK_WIDTH
    assert draw_sparks([50.0, 60.0]) == "▁█"
    assert len(set(draw_sparks([82.5] * 9))) == 1
