"""Log lines: declared, one line each, without secrets."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from antiphon.telemetry import LogFormat, configure_logging, log_event
from antiphon.telemetry.definitions import DELIVERY_FAILED, VERSION_APPLIED, LogEvent
from antiphon.telemetry.redaction import REDACTED, TEXT_CHARACTERS_MAX, clean_text, redact

TEST = LogEvent(name="tested", help="Only here.", fields=("value",))
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def json_lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [msgspec.json.decode(line, type=dict[str, object]) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("fields", [{}, {"value": 1, "more": 2}, {"valeu": 1}])
def test_fields_other_than_the_declared_ones_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="tested"):
        log_event(TEST, **fields)


@pytest.mark.parametrize(
    "name",
    ["token", "access_token", "refreshTokens", "Authorization", "client_secret", "signing_key", "X-Api-Key", "cookie"],
)
def test_what_a_secrets_name_holds_is_never_written(name: str) -> None:
    assert redact(name, "hunter2") == REDACTED
    assert redact(name, ["hunter2"]) == REDACTED
    assert redact("headers", {"outer": [{name: "hunter2"}]}) == {"outer": [{name: REDACTED}]}


@pytest.mark.parametrize("name", ["release_key", "monkey", "keyboard", "tokenizer", "message_id", "secretary"])
def test_a_harmless_name_is_left_alone(name: str) -> None:
    assert redact(name, "value") == "value"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer hunter2hunter2",
        "authorization: basic aHVudGVyMg==hunter2",
        "GET /stream/a.opus?stream_token=hunter2&x=1",
        "client_secret=hunter2",
        "postgresql://antiphon:hunter2@db/record",
        "https://store/blob?X-Amz-Signature=hunter2",
    ],
)
def test_a_secret_inside_a_text_is_cut_out(text: str) -> None:
    assert "hunter2" not in clean_text(text)
    assert REDACTED in clean_text(text)
    assert clean_text(f"failed: {JWT}.") == f"failed: {REDACTED}."


FORGERIES = {
    "line feed": "x\n2026-07-01T00:00:00Z info delivery_accepted",
    "carriage return": "x\rrewritten",
    "terminal": "x\x1b[2J\x1b]0;owned\x07",
    "null": "x\0y",
    "bidi": "x\u202egnp.exe",
    "isolate": "x\u2066y",
    "line separator": "x\u2028y",
    "next line": "x\x85y",
    "zero width": "x\u200by",
    "lone surrogate": "x\udc80y",
}


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("kind", FORGERIES)
def test_no_text_makes_a_second_line_or_drives_a_terminal(stream: io.StringIO, kind: str, form: LogFormat) -> None:
    configure_logging(form, logging.INFO, stream)
    log_event(TEST, value=FORGERIES[kind])
    logging.getLogger("a.library").warning("said %s", FORGERIES[kind])
    log_event(TEST, value={FORGERIES[kind]: [FORGERIES[kind]]})
    lines = stream.getvalue()
    assert lines.count("\n") == len(lines.splitlines()) == 3
    assert lines.replace("\n", "").isprintable()


@pytest.mark.parametrize("form", LogFormat)
def test_a_traceback_forges_no_line_and_keeps_no_secret(stream: io.StringIO, form: LogFormat) -> None:
    configure_logging(form, logging.INFO, stream)
    try:
        raise ValueError("token=hunter2\n2026-07-01T00:00:00.000+00:00 info     delivery_accepted")
    except ValueError as error:
        log_event(DELIVERY_FAILED, delivery_id="d", stage="read", error="ValueError", exc_info=error)
    written = stream.getvalue()
    assert "test_logs.py" in written
    assert "hunter2" not in written
    assert [line for line in written.splitlines() if line.startswith("2026-07-01")] == []


def test_a_long_text_is_cut_and_says_so() -> None:
    cut = clean_text("x" * 1_000_000)
    assert len(cut) < TEXT_CHARACTERS_MAX + 50
    assert cut.endswith("... (1000000 characters)")


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["x", "token", "a-", "://", "bearer ", "eyJ.", "=token"])
def test_no_text_makes_the_search_for_secrets_slow(text: str) -> None:
    for _ in range(10):
        clean_text(text * 100_000)


def test_names_and_titles_keep_their_own_scripts() -> None:
    for title in ("Björk", "Кино", "坂本龍一", "أم كلثوم", "AC/DC – «Live» 100 %", "שיר", "नाद", "🎹"):
        assert clean_text(title) == title


def test_a_json_line_has_when_how_grave_what_whose_and_the_fields(stream: io.StringIO) -> None:
    configure_logging(LogFormat.JSON, logging.INFO, stream, process="follower")
    log_event(VERSION_APPLIED, version=12, elapsed_ms=3)
    (line,) = json_lines(stream)
    assert str(line.pop("at")).endswith("+00:00")
    assert line == {"level": "info", "event": "version_applied", "process": "follower", "version": 12, "elapsed_ms": 3}


def test_a_console_line_says_the_same_for_people(stream: io.StringIO) -> None:
    configure_logging(LogFormat.CONSOLE, logging.INFO, stream)
    log_event(TEST, value='two "words"')
    assert stream.getvalue().endswith('+00:00 info     tested value="two \\"words\\""\n')


def test_libraries_lines_take_the_same_form(stream: io.StringIO) -> None:
    configure_logging(LogFormat.JSON, logging.INFO, stream)
    logging.getLogger("a.library").warning("could not reach %s", "s3://user:hunter2@store")
    (line,) = json_lines(stream)
    assert line["logger"] == "a.library"
    assert line["event"] == f"could not reach s3://{REDACTED}@store"


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    configure_logging(LogFormat.JSON, logging.WARNING, stream)
    log_event(TEST, value=1)
    assert stream.getvalue() == ""


def test_configuring_again_replaces_the_first(stream: io.StringIO) -> None:
    configure_logging(LogFormat.JSON, logging.INFO, io.StringIO())
    configure_logging(LogFormat.JSON, logging.INFO, stream)
    log_event(TEST, value=1)
    assert len(json_lines(stream)) == 1
