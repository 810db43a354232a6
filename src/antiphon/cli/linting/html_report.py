"""A run as one page of HTML that needs nothing else: to send to whoever mends it, to read on a phone."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from antiphon import __version__
from antiphon.cli.linting.excerpt import Excerpt, cut_end, cut_excerpt, showable
from antiphon.cli.linting.tally import Tally
from antiphon.cli.linting.wording import has_own_words, say_fault
from antiphon.intake.linting import LintedMessage, Region, Remark, SourceText
from antiphon.rules import Rule, find_rule

EXCERPT_CHARACTERS = 160
"""Characters of a source line that are shown: as many as a wide screen has room for. A narrow one scrolls."""

CONTEXT_LINES = 2
"""Lines shown before and after it, so that one sees which element it is in."""


class _SourceLine(NamedTuple):
    number: int
    excerpt: Excerpt
    is_marked: bool


class _Card(NamedTuple):
    """One remark as the page shows it."""

    remark: Remark
    rule: Rule | None
    place: str
    lines: tuple[_SourceLine, ...]
    replacements: tuple[tuple[str, str], ...]


def render_html(messages: Sequence[LintedMessage], tally: Tally, refused: Sequence[str], now: datetime) -> str:
    """Return the page. ``refused``: what is said of each path that could not be linted."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters.update(showable=showable, say_fault=say_fault, has_own_words=has_own_words)
    template = environment.from_string((files("antiphon.cli.linting") / "report.html").read_text(encoding="utf-8"))
    return template.render(
        messages=[(message, [_card(message, remark) for remark in message.remarks]) for message in messages],
        tally=tally,
        counted=list(tally.counted()),
        refused=refused,
        now=now,
        version=__version__,
    )


def _card(message: LintedMessage, remark: Remark) -> _Card:
    region = remark.region
    text, room = message.source.text, EXCERPT_CHARACTERS
    return _Card(
        remark=remark,
        rule=find_rule(remark.finding.rule),
        place=f"line {region.line}, column {region.column}" if region else "the whole message",
        lines=tuple(_lines(message, remark)),
        replacements=tuple((cut_end(text[e.start : e.end], room), cut_end(e.text, room)) for e in remark.edits),
    )


def _lines(message: LintedMessage, remark: Remark) -> Iterator[_SourceLine]:
    region = remark.region
    if region is None:
        return
    last = min(region.line + CONTEXT_LINES, len(message.source.line_starts))
    numbers = range(max(1, region.line - CONTEXT_LINES), last + 1)
    excerpts = {number: _excerpt(message.source, region, number) for number in numbers}
    texts = [excerpt.text for excerpt in excerpts.values() if excerpt.text.strip()]
    indent = min((len(text) - len(text.lstrip()) for text in texts), default=0)
    for number, excerpt in excerpts.items():
        yield _SourceLine(number, excerpt.dedented(indent), is_marked=number == region.line)


def _excerpt(source: SourceText, region: Region, number: int) -> Excerpt:
    if number == region.line:
        return cut_excerpt(source, region, EXCERPT_CHARACTERS)
    return Excerpt(showable(cut_end(source.line(number), EXCERPT_CHARACTERS)), "", "")
