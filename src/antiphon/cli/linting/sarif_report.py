"""A run as SARIF, which code hosts and editors show beside the lines. Source: OASIS SARIF 2.1.0 (errata 01)."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from antiphon import __version__
from antiphon.cli.linting.excerpt import cut_excerpt, showable
from antiphon.cli.linting.wording import has_own_words, say_fault
from antiphon.intake.linting import Edit, LintedMessage, Region, Remark
from antiphon.model.findings import Severity
from antiphon.rules import Rule, find_rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SNIPPET_CHARACTERS = 400
"""Characters of a source line that are repeated: a minified message has a megabyte in one."""

LEVELS = {Severity.FATAL: "error", Severity.HOLD: "error", Severity.WARN: "warning", Severity.NOTE: "note"}
"""SARIF has no word for what waits for a person; whatever stops a delivery is an error. Our own word is a property."""

Json = dict[str, Any]


def render_sarif(messages: Sequence[LintedMessage], refused: Sequence[str], exit_code: int) -> str:
    """Return the run as a SARIF log. ``refused``: what is said of each path that could not be linted."""
    ids = list(dict.fromkeys(remark.finding.rule for message in messages for remark in message.remarks))
    results = [_result(message, remark, ids) for message in messages for remark in message.remarks]
    invocation: Json = {"executionSuccessful": not refused, "exitCode": exit_code}
    if refused:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": showable(said)}} for said in refused
        ]
    log: Json = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "antiphon",
                        "version": __version__,
                        "rules": [_describe_rule(id_) for id_ in ids],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [invocation],
                "results": results,
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _describe_rule(id_: str) -> Json:
    rule = find_rule(id_)
    if rule is None:
        return {"id": id_, "shortDescription": {"text": "The message or folder cannot be read."}}
    return {
        "id": id_,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {"text": _help(rule), "markdown": _help(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"severity": rule.severity.value, "source": rule.source},
    }


def _help(rule: Rule) -> str:
    said = "\n\n".join(filter(None, (f"{rule.title}.", rule.why, f"What to do: {rule.fix}.")))
    return f"{said}\n\nSource: {rule.source}. `antiphon rules {rule.id}` shows an example."


def _result(message: LintedMessage, remark: Remark, ids: list[str]) -> Json:
    finding = remark.finding
    location: Json = {"physicalLocation": {"artifactLocation": {"uri": _uri(message.file)}}}
    if remark.region:
        snippet = cut_excerpt(message.source, remark.region, SNIPPET_CHARACTERS).text
        location["physicalLocation"]["region"] = {**_region(remark.region), "snippet": {"text": snippet}}
    if finding.place.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.place.path, "kind": "element"}]
    result: Json = {
        "ruleId": finding.rule,
        "ruleIndex": ids.index(finding.rule),
        "level": LEVELS[finding.severity],
        "message": {"text": _say(remark)},
        "locations": [location],
        "partialFingerprints": {"antiphonFinding/v1": finding.id},
        "properties": {
            "severity": finding.severity.value,
            "got": finding.got,
            "expected": finding.expected,
            "fix": finding.fix,
        },
    }
    if remark.edits:
        result["fixes"] = [_fix(message, remark)]
    return result


def _say(remark: Remark) -> str:
    finding = remark.finding
    said = say_fault(finding).removesuffix(".")
    if has_own_words(finding) and finding.got:
        said = f"{said}: got {finding.got}; expected {finding.expected}"
    parts = (f"{said}.", f"{remark.hint}." if remark.hint else "", f"What to do: {finding.fix}." if finding.fix else "")
    return showable(" ".join(filter(None, parts)))


def _fix(message: LintedMessage, remark: Remark) -> Json:
    return {
        "description": {"text": showable(remark.finding.fix)},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(message.file)},
                "replacements": [_replacement(message, edit) for edit in remark.edits],
            }
        ],
    }


def _replacement(message: LintedMessage, edit: Edit) -> Json:
    return {
        "deletedRegion": _region(message.source.region(edit.start, edit.end)),
        "insertedContent": {"text": edit.text},
    }


def _region(region: Region) -> Json:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _uri(file: str) -> str:
    """Return a file's name as a URI: relative as it was given, or absolute."""
    return Path(file).as_uri() if Path(file).is_absolute() else quote(os.fsencode(file))
