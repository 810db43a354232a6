"""Log lines: declared events, one line each, as JSON for machines or as text for people.

Everything goes through the standard library's logging, so that what libraries say gets the same form and the same
redaction; ``configure_logging`` is the only place that changes anything global, and only the shell calls it.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from antiphon.telemetry.definitions import LogEvent
from antiphon.telemetry.redaction import clean_text, redact

LOGGER_NAME = "antiphon"


class LogFormat(StrEnum):
    """How lines look."""

    JSON = "json"
    CONSOLE = "console"


def configure_logging(form: LogFormat, level: int, stream: TextIO, *, process: str = "") -> None:
    """Send every log line of this process to ``stream``, of ``level`` (logging's numbers) and above.

    ``process`` is on every line, so that a supervisor's processes can share a stream. Replaces what was configured.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _LineMaker(process),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render_json if form is LogFormat.JSON else _render_console,
            ]
        )
    )
    root = logging.getLogger()
    for earlier in root.handlers[:]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)


def log_event(event: LogEvent, /, *, exc_info: BaseException | None = None, **fields: object) -> None:
    """Write one line of a declared event, with the exception's traceback if one is given.

    Raises: ValueError (our fault) unless ``fields`` are exactly those the event declares.
    """
    if fields.keys() != set(event.fields):
        raise ValueError(f"event {event.name} got the fields {sorted(fields)}; expected {sorted(event.fields)}")
    logger = structlog.wrap_logger(
        logging.getLogger(LOGGER_NAME),
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    given = {"exc_info": exc_info} if exc_info else {}
    logger.log(event.level, event.name, **fields, **given)


class _LineMaker:
    """Puts a line together: when, how grave, what, which process, then the fields, redacted, then the traceback."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        record: logging.LogRecord = event["_record"]
        is_foreign = not event["_from_structlog"]
        said = event.pop("event")
        exception = event.pop("exc_info", None)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: EventDict = {"at": at, "level": record.levelname.lower(), "event": clean_text(str(said))}
        if self._process:
            line["process"] = self._process
        if is_foreign:
            line["logger"] = record.name
        line.update((name, value if name.startswith("_") else redact(name, value)) for name, value in event.items())
        if trace := _trace_lines(exception):
            line["exception"] = trace
        return line


def _trace_lines(exception: object) -> list[str]:
    """Return a traceback line by line, each cleaned: a message in it may be a sender's."""
    if isinstance(exception, BaseException):
        exception = (type(exception), exception, exception.__traceback__)
    if not isinstance(exception, tuple) or exception[0] is None:
        return []
    return [clean_text(line) for line in logging.Formatter().formatException(exception).splitlines()]


def _render_json(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    return msgspec.json.encode(line).decode()


def _render_console(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    fields = dict(line)
    trace: Sequence[str] = fields.pop("exception", ())
    at, level, event = (fields.pop(name) for name in ("at", "level", "event"))
    said = [f"{name}={_quote(value)}" for name, value in fields.items()]
    # The bar keeps a line of a traceback from passing for a log line of its own.
    return "\n".join([" ".join([at, f"{level:<8}", event, *said]), *(f"    | {entry}" for entry in trace)])


def _quote(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if text and not set(text) & set(' "=') else msgspec.json.encode(text).decode()
