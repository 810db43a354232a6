"""Linting where a delivery lies: the rules of the intake, with nothing but the files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.formats.ern import write_message
from antiphon.intake.lint import lint_path
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from tests.intake.deliveries import a_small_statement, write_batch, write_delivery

NOW = datetime(2026, 1, 6, tzinfo=UTC)


def stops_of(path: Path) -> list[list[str]]:
    """Return the rules that would stop each message at a path."""
    return [[f.rule for f in message.findings if f.severity.stops] for message in lint_path(path, NOW)]


def test_a_path_without_a_delivery_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="BatchComplete"):
        lint_path(tmp_path, NOW)


def test_a_message_that_is_no_xml_is_a_finding_with_its_line(tmp_path: Path) -> None:
    message = tmp_path / "R1.xml"
    message.write_bytes(b"<NewReleaseMessage>\n<cut")
    (linted,) = lint_path(message, NOW)
    (finding,) = linted.findings
    assert finding.severity is Severity.FATAL
    assert finding.place.file == str(message)
    assert linted.source_lines == ("<NewReleaseMessage>", "<cut")


def test_a_missing_file_and_a_wrong_one_are_found(tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, a_small_statement())
    (folder / "resources" / "01.flac").unlink()
    (folder / "resources" / "02.flac").write_bytes(b"another")
    assert sorted(stops_of(folder)[0]) == ["A8", "D7"]


def test_a_folder_that_is_no_delivery_is_reported_beside_its_neighbours(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement())
    (batch / "empty").mkdir()
    assert stops_of(batch) == [[], ["ErnMissing"]]


def test_nothing_stops_a_good_delivery(tmp_path: Path) -> None:
    assert stops_of(write_delivery(tmp_path, a_small_statement())) == [[]]


def test_a_bare_message_is_not_asked_for_its_files(tmp_path: Path) -> None:
    (tmp_path / "R1.xml").write_bytes(write_message(a_small_statement(), "4.3.2"))
    assert stops_of(tmp_path / "R1.xml") == [[]]
