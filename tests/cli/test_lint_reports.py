"""What the linter writes: text for people, JSON and SARIF for programs, a page for browsers."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli.linting.excerpt import cut_excerpt, width_of
from antiphon.cli.linting.progress import Progress
from antiphon.intake.linting import Region
from antiphon.intake.linting.source import read_source
from tests.cli.linting import BROKEN, GOOD, MENDABLE, run_lint, write_file

HOSTILE_TITLE = "Harbour \u202elight\u2066 \u200b\x85 <script>alert(1)</script>"
RED = "\x1b[31m"


def test_a_finding_is_shown_like_a_compilers(tmp_path: Path) -> None:
    path = write_file(tmp_path, BROKEN)
    text = run_lint(path, "--select", "I7").stdout
    number, line = next((n, line) for n, line in enumerate(BROKEN.split("\n"), 1) if "4006380000019" in line)
    column = line.index("4006380000019")
    assert text.splitlines()[:3] == [
        f"{path}:{number}:{column + 1}: fatal I7: "
        "'4006380000019' is no ICPN: its check character does not fit the others.",
        f"{number:>5} | {line}",
        f"      | {'^' * 13:>{column + 13}} got ICPN '4006380000019'",
    ]
    assert "(antiphon rules I7)" in text


def test_a_rule_is_explained_once_in_a_run(tmp_path: Path) -> None:
    for name in ("R1.xml", "R2.xml"):
        write_file(tmp_path, BROKEN, name)
    text = run_lint(tmp_path, "--select", "I7").stdout
    assert text.count(": fatal I7: ") == 2
    assert text.count("(antiphon rules I7)") == 1


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_is_for_terminals_and_for_who_asks(
    environment: dict[str, str | None], is_coloured: bool, tmp_path: Path
) -> None:
    text = run_lint(write_file(tmp_path, BROKEN), environment=environment).stdout
    assert (RED in text) is is_coloured
    assert ("\x1b" in text) is is_coloured


def test_brief_is_one_line_per_finding_and_nothing_where_nothing_is_found(tmp_path: Path) -> None:
    lines = run_lint(write_file(tmp_path, BROKEN), "-q", "--select", "I7").stdout.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("1 message checked")
    assert run_lint(write_file(tmp_path, GOOD), "-q", "--select", "I7").stdout == ""


def test_progress_is_one_line_that_goes_away_and_only_on_a_terminal() -> None:
    for is_shown in (True, False):
        stream = io.StringIO()
        progress = Progress(stream, is_shown=is_shown, patience_s=0)
        progress.tell("a\x1b[31m.xml", 1, 2)
        progress.clear()
        progress.clear()
        assert stream.getvalue() == ("\r\x1b[Kchecking 1 of 2: a\\u001b[31m.xml\r\x1b[K" if is_shown else "")
    patient = Progress(stream, is_shown=True, patience_s=3600)
    patient.tell("a.xml", 1, 2)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", ["text", "json", "sarif", "html"])
def test_no_text_of_a_stranger_drives_a_terminal_or_becomes_markup(form: str, tmp_path: Path) -> None:
    escaped = HOSTILE_TITLE.replace("<", "&lt;")
    text = BROKEN.replace("Harbour Light No. 1", escaped).replace("<ICPN>", f"<!-- \u202e\x9b31m --><ICPN>{'x' * 2000}")
    path = write_file(tmp_path, text, "R1\u202e\x1b[31m.xml")
    report = run_lint(path, "--format", form, environment={"FORCE_COLOR": None}).stdout
    unseen = {character for character in report if not character.isprintable() and character != "\n"}
    if form in ("json", "sarif"):
        # JSON is for programs: the file's name is as it is, and controls are escaped by the format.
        assert "\x1b" not in unseen
        json.loads(report)
    else:
        assert unseen == set()
    assert form != "html" or "<script>alert" not in report


def test_a_line_of_a_megabyte_is_cut_around_what_it_is_shown_for(tmp_path: Path) -> None:
    text = BROKEN.replace("\n", " ").replace("<ReleaseList>", f"<!-- {'x' * 1_000_000} --><ReleaseList>")
    for form in ("text", "html", "sarif"):
        report = run_lint(write_file(tmp_path, text), "--format", form, "--select", "I7").stdout
        assert "4006380000019</ICPN>" in report.replace("&lt;", "<").replace("&gt;", ">").replace("<mark>", "").replace(
            "</mark>", ""
        )
        assert len(report) < 30_000


@pytest.mark.parametrize("form", ["text", "json", "sarif", "html"])
def test_a_title_of_a_megabyte_is_cut_in_what_people_read(form: str, tmp_path: Path) -> None:
    path = write_file(tmp_path, BROKEN.replace("Harbour Light No. 1", f"Harbour {'x' * 1_000_000}"))
    report = run_lint(path, "--format", form).stdout
    assert "title of 1000008 characters" in report
    assert len(report) < 60_000


@pytest.mark.parametrize("before", ["", "漢字かな", "e\u0301\u0301", "\t\t", "\u202e"])
def test_carets_stand_below_the_value_however_wide_what_is_before_it_is(before: str) -> None:
    source = read_source(f"{before}value".encode())
    excerpt = cut_excerpt(source, Region(line=1, column=len(before) + 1, end_line=1, end_column=len(before) + 6), 80)
    assert excerpt.value == "value"
    assert len(excerpt.underline) - 5 == width_of(excerpt.before)


def test_json_has_the_findings_with_their_ids_and_places(tmp_path: Path) -> None:
    path = write_file(tmp_path, MENDABLE)
    report = json.loads(run_lint(path, "--format", "json", "--select", "I1").stdout)
    assert report["shape_version"] == 1
    assert report["summary"] | {"hidden": 0} == {
        "messages": 1,
        "fatal": 0,
        "hold": 0,
        "warn": 1,
        "note": 0,
        "mendable": 1,
        "mended": 0,
        "hidden": 0,
    }
    (message,) = report["messages"]
    assert message["file"] == str(path)
    (finding,) = message["findings"]
    assert set(finding) == {
        "id", "rule", "severity", "place", "got", "expected", "fix", "message", "region", "edits",
    }  # fmt: skip
    assert (finding["rule"], finding["severity"]) == ("I1", "warn")
    assert finding["place"]["file"] == "R1.xml"
    assert re.fullmatch("[0-9a-f]{12}", finding["id"])
    (edit,) = finding["edits"]
    assert edit == {"region": finding["region"], "text": "QZANT2600101"}
    assert run_lint(path, "--format", "json").stdout == run_lint(path, "--format", "json").stdout


def test_json_names_what_could_not_be_checked(tmp_path: Path) -> None:
    ended = run_lint(tmp_path / "missing", "--format", "json")
    assert ended.exit_code == 2
    assert "there is no such file" in json.loads(ended.stdout)["refused"][0]


def test_sarif_has_what_the_standard_demands(tmp_path: Path) -> None:
    path = write_file(tmp_path, MENDABLE.replace("4006380000018", "4006380000019"))
    ended = run_lint(path, "--format", "sarif")
    log = json.loads(ended.stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "antiphon"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"]
    for result in run["results"]:
        require_result(result, driver["rules"], path)
    (mended,) = [result for result in run["results"] if "fixes" in result]
    assert mended["ruleId"] == "I1"
    (change,) = mended["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"]["text"] == "QZANT2600101"
    assert replacement["deletedRegion"].items() <= mended["locations"][0]["physicalLocation"]["region"].items()


def require_result(result: dict[str, Any], rules: list[dict[str, Any]], path: Path) -> None:
    """Assert what SARIF 2.1.0 demands of a result, sections 3.27 to 3.30."""
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in {"error", "warning", "note"}
    assert result["message"]["text"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == path.as_uri()
    region = location["physicalLocation"].get("region")
    if region:
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
        assert region["snippet"]["text"]


def test_a_relative_file_is_a_relative_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path, BROKEN, "R 1#é.xml")
    monkeypatch.chdir(tmp_path)
    log = json.loads(run_lint("R 1#é.xml", "--format", "sarif").stdout)
    locations = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]
    }
    assert locations == {"R%201%23%C3%A9.xml"}


def test_a_page_needs_nothing_else_and_says_everything(tmp_path: Path) -> None:
    page = run_lint(write_file(tmp_path, MENDABLE), "--format", "html").stdout
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|https?://", page)
    assert "<del>QZ-ANT-26-00101</del> <ins>QZANT2600101</ins>" in page
    assert "<mark>QZ-ANT-26-00101</mark>" in page
    clean = run_lint(write_file(tmp_path, GOOD), "--format", "html", "--select", "I7").stdout
    assert "Nothing to mend" in clean
