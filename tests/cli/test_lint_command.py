"""``antiphon lint`` as its users meet it: paths, options, exit codes, words."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.reference.raised import find_codes

from antiphon.cli.linting.selection import CODES
from antiphon.rules import AckCode
from tests.cli.linting import BROKEN, GOOD, MENDABLE, run_lint, write_file
from tests.intake.deliveries import a_small_statement, write_batch
from tests.intake.hostile_archives import a_zip

WRONG_IN_THREE_WAYS = BROKEN.replace("QZANT2600101", "QZ-ANT-26-00101").replace(
    ">Worldwide</TerritoryCode>", ">UK</TerritoryCode>"
)
"""I7, I1 and P7."""


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (GOOD, (), 0),
        (MENDABLE, (), 0),
        (MENDABLE, ("--fail-on", "warn"), 1),
        (MENDABLE, ("--fail-on", "warn", "--ignore", "I1,R,L,M,P,T"), 0),
        (BROKEN, (), 1),
        (BROKEN, ("--fail-on", "fatal"), 1),
        (BROKEN, ("--ignore", "i7"), 0),
        (BROKEN, ("--select", "D"), 0),
        (b"no xml", (), 1),
        (b"no xml", ("--ignore", "NewReleaseMessageInvalid"), 0),
        (MENDABLE, ("--diff",), 1),
        (GOOD, ("--diff",), 0),
    ],
)
def test_the_exit_code_says_what_a_build_needs(
    content: str | bytes, options: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    assert run_lint(write_file(tmp_path, content), *options).exit_code == code


def test_a_path_that_is_not_there_stops_no_other(tmp_path: Path) -> None:
    ended = run_lint(tmp_path / "missing", write_file(tmp_path, BROKEN), tmp_path / "also")
    assert ended.exit_code == 2
    assert "missing: there is no such file or folder" in ended.stderr
    assert "fatal I7" in ended.stdout


def test_a_folder_without_a_message_and_an_unsafe_archive_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", write_file(tmp_path, a_zip(("../x.xml", b"x")), "bad.zip")):
        ended = run_lint(path)
        assert ended.exit_code == 2
        assert ended.stdout == ""
        assert ended.stderr.startswith("antiphon: refused: ")


def test_what_is_no_file_is_refused_in_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "R1.xml")
    ended = run_lint(tmp_path / "R1.xml")
    assert ended.exit_code == 2
    assert "neither a file nor a folder" in ended.stderr


@pytest.mark.parametrize(("word", "near"), [("i77", "I7"), ("X9", "did you mean"), ("ErnMising", "ErnMissing")])
def test_a_word_that_means_no_rule_is_refused_with_what_may_have_been_meant(
    word: str, near: str, tmp_path: Path
) -> None:
    for option in ("--select", "--ignore"):
        ended = run_lint(write_file(tmp_path, BROKEN), option, f"I7,{word}")
        assert ended.exit_code != 0
        assert near in str(ended.exception)


def test_every_code_that_may_be_selected_is_one() -> None:
    raised = {one.code for one in find_codes()}
    assert {code for code in CODES if code not in set(AckCode)} <= raised


def test_a_star_selects_by_start_and_an_id_selects_itself(tmp_path: Path) -> None:
    path = write_file(tmp_path, WRONG_IN_THREE_WAYS)
    found = {options: rules_in(run_lint(path, "-q", *options).stdout) for options in ((), ("--select", "I*"))}
    assert found[("--select", "I*")] == {"I1", "I7"}
    assert {"I1", "I7", "P7"} <= found[()]
    assert rules_in(run_lint(path, "-q", "--select", "I1").stdout) == {"I1"}
    assert rules_in(run_lint(path, "-q", "--select", "i", "--ignore", "I7").stdout) == {"I1"}


def test_light_findings_can_be_left_out_and_are_counted(tmp_path: Path) -> None:
    ended = run_lint(write_file(tmp_path, WRONG_IN_THREE_WAYS), "--min-severity", "fatal")
    assert rules_in(ended.stdout) == {"I7"}
    assert re.search(r"1 message checked in \d+\.\d\d s: 1 fatal; \d+ not shown", ended.stdout)


def test_standard_input_is_a_message(tmp_path: Path) -> None:
    ended = run_lint("-", given=BROKEN.encode())
    assert ended.exit_code == 1
    assert "standard-input.xml:" in ended.stdout
    assert run_lint("-", "--fix", given=MENDABLE.encode()).exit_code == 2


def test_fix_shows_what_it_changed_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    path = write_file(tmp_path, MENDABLE)
    assert run_lint(path, "--diff").stdout.count("QZ-ANT-26-00101") == 1
    assert path.read_text() == MENDABLE
    ended = run_lint(path, "--fix")
    assert ended.exit_code == 0
    assert "-          <ISRC>QZ-ANT-26-00101</ISRC>" in ended.stdout
    assert "; 1 mended" in ended.stdout
    assert "I1" not in rules_in(ended.stdout)
    assert path.read_text() == GOOD
    assert "---" not in run_lint(path, "--fix").stdout


def test_fix_heeds_the_selection(tmp_path: Path) -> None:
    path = write_file(tmp_path, MENDABLE)
    run_lint(path, "--fix", "--ignore", "I1")
    assert path.read_text() == MENDABLE


def test_a_path_that_is_a_link_is_followed_and_what_it_leads_to_is_mended(tmp_path: Path) -> None:
    path = write_file(tmp_path, MENDABLE)
    link = tmp_path / "current.xml"
    link.symlink_to(path)
    ended = run_lint(link, "--fix", "--select", "I1")
    assert ended.exit_code == 0
    assert f"--- {link}" in ended.stdout
    assert link.is_symlink()
    assert path.read_text() == GOOD


def test_many_findings_end_with_the_rules_they_are_of(tmp_path: Path) -> None:
    for number in range(12):
        write_file(tmp_path, WRONG_IN_THREE_WAYS, f"R{number}.xml")
    assert re.search(r"^most often: \w+ \(\d+\), ", run_lint(tmp_path).stdout.splitlines()[-1])
    assert "most often" not in run_lint(tmp_path / "R1.xml").stdout


def test_an_archive_is_not_rewritten_and_that_is_said(tmp_path: Path) -> None:
    path = write_file(tmp_path, a_zip(("R1/R1.xml", MENDABLE.encode())), "R1.zip")
    before = path.read_bytes()
    ended = run_lint(path, "--fix")
    assert ended.exit_code == 2
    assert "only files in folders are rewritten" in ended.stderr
    assert path.read_bytes() == before


def test_a_report_may_go_to_a_file(tmp_path: Path) -> None:
    path = write_file(tmp_path, BROKEN)
    for form in ("text", "json", "sarif", "html"):
        ended = run_lint(path, "--format", form, "--output", tmp_path / f"report.{form}")
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "4006380000019" in (tmp_path / f"report.{form}").read_text()
    ended = run_lint(path, "--output", tmp_path / "no" / "folder")
    assert ended.exit_code != 0
    assert "cannot be written" in str(ended.exception)


def test_a_batch_that_is_half_broken_tells_everything(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", *map(a_small_statement, (1, 2, 3)), marker=None)
    second = sorted(path for path in batch.iterdir() if path.is_dir())[1]
    write_file(second, BROKEN[:3000], f"{second.name}.xml")
    ended = run_lint(tmp_path)
    assert ended.exit_code == 1
    assert "note BatchIncomplete" in ended.stdout
    assert "fatal NewReleaseMessageInvalid" in ended.stdout
    assert "3 messages checked" in ended.stdout


@pytest.mark.process
def test_a_reader_that_goes_away_ends_it_without_a_traceback(tmp_path: Path) -> None:
    for number in range(60):
        write_file(tmp_path, BROKEN, f"R{number}.xml")
    command = [sys.executable, "-m", "antiphon", "lint", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lint:
        assert lint.stdout is not None
        assert lint.stderr is not None
        assert "R0.xml" in lint.stdout.readline()
        lint.stdout.close()
        said = lint.stderr.read()
    assert said == ""


@pytest.mark.process
def test_names_and_terminals_that_are_no_utf_8_lose_no_report(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.xml"
    Path(os.fsdecode(path)).write_text(BROKEN.replace("Harbour", "Hafen \u6f22"))
    for form in ("text", "json", "sarif", "html"):
        command = [sys.executable, "-m", "antiphon", "lint", "--format", form, "--fail-on", "fatal", path, b"gone\xe9"]
        environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
        ended = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert ended.returncode == 2, ended.stderr
        assert b"Traceback" not in ended.stderr
        assert b"4006380000019" in ended.stdout
        assert (b"caf%E9.xml" if form == "sarif" else b"caf\\") in ended.stdout


@pytest.mark.process
def test_linting_loads_no_database_no_server_and_no_decoder(tmp_path: Path) -> None:
    path = write_file(tmp_path, BROKEN)
    probe = (
        "import sys, runpy; sys.argv = ['antiphon', 'lint', sys.argv[1]]\n"
        "try: runpy.run_module('antiphon', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'alembic', 'dbos', 'starlette', 'granian', 'av', 'PIL', 'numpy', 'jinja2', 'rich'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", probe, str(path)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def rules_in(text: str) -> set[str]:
    return set(re.findall(r"^\S+:\d+:\d+: \w+ (\w+): ", text, re.MULTILINE))
