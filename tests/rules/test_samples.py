"""The rules on messages of others: the faults that are there are found, and none that are not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.formats.ern import read_message
from antiphon.model.errors import Rejected
from antiphon.model.findings import Finding
from antiphon.model.statement import Statement
from antiphon.rules import CheckContext, check_statement

NOW = datetime(2026, 11, 1, tzinfo=UTC)

FAULTS = {
    "dedex_007_zero_image.xml": ("M7", "no front cover image"),
    "dedex_011_one_resource_unused.xml": ("M8", "resource A2 on no release"),
    "dedex_013_isrc_empty_string.xml": ("I1", "no ISRC, or an empty one"),
}
"""What the file names say is wrong, and the finding that says so."""

GOOD = "dedex_001_audioalbum_complete.xml"

STOPPED = {
    "ern38x_relprofile_Profile_DigitalClassicalAudioAlbum_BestOf.xml": {"I1"},  # ISRCs "XXXX"
    "ern411_official_3_MixedMedia.xml": {"I7"},  # an ICPN whose check digit does not fit
    "ern43_official_3_MixedMedia.xml": {"I7"},
    "ern42_official_8_DjMix.xml": {"I7"},
    "ern431_official_8_DjMix.xml": {"I7"},
}
"""Official examples with identifiers made up so that they cannot be right; all others have nothing that stops them."""


def read(path: Path) -> Statement:
    return read_message(path.read_bytes(), file=path.name)


def check(statement: Statement) -> tuple[Finding, ...]:
    return check_statement(statement, CheckContext(now=NOW, message_file="message.xml"))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_fault_a_sample_is_named_after_is_found_and_is_not_in_the_good_one(shared: Path, name: str) -> None:
    rule, got = FAULTS[name]
    folder = shared / "samples" / "ern"
    assert any(f.rule == rule and f.got == got and f.place.line for f in check(read(folder / name)))
    assert not any(f.rule == rule for f in check(read(folder / GOOD)))


def test_malformed_xml_is_refused_by_its_reader(shared: Path) -> None:
    with pytest.raises(Rejected):
        read(shared / "samples" / "ern" / "dedex_002_erroneous_xml.xml")


def test_a_message_that_marks_no_main_release_is_told_so(shared: Path) -> None:
    assert any(f.rule == "M1" for f in check(read(shared / "samples" / "ern" / "dedex_009_no_main_release.xml")))


def test_an_unknown_element_is_named_and_is_the_only_fault_beside_those_of_the_good_one(shared: Path) -> None:
    folder = shared / "samples" / "ern"
    good = [f.rule for f in check(read(folder / GOOD))]
    found = check(read(folder / "dedex_005_not_valid_xsd.xml"))
    assert [f.place.path for f in found if f.rule == "D1"] == [
        "/NewReleaseMessage/ResourceList/SoundRecording[1]/FakeTag"
    ]
    assert [f.rule for f in found if f.rule != "D1"] == good


def test_a_good_purge_has_no_faults(shared: Path) -> None:
    assert check(read(shared / "samples" / "ern" / "dedex_017_purged_release.xml")) == ()


def test_nothing_stops_an_official_example_that_is_a_whole_message(shared: Path) -> None:
    folder = shared / "samples" / "ern"
    names = [path for pattern in ("*_official*", "*_relprofile_*") for path in sorted(folder.glob(f"ern{pattern}.xml"))]
    stopped: dict[str, set[str]] = {}
    for path in names:
        try:
            findings = check(read(path))
        except Rejected:  # one is an excerpt without a header
            continue
        rules = {finding.rule for finding in findings if finding.severity.stops}
        if rules:
            stopped[path.name] = rules
    assert len(names) > 25
    assert stopped == STOPPED


def test_every_message_that_can_be_read_can_be_checked(shared: Path) -> None:
    checked = 0
    for path in sorted((shared / "samples" / "ern").glob("*.xml")):
        try:
            statement = read(path)
        except Rejected:
            continue
        for finding in check(statement):
            assert finding.got
            assert finding.expected
            assert finding.fix
        checked += 1
    assert checked >= 70
