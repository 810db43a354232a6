"""A rule's example, played: the message that is changed, and what all rules then find in it.

The pages of rules and ``antiphon rules ID`` show this, and a test holds every example to it.
"""

import difflib
from collections.abc import Iterator
from importlib.resources import files

import msgspec

from antiphon.formats.ern import read_message
from antiphon.model.errors import Rejected
from antiphon.model.findings import Finding, sort_findings
from antiphon.rules import check_media, check_statement
from antiphon.rules.example import Edit, Example, Given, apply_edits

CONTEXT_LINES = 2
"""Lines shown around a change: enough to see which element it is in."""


class PlayedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One half of an example. ``diff`` are the lines that differ from the good message, as ``diff -u`` writes them.

    Empty: it is the good message itself. ``words`` tell what else is given; ``findings`` are those of every rule.
    """

    words: str
    diff: tuple[str, ...]
    findings: tuple[Finding, ...]


def play_failing(example: Example) -> PlayedMessage:
    """Return what comes of the example's half in which its rule finds something. Raises: Broken for a bad edit."""
    return _play(example.base, example.fails, example.fails_given)


def play_passing(example: Example) -> PlayedMessage:
    """Return what comes of the example's half in which its rule finds nothing. Raises: Broken for a bad edit."""
    return _play(example.base, example.passes, example.passes_given)


def _play(base: str, edits: tuple[Edit, ...], given: Given) -> PlayedMessage:
    good = (files("antiphon.rules.examples") / base).read_text(encoding="utf-8")
    text = apply_edits(good, edits)
    return PlayedMessage(words=given.words, diff=tuple(_compare(good, text)), findings=_find(text, given))


def _compare(good: str, text: str) -> Iterator[str]:
    lines = difflib.unified_diff(good.splitlines(), text.splitlines(), n=CONTEXT_LINES, lineterm="")
    return (line for line in lines if not line.startswith(("---", "+++")))


def _find(text: str, given: Given) -> tuple[Finding, ...]:
    try:
        statement = read_message(text.encode(), file=given.context.message_file)
    except Rejected as rejected:
        return (rejected.as_finding(),)
    found = list(check_statement(statement, given.context, given.policy))
    if given.media:
        found += check_media(statement, given.media, given.context, given.policy)
    return sort_findings(found)
