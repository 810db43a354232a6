"""Linting where a delivery lies: the rules of the intake, with nothing but the files."""

import random
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest, write_message
from antiphon.intake.linting import LintedMessage, lint_bytes, lint_path, plan_rewrite
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from tests.intake.deliveries import a_small_statement, write_batch, write_delivery

NOW = datetime(2026, 1, 6, tzinfo=UTC)

LINT_SECONDS_MAX = 1.0
"""What linting one sample may take, of processor time: the tests share a machine. Most take some hundredths."""

NAMED_FAULTS = {
    "dedex_002_erroneous_xml.xml": ("NewReleaseMessageInvalid", "expected '>'"),
    "dedex_005_not_valid_xsd.xml": ("D1", "FakeTag"),
    "dedex_007_zero_image.xml": ("M7", "no front cover"),
    "dedex_009_no_main_release.xml": ("M1", "no main release"),
    "dedex_011_one_resource_unused.xml": ("M8", "on no release"),
    "dedex_013_isrc_empty_string.xml": ("I1", "no ISRC, or an empty one"),
}
"""The samples with one fault each, in their names, and the rule that must name it."""


def lint(path: Path) -> list[LintedMessage]:
    return list(lint_path(path, NOW))


def stops_of(path: Path) -> list[list[str]]:
    """Return the rules that would stop each message at a path."""
    return [[f.rule for f in message.findings if f.severity.stops] for message in lint(path)]


def test_a_path_without_a_delivery_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "read.txt").write_text("no message")
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Refused) as refused:
            lint(path)
        assert refused.value.code == "NoDelivery"


def test_a_message_that_is_no_xml_is_a_finding_with_its_line_and_column(tmp_path: Path) -> None:
    message = tmp_path / "R1.xml"
    message.write_bytes(b"<NewReleaseMessage>\n<cut")
    (linted,) = lint(message)
    (remark,) = linted.remarks
    assert remark.finding.severity is Severity.FATAL
    assert linted.file == str(message)
    assert remark.finding.place.file == "R1.xml"
    assert remark.region is not None
    assert (remark.region.line, remark.region.column) == (2, 5)


def test_a_missing_file_and_a_wrong_one_are_found(tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, a_small_statement())
    (folder / "resources" / "01.flac").unlink()
    (folder / "resources" / "02.flac").write_bytes(b"another")
    assert sorted(stops_of(folder)[0]) == ["A8", "D7"]


def test_a_folder_that_is_no_delivery_is_reported_beside_its_neighbours(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement())
    (batch / "empty").mkdir()
    assert stops_of(batch) == [["ErnMissing"], []]


def test_a_message_that_breaks_off_stops_no_neighbour(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", *map(a_small_statement, (1, 2, 3)))
    broken = sorted(path for path in batch.iterdir() if path.is_dir())[1]
    message = broken / f"{broken.name}.xml"
    message.write_bytes(message.read_bytes()[:2000])
    assert stops_of(batch) == [[], ["NewReleaseMessageInvalid"], []]


def test_nothing_stops_a_good_delivery(tmp_path: Path) -> None:
    assert stops_of(write_delivery(tmp_path, a_small_statement())) == [[]]


def test_a_bare_message_is_not_asked_for_its_files(tmp_path: Path) -> None:
    (tmp_path / "R1.xml").write_bytes(write_message(a_small_statement(), "4.3.2"))
    assert stops_of(tmp_path / "R1.xml") == [[]]


def test_a_batch_is_checked_before_its_marker_is_put_and_told_so(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", *map(a_small_statement, (1, 2)), marker=None)
    note, *messages = lint(batch)
    assert [(f.rule, f.severity) for f in note.findings] == [("BatchIncomplete", Severity.NOTE)]
    assert len(messages) == 2
    assert stops_of(tmp_path) == stops_of(batch) == [[], [], []]


def test_releases_that_come_one_by_one_need_no_marker(tmp_path: Path) -> None:
    for number in (1, 2):
        folder = write_delivery(tmp_path, a_small_statement(number))
        folder.rename(tmp_path / f"N_{folder.name}_2026010509000000{number}")
    assert stops_of(tmp_path) == [[], []]
    assert all(message.check is not None for message in lint(tmp_path))


def test_a_batch_of_nothing_but_problems_tells_them(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000")
    (batch / "empty").mkdir()
    assert stops_of(batch) == [["ErnMissing"]]


def test_an_archive_of_releases_waits_for_no_marker(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", *map(a_small_statement, (1, 2)), marker=None)
    assert all(message.check for message in lint(Path(shutil.make_archive(str(batch), "zip", batch))))


def test_an_inbox_of_complete_and_incomplete_batches_is_checked_whole(tmp_path: Path) -> None:
    write_batch(tmp_path, "20260105090000000", a_small_statement(1))
    write_batch(tmp_path, "20260106090000000", a_small_statement(2), marker=None)
    (tmp_path / "acknowledgements").mkdir()
    assert [len(message.findings) > 0 for message in lint(tmp_path) if message.check is None] == [True]
    assert sum(message.check is not None for message in lint(tmp_path)) == 2


def test_a_message_that_the_manifest_names_and_that_is_missing_is_told(tmp_path: Path) -> None:
    manifest = write_manifest(Manifest(messages=(ManifestEntry(path="R9/R9.xml"),)))
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement(1), marker=manifest)
    missing, message = lint(batch)
    assert missing.file == str(batch / "BatchComplete_20260105090000000.xml")
    assert "R9/R9.xml" in missing.findings[0].message
    assert message.check is not None


def test_a_manifest_that_cannot_be_read_is_a_finding_of_its_own(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement(1), marker=b"<ManifestMessage>")
    assert stops_of(batch) == [["ManifestInvalid"], []]
    assert stops_of(batch / "BatchComplete_20260105090000000.xml") == [["ManifestInvalid"]]


def test_a_folder_of_loose_messages_is_each_of_them(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"message-{number}.xml").write_bytes(write_message(a_small_statement(number), "4.3.2"))
    (tmp_path / "message-2.xml").write_bytes(b"broken")
    assert stops_of(tmp_path) == [[], ["NewReleaseMessageInvalid"], []]


@pytest.mark.parametrize("pack", ["zip", "tar", "gztar"])
def test_an_archive_is_checked_as_the_folder_it_holds(pack: str, tmp_path: Path) -> None:
    batch = write_batch(tmp_path / "sent", "20260105090000000", *map(a_small_statement, (1, 2)))
    next(batch.glob("*/resources/02.flac")).unlink()
    archive = Path(shutil.make_archive(str(tmp_path / "delivery"), pack, batch.parent, batch.name))
    packed = lint(archive)
    assert [message.findings for message in packed] == [message.findings for message in lint(batch)]
    assert [[f.id for f in message.findings] for message in packed] == [
        [f.id for f in message.findings] for message in lint(batch)
    ]
    assert all(message.file.startswith(f"{archive}!/20260105090000000/") for message in packed)
    assert all(message.path is None for message in packed)


def test_a_message_that_goes_away_while_it_is_linted_stops_no_neighbour(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", *map(a_small_statement, (1, 2)))
    linted = lint_path(batch, NOW)
    next(linted)
    for message in batch.glob("*/*.xml"):
        message.unlink()
    assert [finding.rule for message in linted for finding in message.findings] == ["Unreadable"]


def test_nothing_is_written(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    lint(batch)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_bytes_without_a_place_are_checked_as_a_bare_message() -> None:
    linted = lint_bytes(write_message(a_small_statement(), "4.3.2"), NOW, file="standard-input.xml")
    assert not any(finding.severity.stops for finding in linted.findings)
    assert linted.path is None


def test_every_sample_is_checked_within_a_second(shared: Path) -> None:
    slow = {}
    for sample in sorted((shared / "samples" / "ern").iterdir()):
        started = time.process_time()
        assert list(lint_path(sample, NOW))
        slow[sample.name] = time.process_time() - started
    assert {name: seconds for name, seconds in slow.items() if seconds >= LINT_SECONDS_MAX} == {}


@pytest.mark.parametrize("sample", sorted(NAMED_FAULTS))
def test_the_fault_in_the_name_of_a_sample_is_found(sample: str, shared: Path) -> None:
    rule, words = NAMED_FAULTS[sample]
    (linted,) = lint(shared / "samples" / "ern" / sample)
    assert any(finding.rule == rule and words in finding.got for finding in linted.findings)


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=[pytest.mark.fuzz, pytest.mark.timeout(1_800)])])
def test_however_a_message_is_damaged_its_findings_have_places_and_its_edits_mend(count: int) -> None:
    seed = 11
    print(f"seed {seed}")
    rng = random.Random(seed)
    good = write_message(a_small_statement(), "4.3.2").replace(b"QZANT2600101", b"QZ-ANT-26-00101")
    for _ in range(count):
        linted = lint_bytes(damaged(good, rng), NOW, file="m.xml")
        for remark in linted.remarks:
            region = remark.region
            assert region is None or linted.source.excerpt(region) is not None
        rewrite = plan_rewrite(linted, linted.remarks)
        if rewrite is not None:
            again = lint_bytes(rewrite.after, NOW, file="m.xml")
            assert again.source.misread_at is None
            assert plan_rewrite(again, again.remarks) is None


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a message with something put in, changed, taken out or repeated that senders' systems do to them."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at:at] = rng.choice(
                    [
                        b"<",
                        b"&",
                        b"\xff",
                        b"]]>",
                        b"<!--",
                        b"<![CDATA[",
                        b"\xe2\x80\xae",
                        b"UK",
                        b"  ",
                        b"\r\n",
                        b"</a>",
                    ]
                )
            case 1:
                changed[at] = rng.randrange(256)
            case 2:
                del changed[at : at + rng.randint(1, 200)]
            case _:
                start = rng.randrange(len(changed))
                changed[at:at] = changed[start : start + rng.randint(1, 500)]
    return bytes(changed)
