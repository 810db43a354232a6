"""The page of ``docs/metrics.md``, made of the definitions.

``python -m antiphon.telemetry.reference > docs/metrics.md`` writes it anew.
"""

import logging
import sys

from antiphon.telemetry.definitions import LOG_EVENTS, METRICS, LogEvent, Metric

_HEAD = """\
# Metrics and log events

Made of `src/antiphon/telemetry/definitions.py` by `python -m antiphon.telemetry.reference > docs/metrics.md`; a test
fails when the two differ.

## Metrics

`/ops/metrics` shows them for every process of the machine; the label `process` says whose they are. A metric appears
once its process has first used it.

| metric | kind | labels | what it says |
|---|---|---|---|
"""

_EVENTS_HEAD = """
## Log events

One line each, as JSON or as text. Every line has `at` (UTC), `level`, `event` and, under a supervisor, `process`; a
library's line has `logger`, a failure `exception`, the traceback line by line. What a field holds whose name says key,
token, secret, password, signature, cookie or authorization is never written, and secrets inside texts are cut out.

| event | level | fields | what it says |
|---|---|---|---|
"""


def describe_telemetry() -> str:
    """Return the page, in Markdown."""
    metrics = "".join(_describe_metric(metric) for metric in METRICS)
    events = "".join(_describe_event(event) for event in LOG_EVENTS)
    return f"{_HEAD}{metrics}{_EVENTS_HEAD}{events}"


def _describe_metric(metric: Metric) -> str:
    kind = type(metric).__name__.lower()
    return f"| `{metric.name}` | {kind} | {_code(metric.labels)} | {metric.help} |\n"


def _describe_event(event: LogEvent) -> str:
    level = logging.getLevelName(event.level).lower()
    return f"| `{event.name}` | {level} | {_code(event.fields)} | {event.help} |\n"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


if __name__ == "__main__":
    sys.stdout.write(describe_telemetry())
