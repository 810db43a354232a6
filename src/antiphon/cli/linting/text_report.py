"""A run for a person at a terminal: like a compiler, and as it goes."""

import os
import shutil
import sys
from collections.abc import Callable

import click

from antiphon.cli.linting.excerpt import cut_excerpt, showable
from antiphon.cli.linting.tally import Tally
from antiphon.cli.linting.wording import has_own_words, say_fault
from antiphon.cli.printing import SEVERITY_COLOURS
from antiphon.intake.linting import LintedMessage, Remark, Rewrite
from antiphon.rules import find_rule

DEFAULT_COLUMNS = 120
"""Columns where nobody knows the terminal's: a log, a file."""

MIN_ROOM = 40
"""Columns of a source line that are shown, however narrow the terminal is."""

GUTTER = 7
"""Columns before a source line: its number."""

MANY_FINDINGS = 20
"""Findings from which on it is told which rules they are of: one mended template often ends most of them."""

MOST_RULES = 5
"""Rules that are told then."""

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def wants_colour() -> bool:
    """Tell whether standard output is coloured: a terminal that can, unless NO_COLOR is set; always with FORCE_COLOR.

    Source: no-color.org, force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class TextReport:
    """Prints a run. ``is_brief``: one line per finding, for programs that read compilers' output."""

    def __init__(self, write: Callable[[str], None], *, colour: bool, is_brief: bool = False) -> None:
        self._write = write
        self._colour = colour
        self._is_brief = is_brief
        self._explained: set[str] = set()
        columns = shutil.get_terminal_size((DEFAULT_COLUMNS, 24)).columns
        self._room = max(MIN_ROOM, columns - GUTTER - 2)

    def print_message(self, message: LintedMessage) -> None:
        """Print what was found in a message."""
        for remark in message.remarks:
            self._print_remark(message, remark)

    def print_difference(self, rewrite: Rewrite) -> None:
        """Print what a rewrite changes, as ``diff -u`` does. On a terminal nothing in it drives the terminal."""
        for line in rewrite.difference:
            is_head = line.startswith(("---", "+++"))
            style = {"bold": True} if is_head else {"fg": DIFF_COLOURS.get(line[:1])}
            self._write(self._style(showable(line.removesuffix("\r")), **style) if self._colour else line)

    def print_summary(self, tally: Tally, seconds: float) -> None:
        """Print what the run comes to in one line."""
        messages = f"{tally.messages} {'message' if tally.messages == 1 else 'messages'} checked in {seconds:.2f} s"
        counted = [
            self._style(f"{count} {severity}", fg=SEVERITY_COLOURS[severity], bold=True)
            for severity, count in tally.counted()
        ]
        parts = [f"{messages}: {', '.join(counted)}" if counted else f"{messages}: {self._say_clean(tally)}"]
        if tally.mended:
            parts.append(f"{tally.mended} mended")
        if tally.mendable:
            parts.append(f"--fix mends {tally.mendable}")
        if tally.hidden:
            parts.append(f"{tally.hidden} not shown")
        self._write("; ".join(parts))
        if tally.rules.total() >= MANY_FINDINGS and len(tally.rules) > 1 and not self._is_brief:
            most = ", ".join(f"{rule} ({count})" for rule, count in tally.rules.most_common(MOST_RULES))
            self._write(f"most often: {most}")

    def _say_clean(self, tally: Tally) -> str:
        if tally.hidden:
            return "nothing of what was asked for"
        return self._style("nothing to mend", fg="green", bold=True) + " (media were not decoded)"

    def _print_remark(self, message: LintedMessage, remark: Remark) -> None:
        finding, region = remark.finding, remark.region
        line, column = (region.line, region.column) if region else (finding.place.line or 1, 1)
        place = self._style(f"{showable(message.file)}:{line}:{column}:", bold=True)
        weight = self._style(f"{finding.severity} {finding.rule}", fg=SEVERITY_COLOURS[finding.severity], bold=True)
        mends = " (--fix)" if self._is_brief and remark.edits else ""
        self._write(f"{place} {weight}: {showable(say_fault(finding))}{mends}")
        if self._is_brief:
            return
        has_label = self._print_source(message, remark)
        sign = self._style("=".rjust(GUTTER), fg="blue")
        for name, text in self._details(remark, has_label=has_label):
            self._write(f"{sign} {self._style(name, bold=True)}: {showable(text)}")
        self._write("")

    def _print_source(self, message: LintedMessage, remark: Remark) -> bool:
        """Print the line of a remark with its value underlined; tell whether what was got stands beside the carets."""
        region = remark.region
        if region is None:
            return False
        excerpt = cut_excerpt(message.source, region, self._room)
        gutter = self._style(f"{region.line:>{GUTTER - 2}} |", fg="blue")
        blank = self._style(f"{'':>{GUTTER - 2}} |", fg="blue")
        self._write(f"{gutter} {excerpt.text.rstrip()}")
        label = f"got {showable(remark.finding.got)}" if has_own_words(remark.finding) and remark.finding.got else ""
        has_label = bool(label) and len(excerpt.underline) + len(label) + 1 <= self._room
        carets = f"{excerpt.underline}{' ' + label if has_label else ''}"
        self._write(f"{blank} {self._style(carets, fg=SEVERITY_COLOURS[remark.finding.severity], bold=True)}")
        return has_label

    def _details(self, remark: Remark, *, has_label: bool) -> list[tuple[str, str]]:
        finding = remark.finding
        details: list[tuple[str, str]] = []
        if has_own_words(finding):
            details += [("got", finding.got)] * bool(finding.got and not has_label)
            details += [("expected", finding.expected)] * bool(finding.expected)
        if finding.place.path and remark.region is None:
            details.append(("at", finding.place.path))
        rule = find_rule(finding.rule)
        if rule is not None and finding.rule not in self._explained:
            details.append(("rule", f"{rule.title} (antiphon rules {rule.id})"))
        self._explained.add(finding.rule)
        details += [("hint", remark.hint)] * bool(remark.hint)
        if finding.fix:
            details.append(("fix", f"{finding.fix}{' (antiphon lint --fix does it)' if remark.edits else ''}"))
        return details

    def _style(self, text: str, *, fg: str | None = None, bold: bool = False) -> str:
        return click.style(text, fg=fg, bold=bold or None) if self._colour else text
