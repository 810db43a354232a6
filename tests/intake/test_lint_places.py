"""Where a finding is: lines and columns of the very characters, whatever the file looks like."""

from datetime import UTC, datetime

import pytest

from antiphon.formats.ern import write_message
from antiphon.intake.linting import Region, Remark, lint_bytes
from antiphon.intake.linting.markup import MAX_MAPPED_CHARACTERS, Markup
from antiphon.intake.linting.source import read_source
from antiphon.intake.linting.spotting import spot_finding
from antiphon.model.findings import Finding, Place, Severity
from tests.intake.deliveries import a_small_statement

NOW = datetime(2026, 1, 6, tzinfo=UTC)

DOCUMENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- <ISRC>commented</ISRC> -->
<ern:Message xmlns:ern="urn:x"
    Language="en">
  <List>
    <Item>
      <ISRC> QZ-ANT </ISRC><Title>R&amp;B</Title>
      <Note><![CDATA[<ISRC>quoted</ISRC>]]></Note>
    </Item>
    <Item Kind="second &quot;one&quot;"
          Other='x'>
      <ISRC>QZ-ANT</ISRC>
      <Empty/>
    </Item>
  </List>
</ern:Message>
"""


def a_finding(*, got: str, path: str = "", line: int = 0) -> Finding:
    return Finding(rule="I1", severity=Severity.WARN, place=Place(file="m.xml", line=line, path=path), got=got)


def spotted(finding: Finding, document: str = DOCUMENT) -> str:
    """Return "line:column text" of where a finding is found to be."""
    source = read_source(document.encode())
    region = spot_finding(finding, source, Markup(source.text))
    assert region is not None
    line = source.line(region.line)
    end = region.end_column - 1 if region.end_line == region.line else len(line)
    return f"{region.line}:{region.column} {line[region.column - 1 : end]}"


def test_what_cannot_be_found_is_at_its_element_and_never_guessed_elsewhere() -> None:
    assert spotted(a_finding(got="no title", path="/Message/List/Item[2]")) == "10:5 <Item"
    assert spotted(a_finding(got="title 'Elsewhere'", path="/Message/List/Item[1]")) == "6:5 <Item>"
    assert spotted(a_finding(got="'commented'", path="/Message/List/Item[1]")) == "6:5 <Item>"
    assert spotted(a_finding(got="Album of 2 tracks", path="/Message/List/Item[1]")) == "6:5 <Item>"


def test_what_is_about_the_message_as_a_whole_has_no_place() -> None:
    source = read_source(DOCUMENT.encode())
    assert spot_finding(a_finding(got="ISRC 'QZ-ANT'"), source, Markup(source.text)) is None


def test_a_value_is_found_in_its_own_element_without_the_white_space_around_it() -> None:
    assert spotted(a_finding(got="ISRC 'QZ-ANT'", path="/Message/List/Item[1]")) == "7:14 QZ-ANT"
    assert spotted(a_finding(got="ISRC 'QZ-ANT'", path="/Message/List/Item[2]")) == "12:13 QZ-ANT"


def test_a_value_is_found_as_it_was_escaped_and_in_attributes() -> None:
    assert spotted(a_finding(got="title 'R&B'", path="/Message/List/Item[1]")) == "7:35 R&amp;B"
    assert spotted(a_finding(got="""kind 'second "one"'""", path="/Message/List/Item[2]")) == (
        "10:17 second &quot;one&quot;"
    )


def test_a_line_narrows_a_path_and_the_end_of_an_opening_tag_is_its_line() -> None:
    assert spotted(a_finding(got="no file", path="/Message/List/Item[2]", line=11)) == "10:5 <Item"
    assert spotted(a_finding(got="no file", path="/Message/List/Item[2]", line=13)) == "13:7 <Empty/>"
    assert spotted(a_finding(got="no file", line=7)) == "7:7 <ISRC>"


def test_a_path_that_is_none_falls_back_to_the_line_and_then_to_the_message() -> None:
    assert spotted(a_finding(got="x", path="/Message/Nothing[3]", line=12)) == "12:7 <ISRC>"
    assert spotted(a_finding(got="no header", path="MessageHeader/MessageId")) == "3:1 <ern:Message"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_columns_count_characters_in_every_encoding(encoding: str, line_end: str) -> None:
    text = write_message(a_small_statement(), "4.3.2").decode().replace("\n", line_end)
    text = text.replace("encoding='UTF-8'", f"encoding='{encoding.removesuffix('-sig')}'")
    text = text.replace("<ISRC>QZANT2600101</ISRC>", "<!-- é --><ISRC>QZ-ANT2600101</ISRC>")
    linted = lint_bytes(text.encode(encoding), NOW, file="m.xml")
    remark = the_remark_of("I1", linted.remarks)
    assert remark.region is not None
    assert linted.source.line(remark.region.line)[remark.region.column - 1 : remark.region.end_column - 1] == (
        "QZ-ANT2600101"
    )
    assert linted.source.line(remark.region.line).strip().startswith("<!-- é -->")


def test_bytes_that_are_no_text_are_pointed_at_with_what_they_may_mean() -> None:
    data = write_message(a_small_statement(), "4.3.2").replace(b"Paper Lantern", b"Caf\xe9 Lantern", 1)
    linted = lint_bytes(data, NOW, file="m.xml")
    (remark,) = linted.remarks
    assert remark.finding.rule == "NewReleaseMessageInvalid"
    assert remark.region is not None
    assert linted.source.line(remark.region.line)[: remark.region.column - 1].endswith("Caf")
    assert "'é' in Windows-1252" in remark.hint


def test_lines_are_those_of_the_parser_whatever_else_breaks_lines() -> None:
    text = write_message(a_small_statement(), "4.3.2").decode()
    text = text.replace("Paper Lantern", "Paper\x85Lan\u2028tern", 1).replace("QZANT2600101", "QZ-ANT2600101")
    linted = lint_bytes(text.encode(), NOW, file="m.xml")
    remark = the_remark_of("I1", linted.remarks)
    assert remark.region is not None
    assert "QZ-ANT2600101" in linted.source.line(remark.region.line)


def test_a_message_too_long_to_map_still_has_lines() -> None:
    text = DOCUMENT + " " * MAX_MAPPED_CHARACTERS
    source = read_source(text.encode())
    region = spot_finding(a_finding(got="ISRC 'QZ-ANT'", line=12), source, Markup(source.text))
    assert region == Region(line=12, column=7, end_line=12, end_column=26)


def test_a_region_is_where_slicing_finds_it() -> None:
    source = read_source(b"\xef\xbb\xbfab\ncd\n")
    assert source.region(0, 1) == Region(line=1, column=1, end_line=1, end_column=2)
    assert source.region(1, 4) == Region(line=1, column=2, end_line=2, end_column=2)
    assert [source.line(n) for n in (0, 1, 2, 3, 4)] == ["", "ab", "cd", "", ""]


def the_remark_of(rule: str, remarks: tuple[Remark, ...]) -> Remark:
    (remark,) = [remark for remark in remarks if remark.finding.rule == rule]
    return remark
