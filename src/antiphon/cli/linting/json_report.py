"""A run as JSON, for programs. The shape is documented in docs/lint.md and stable: members are added, never changed."""

from collections.abc import Sequence

import msgspec

from antiphon import __version__
from antiphon.cli.linting.tally import Tally
from antiphon.intake.linting import LintedMessage, Region, Remark

SHAPE_VERSION = 1
"""Raised only where a member would change its meaning."""


class _Edit(msgspec.Struct, frozen=True, kw_only=True):
    region: Region
    text: str


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with the members and the id it has over HTTP, and where exactly it is."""

    id: str
    rule: str
    severity: str
    place: dict[str, str | int]
    got: str
    expected: str
    fix: str
    message: str
    region: Region | None
    edits: tuple[_Edit, ...]


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    file: str
    findings: tuple[_Finding, ...]


class _Run(msgspec.Struct, frozen=True, kw_only=True):
    shape_version: int
    antiphon_version: str
    summary: dict[str, int]
    messages: tuple[_Message, ...]
    refused: tuple[str, ...]


def render_json(messages: Sequence[LintedMessage], tally: Tally, refused: Sequence[str]) -> str:
    """Return the run as indented JSON. ``refused``: what is said of each path that could not be linted."""
    run = _Run(
        shape_version=SHAPE_VERSION,
        antiphon_version=__version__,
        summary={
            "messages": tally.messages,
            "fatal": 0,
            "hold": 0,
            "warn": 0,
            "note": 0,
            **dict(tally.counted()),
            "mendable": tally.mendable,
            "mended": tally.mended,
            "hidden": tally.hidden,
        },
        messages=tuple(
            _Message(file=_text(message.file), findings=tuple(_describe(remark, message) for remark in message.remarks))
            for message in messages
        ),
        refused=tuple(map(_text, refused)),
    )
    return msgspec.json.format(msgspec.json.encode(run), indent=2).decode()


def _describe(remark: Remark, message: LintedMessage) -> _Finding:
    finding = remark.finding
    return _Finding(
        id=finding.id,
        rule=finding.rule,
        severity=finding.severity.value,
        place={"file": _text(finding.place.file), "line": finding.place.line, "path": finding.place.path},
        got=finding.got,
        expected=finding.expected,
        fix=finding.fix,
        message=finding.message,
        region=remark.region,
        edits=tuple(_Edit(region=message.source.region(edit.start, edit.end), text=edit.text) for edit in remark.edits),
    )


def _text(file: str) -> str:
    """Return the name of a file as text: what of it is no UTF-8 is escaped."""
    return file.encode(errors="backslashreplace").decode()
