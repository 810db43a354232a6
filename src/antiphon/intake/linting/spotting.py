"""Where in the text a finding is: the value it is about where that can be found, else the element, else the line."""

import ast
import re

from antiphon.intake.linting.markup import Element, Markup, Span
from antiphon.intake.linting.source import Region, SourceText
from antiphon.model.findings import Finding

MAX_TAG_CHARACTERS = 120
"""Characters of an opening tag that are underlined whole; of a longer one, its name."""

MIN_NUMBER_LENGTH = 4
"""Characters of a number that is looked for in the message: a shorter one stands there for many things."""

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_BETWEEN_WORDS = re.compile(r"[\s,;:()]+")
_COLUMN = re.compile(r"\bcolumn (\d+)\b")


def spot_finding(finding: Finding, source: SourceText, markup: Markup | None) -> Region | None:
    """Return where a finding is; None where it is about the message as a whole and nothing can be shown."""
    if not finding.place.path and not finding.place.line:
        return None
    scope = _find_scope(finding, markup, source) if markup else None
    if markup and scope is not None:
        span = _find_value(finding, scope, markup) or _underline_tag(scope, markup)
        return source.region(span.start, span.end)
    return _underline_line(finding, source)


def scope_of(finding: Finding, source: SourceText, markup: Markup) -> Span | None:
    """Return the stretch of text a finding is about: its element; None where that cannot be told."""
    scope = _find_scope(finding, markup, source)
    return Span(scope.start, scope.end) if scope else None


def _find_scope(finding: Finding, markup: Markup, source: SourceText) -> Element | None:
    """Return the innermost element that path and line of a finding agree on."""
    element = markup.find(finding.place.path)
    if element is None:
        element = markup.root
    line = finding.place.line
    if element is None or not line:
        return element
    # A parser counts the line in which the opening tag ends.
    if source.region(element.opened, element.opened).line == line:
        return element
    return _find_on_line(element, line, source) or element


def _find_on_line(element: Element, line: int, source: SourceText) -> Element | None:
    """Return the outermost element inside another whose opening tag ends on a line."""
    if line >= len(source.line_starts) + 1:
        return None
    start = source.line_starts[line - 1]
    end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
    waiting = [element]
    while waiting:
        outer = waiting.pop()
        for child in outer.children:
            if start < child.opened <= end:
                return child
            if child.start < end and child.end > start:
                waiting.append(child)
    return None


def _find_value(finding: Finding, scope: Element, markup: Markup) -> Span | None:
    inside = Span(scope.start, scope.end)
    quoted = [_unquote(match[0]) for match in _QUOTED.finditer(finding.got)]
    if finding.got.startswith("no ") and not quoted:
        return None  # what is not there has no place but the element that lacks it
    for value in (*quoted, finding.got, *_telling_words(finding.got)):
        span = markup.find_value(value.strip(), inside) if value.strip() else None
        if span is not None and span.end > span.start:
            return span
    for value in quoted:
        at = markup.text.find(value, inside.start, inside.end) if len(value) > 1 else -1
        if at >= 0:
            return Span(at, at + len(value))
    return None


def _telling_words(text: str) -> list[str]:
    """Return the words that are likely to stand in the message: references and numbers, "A7" and "2010-10-01"."""
    words = _BETWEEN_WORDS.split(text)
    return [word for word in words if _has_digit(word) and (len(word) >= MIN_NUMBER_LENGTH or word[0].isalpha())]


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _underline_tag(element: Element, markup: Markup) -> Span:
    if element.opened - element.start <= MAX_TAG_CHARACTERS and "\n" not in markup.text[element.start : element.opened]:
        return Span(element.start, element.opened)
    end = markup.text.find(element.name, element.start) + len(element.name)
    return Span(element.start, end)


def _underline_line(finding: Finding, source: SourceText) -> Region | None:
    line = source.line(finding.place.line)
    column = _COLUMN.search(finding.got) if finding.place.line else None
    at = min(int(column[1]), len(line) + 1) if column else 0
    if at:
        return Region(line=finding.place.line, column=at, end_line=finding.place.line, end_column=at + 1)
    if not line.strip():
        return None
    indent = len(line) - len(line.lstrip())
    return Region(
        line=finding.place.line, column=indent + 1, end_line=finding.place.line, end_column=len(line.rstrip()) + 1
    )


def _unquote(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text[1:-1]
    return value if isinstance(value, str) else text[1:-1]
