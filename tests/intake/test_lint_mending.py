"""Mending: what is rewritten, what never is, and that nothing else of a file changes."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest, write_message
from antiphon.intake.linting import (
    LintedMessage,
    Rewrite,
    lint_again,
    lint_bytes,
    lint_path,
    plan_rewrite,
    write_rewrite,
)
from antiphon.intake.linting.rewriting import find_declared_hash
from antiphon.model.claims import HashSum
from antiphon.model.errors import Refused
from tests.intake.deliveries import a_small_statement, write_batch
from tests.intake.hostile_archives import a_zip

NOW = datetime(2026, 1, 6, tzinfo=UTC)
GOOD = write_message(a_small_statement(), "4.3.2").decode()


def a_rewrite(text: str, *, encoding: str = "utf-8") -> Rewrite | None:
    linted = lint_bytes(text.encode(encoding), NOW, file="m.xml")
    return plan_rewrite(linted, linted.remarks)


def changed_once(old: str, new: str, text: str = GOOD) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def a_broken_file(folder: Path) -> Path:
    path = folder / "R1.xml"
    path.write_bytes(changed_once("QZANT2600101", "qz-ant-26-00101").encode())
    return path


def the_message(path: Path) -> LintedMessage:
    (message,) = lint_path(path, NOW)
    return message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("QZANT2600101", "QZANT260010"),  # no ISRC whatever is done
        ("<ICPN>4006380000018</ICPN>", "<ICPN>4-006380-000019</ICPN>"),  # a wrong check digit
        ("QZANT2600101", "QZ-ANT<!-- registrant -->2600101"),  # somebody wrote that on purpose
        (">Worldwide</TerritoryCode>", ">DD</TerritoryCode>"),  # Germany is more than that was
        (
            ">Worldwide</TerritoryCode>",
            ">UK</TerritoryCode><TerritoryCode>GB</TerritoryCode>",
        ),  # it would be there twice
        ("Harbour Light No. 1", "Harbour\u00a0\u00a0Light"),  # no-break spaces are chosen
        ("<ISRC>QZANT2600101</ISRC>", "<ISRC></ISRC>"),
    ],
)
def test_what_takes_a_judgement_is_not_rewritten(old: str, new: str) -> None:
    assert a_rewrite(changed_once(old, new)) is None


def test_a_file_that_cannot_be_read_is_not_rewritten() -> None:
    assert a_rewrite(changed_once("QZANT2600101", "qz-ant-26-00101")[:-100]) is None


def test_a_good_message_has_nothing_to_mend() -> None:
    assert a_rewrite(GOOD) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("QZANT2600101", "QZ-ANT-26-00101"),
        ("QZANT2600101", "qz ant 26 00101"),
        ("<ICPN>4006380000018</ICPN>", "<ICPN>4 006380 000018</ICPN>"),
        (">Worldwide</TerritoryCode>", ">UK</TerritoryCode>"),
        ("<TitleText>Harbour Light No. 1<", "<TitleText>Harbour  Light \n\t No. 1<"),
    ],
)
def test_another_spelling_of_the_same_is_rewritten_and_its_finding_is_gone(old: str, new: str) -> None:
    broken = changed_once(old, new)
    rewrite = a_rewrite(broken)
    assert rewrite is not None
    expected = GOOD if "Worldwide" not in old else changed_once(">UK<", ">GB<", broken)
    assert rewrite.after.decode() == expected
    again = lint_bytes(rewrite.after, NOW, file="m.xml")
    assert plan_rewrite(again, again.remarks) is None
    before = {f.rule for f in lint_bytes(broken.encode(), NOW, file="m.xml").findings}
    assert {f.rule for f in again.findings} < before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_everything_around_a_mended_value_keeps_its_bytes(encoding: str) -> None:
    text = GOOD.replace("\n", "\r\n").replace("encoding='UTF-8'", f"encoding='{encoding.removesuffix('-sig')}'")
    text = changed_once("<ISRC>QZANT2600101</ISRC>", "<!-- é ü -->\t<ISRC >\r\n QZ-ANT-26-00101 </ISRC >", text)
    rewrite = a_rewrite(text, encoding=encoding)
    assert rewrite is not None
    assert rewrite.before == text.encode(encoding)
    assert rewrite.after == text.replace("QZ-ANT-26-00101", "QZANT2600101").encode(encoding)


def test_only_what_is_selected_is_mended() -> None:
    text = changed_once(">Worldwide</TerritoryCode>", ">UK</TerritoryCode>")
    linted = lint_bytes(changed_once("QZANT2600101", "QZ-ANT-26-00101", text).encode(), NOW, file="m.xml")
    rewrite = plan_rewrite(linted, [remark for remark in linted.remarks if remark.finding.rule == "P7"])
    assert rewrite is not None
    assert b"QZ-ANT-26-00101" in rewrite.after
    assert b">GB<" in rewrite.after


def test_more_findings_than_are_told_one_by_one_are_mended_at_once_and_no_others() -> None:
    start, end = GOOD.index("    <SoundRecording>"), GOOD.index("    </SoundRecording>")
    recording = GOOD[start:end].replace("QZANT2600101", "QZ-ANT-26-00101") + "    </SoundRecording>\n"
    many = "".join(recording.replace(">A1<", f">B{number}<") for number in range(150))
    text = changed_once("  </ResourceList>", f"{many}  </ResourceList>")
    text = changed_once(">Worldwide</TerritoryCode>", ">UK</TerritoryCode>", text)
    linted = lint_bytes(text.encode(), NOW, file="m.xml")
    told = [remark for remark in linted.remarks if remark.finding.rule == "I1"]
    assert len(told) == 101
    rewrite = plan_rewrite(linted, told)
    assert rewrite is not None
    assert b"QZ-ANT-26-00101" not in rewrite.after
    assert b">UK<" in rewrite.after


def test_a_difference_is_one_that_patch_takes() -> None:
    text = changed_once("QZANT2600101", "QZ-ANT-26-00101").replace(
        "<TitleText>Harbour Light No. 2<", "<TitleText>Harbour\n   Light No. 2<", 1
    )
    rewrite = a_rewrite(text)
    assert rewrite is not None
    assert rewrite.mended >= 2
    assert rewrite.difference[:2] == ("--- m.xml", "+++ m.xml")
    assert "-          <ISRC>QZ-ANT-26-00101</ISRC>" in rewrite.difference
    assert "+          <ISRC>QZANT2600101</ISRC>" in rewrite.difference
    assert patched(text, rewrite.difference) == rewrite.after.decode()


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = a_broken_file(tmp_path)
    path.chmod(0o640)
    message = the_message(path)
    rewrite = plan_rewrite(message, message.remarks)
    assert rewrite is not None
    write_rewrite(rewrite)
    assert path.read_text() == GOOD
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["R1.xml"]
    assert lint_again(message, rewrite.after).findings == the_message(path).findings


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = a_broken_file(tmp_path)
    message = the_message(path)
    rewrite = plan_rewrite(message, message.remarks)
    assert rewrite is not None
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Refused) as refused:
        write_rewrite(rewrite)
    assert refused.value.code == "FileChanged"
    assert b"qz-ant-26-00101" in path.read_bytes()


def test_an_archive_is_never_rewritten(tmp_path: Path) -> None:
    broken = changed_once("QZANT2600101", "qz-ant-26-00101").encode()
    (tmp_path / "R1.zip").write_bytes(a_zip(("R1/R1.xml", broken)))
    message = the_message(tmp_path / "R1.zip")
    rewrite = plan_rewrite(message, message.remarks)
    assert rewrite is not None
    with pytest.raises(Refused, match="unpack it first"):
        write_rewrite(rewrite)


def test_a_manifest_that_declares_a_hash_of_a_mended_message_is_named(tmp_path: Path) -> None:
    batch = write_batch(tmp_path, "20260105090000000", a_small_statement())
    folder = next(path for path in batch.iterdir() if path.is_dir())
    path = folder / f"{folder.name}.xml"
    path.write_bytes(path.read_bytes().replace(b"QZANT2600101", b"QZ-ANT2600101"))
    for hash_sum, named in ((HashSum(algorithm="MD5", value="0" * 32), True), (None, False)):
        entry = ManifestEntry(path=f"{folder.name}/{path.name}", hash_sum=hash_sum)
        (batch / f"BatchComplete_{batch.name}.xml").write_bytes(write_manifest(Manifest(messages=(entry,))))
        (message,) = lint_path(batch, NOW)
        rewrite = plan_rewrite(message, message.remarks)
        assert rewrite is not None
        assert bool(find_declared_hash(rewrite)) is named


def patched(text: str, difference: tuple[str, ...]) -> str:
    """Return the text with a unified difference applied, every line of which must fit."""
    lines = text.split("\n")
    result: list[str] = []
    at = 0
    for line in difference[2:]:
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0][1:]) - 1
            result += lines[at:start]
            at = start
        elif line.startswith("+"):
            result.append(line[1:])
        else:
            assert lines[at] == line[1:]
            result += [line[1:]] * line.startswith(" ")
            at += 1
    return "\n".join([*result, *lines[at:]])
