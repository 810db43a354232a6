"""Sixty texts made to deceive: what becomes of them in findings, on a terminal and in JSON."""

import json
import unicodedata
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.cli.lint import lint
from antiphon.formats.ern import write_message
from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.findings import Severity
from antiphon.model.statement import Statement
from antiphon.rules.checking import EXCERPT_LENGTH_LIMIT
from antiphon.rules.text_rules import TEXT_LENGTH_LIMIT
from tests.builders import a_cover, a_recording, a_release, a_statement, changed
from tests.rules.checks import find

CONTROL = "a control character"
DIRECTION = "a control of writing direction"
LINES = "a line break or tabulator"
INVISIBLE = "an invisible character"
MEANINGLESS = "a character without a meaning"
MIXED = "a word of mixed alphabets"
SIGNS = "letters that are mathematical signs"
PILE = "a pile of marks"
LONG = f"of {1_000_000} characters"

HOSTILE = [
    ("Harbour\x00Light", CONTROL),
    ("\x1b[31mHarbour\x1b[0m", CONTROL),
    ("\x1b]0;owned\x07Harbour", CONTROL),
    ("\x1b]8;;http://example.org\x1b\\Harbour", CONTROL),
    ("\x9b31mHarbour", CONTROL),
    ("\x90q\x9cHarbour", CONTROL),
    ("Harbour\x08\x08\x08\x08\x08\x08\x08Safe", CONTROL),
    ("Harbour\x7f", CONTROL),
    ("\x0eHarbour\x0f", CONTROL),
    ("\x01\x02\x03", CONTROL),
    ("Harbour\n2026-01-01T00:00:00Z delivery accepted by admin", LINES),
    ("Harbour\rSafe", LINES),
    ("Harbour\r\nSet-Cookie: a=b", LINES),
    ("Harbour\tLight", LINES),
    ("Harbour\x0b\x0cLight", LINES),
    ("Harbour\x85Light", LINES),
    ("Harbour\u2028Light", LINES),
    ("Harbour\u2029Light", LINES),
    ("Harbour \u202ethgiL", DIRECTION),
    ("\u202dHarbour", DIRECTION),
    ("\u202aHarbour\u202b", DIRECTION),
    ("Harbour\u202c", DIRECTION),
    ("\u2066Harbour", DIRECTION),
    ("\u2067\u2068Harbour\u2069", DIRECTION),
    ("cover\u202egpj.exe", DIRECTION),
    ("Har\u200bbour", INVISIBLE),
    ("Har\u2060bour", INVISIBLE),
    ("\ufeffHarbour", INVISIBLE),
    ("Har\u00adbour", INVISIBLE),
    ("\u3164", INVISIBLE),
    ("\u115f\u1160", INVISIBLE),
    ("Har\u2063bour", INVISIBLE),
    ("Harbour\u180e", INVISIBLE),
    ("Harbour\U000e0041\U000e0042", INVISIBLE),
    ("Harbour\ufff9light\ufffb", INVISIBLE),
    ("Har\u034fbour", INVISIBLE),
    ("Harbour\ue000", MEANINGLESS),
    ("Harbour\U000f0001", MEANINGLESS),
    ("Harbour\U0010fffd", MEANINGLESS),
    ("Harbour\ufdd0", MEANINGLESS),
    ("Harbour\ufffd", MEANINGLESS),
    ("Harbour\ufffc", MEANINGLESS),
    ("H\u0430rbour", MIXED),
    ("\u041darbour", MIXED),
    ("Harb\u03bfur", MIXED),
    ("\u0421li\u0435nt", MIXED),
    ("KoЯn", MIXED),
    ("𝐇𝐚𝐫𝐛𝐨𝐮𝐫", SIGNS),
    ("𝓗𝓪𝓻𝓫𝓸𝓾𝓻", SIGNS),
    ("H" + "\u0335\u0322\u0321\u0348\u0353\u0356" * 9 + "arbour", PILE),
    ("Harbour " * 125_000, LONG),
    ("a" * 1_000_000, LONG),
    ("a\u0301" * 500_000, LONG),
    ("<script>alert(1)</script>", ""),
    ("]]><!-- --> &lt;b&gt;", ""),
    ('"},{"rule":"I1","severity":"note"},{"', ""),
    ("%s%n%x {0} {self} ${jndi:ldap://x}", ""),
    ("'; DROP TABLE findings; --", ""),
    ('=HYPERLINK("x";"y")', ""),
    ("../../../etc/passwd", ""),
    ("\\u202e \\x1b[31m", ""),
]
"""What is sent, and what the finding calls it; empty: it deceives no reader, and must only not break a surface."""

HARMLESS = [
    "שיר \u200fHarbour\u200f",
    "نور\u200cها",
    "क्\u200dष",
    "Phở Đặc Biệt",
    "Beyoncé",
    "Mo\u0308tley Cru\u0308e",
    "ΑΒΓ and Harbour",
    "Ⅷ",
    "β-Carotene",
    "Ｈａｒｂｏｕｒ",
    "夢\u3000のはじまり",
    "한국어 Harbour",
    "Ελλάδα",
    "Наутилус Помпилиус",
]


def titled(text: str) -> Statement:
    track = a_recording(1, titles=(ScopedText(value=text),))
    return a_statement(resources=(track, a_recording(2), a_cover()))


def named(text: str) -> Statement:
    track = a_recording(1, display_artists=(Credit(name=text),), display_artist_names=(ScopedText(value=text),))
    return a_statement(resources=(track, a_recording(2), a_cover()))


def is_safe(text: str) -> bool:
    """Tell whether a text can neither move a cursor, nor pose as another line, nor turn what stands beside it."""
    return all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in text)


@pytest.mark.parametrize(("text", "kind"), HOSTILE, ids=[ascii(text[:20]) for text, _ in HOSTILE])
def test_a_deceptive_text_is_found_and_never_repeated_as_it_is(text: str, kind: str) -> None:
    for statement in (titled(text), named(text)):
        findings = find(statement)
        assert not kind or any(f.rule == "M9" and kind in f.got for f in findings)
        for finding in findings:
            said = (finding.got, finding.expected, finding.fix, finding.message, finding.place.path)
            assert all(map(is_safe, said))
            assert all(len(part) <= EXCERPT_LENGTH_LIMIT + 3 for part in said)


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_what_a_language_is_written_with_is_no_deception(text: str) -> None:
    assert find(titled(text), "M9") == []
    assert find(named(text), "M9") == []


def test_only_what_deceives_everywhere_or_is_cut_holds_a_delivery() -> None:
    stopping = {kind for text, kind in HOSTILE if any(f.severity.stops for f in find(titled(text), "M9"))}
    assert stopping == {CONTROL, DIRECTION, LONG}
    assert {f.severity for f in find(titled("Har\u200bbour"), "M9")} == {Severity.WARN}


def test_a_text_of_exactly_the_limit_is_not_too_long() -> None:
    assert find(titled("a" * TEXT_LENGTH_LIMIT), "M9") == []
    assert len(find(titled("a" * (TEXT_LENGTH_LIMIT + 1)), "M9")) == 1


@pytest.fixture(scope="module")
def hostile_messages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of messages, one for each hostile text that XML can carry."""
    folder = tmp_path_factory.mktemp("hostile")
    message = write_message(titled("PLACEHOLDER"), "4.3.2").decode()
    for number, (text, _) in enumerate(HOSTILE):
        if not any(ord(c) < 32 and c not in "\t\n\r" for c in text):
            written = message.replace("PLACEHOLDER", escape(text, {"\r": "&#13;"}))
            (folder / f"{number:02}.xml").write_bytes(written.encode())
    return folder


def test_a_terminal_shows_hostile_messages_line_by_line(hostile_messages: Path) -> None:
    result = CliRunner().invoke(lint, [str(hostile_messages)])
    assert result.exit_code == 1
    assert all(map(is_safe, result.output.split("\n")))
    assert max(map(len, result.output.split("\n"))) < 2 * EXCERPT_LENGTH_LIMIT + 500
    assert "M9" in result.output


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_json_of_hostile_messages_is_json_and_holds_nothing_that_deceives(hostile_messages: Path, form: str) -> None:
    result = CliRunner().invoke(lint, ["--format", form, str(hostile_messages)])
    assert result.exit_code == 1
    json.loads(result.stdout)
    assert is_safe(result.stdout.replace("\n", ""))


def test_a_page_of_hostile_messages_runs_nothing_of_theirs(hostile_messages: Path) -> None:
    result = CliRunner().invoke(lint, ["--format", "html", str(hostile_messages)])
    assert result.exit_code == 1
    assert "<script>alert" not in result.stdout
    assert is_safe(result.stdout.replace("\n", "").replace("\t", ""))


WRITTEN = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [text for text, kind in HOSTILE if kind != LONG]
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(title=WRITTEN, version=WRITTEN, name=WRITTEN, isrc=WRITTEN, icpn=WRITTEN)
def test_whatever_is_written_the_rules_answer_and_repeat_it_safely(
    title: str, version: str, name: str, isrc: str, icpn: str
) -> None:
    track = a_recording(
        1,
        titles=(ScopedText(value=title, subtitle=version),),
        display_artists=(Credit(name=name),),
        ids=(DeliveredId(scheme=IdScheme.ISRC, text=isrc),),
        language=version,
    )
    release = a_release(2, ids=(DeliveredId(scheme=IdScheme.ICPN, text=icpn),), titles=track.titles)
    statement = a_statement(resources=(track, a_recording(2), a_cover()))
    for finding in find(changed(statement, releases=(release, *statement.releases[1:]))):
        assert all(map(is_safe, (finding.got, finding.expected, finding.fix, finding.message)))
