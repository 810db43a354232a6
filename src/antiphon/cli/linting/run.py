"""One run of the linter: from paths to a report and an exit code."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.commands import EXIT_INPUT, EXIT_REFUSED
from antiphon.cli.linting.progress import Progress
from antiphon.cli.linting.selection import Selection
from antiphon.cli.linting.tally import Tally
from antiphon.cli.linting.text_report import TextReport, wants_colour
from antiphon.intake.folders import MAX_MESSAGE_BYTES
from antiphon.intake.linting import (
    LintedMessage,
    Rewrite,
    find_declared_hash,
    lint_again,
    lint_bytes,
    lint_path,
    plan_rewrite,
    write_rewrite,
)
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity

STANDARD_INPUT = "-"


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked for. ``form``: text, json, sarif or html. ``output`` None: standard output.

    ``is_fixing``: files are rewritten; ``is_comparing``: only what would change is shown.
    """

    selection: Selection
    fail_on: Severity
    form: str
    output: Path | None
    is_brief: bool
    is_fixing: bool
    is_comparing: bool


class LintRun:
    """One run of the linter: what it was asked for, and what it has found so far."""

    def __init__(self, options: RunOptions) -> None:
        self.options = options
        self.tally = Tally()
        self.kept: list[LintedMessage] = []
        self.refused: list[str] = []
        self.changes = 0
        # In a pipe, such as to a pager, the terminal is another program's.
        self.progress = Progress(sys.stderr, is_shown=sys.stderr.isatty() and sys.stdout.isatty())
        self.started = time.perf_counter()

    def lint(self, paths: tuple[str, ...]) -> int:
        """Lint every path, report, and return the exit code."""
        with ExitStack() as closing:
            text = self._open_text(closing)
            for found in self._find_messages(paths):
                self.progress.clear()
                self._take(found, text)
            self.progress.clear()
            findings = self.changes if self.options.is_comparing else self.tally.has_any(self.options.fail_on)
            code = EXIT_REFUSED if self.refused else EXIT_INPUT if findings else 0
            self._finish(text, code)
        return code

    def _open_text(self, closing: ExitStack) -> TextReport:
        """Return what prints for people: the report itself, or the differences beside one for programs."""
        is_brief = self.options.is_brief
        if self.options.form != "text" and not self.options.is_comparing:
            return TextReport(lambda line: click.echo(line, err=True), colour=False, is_brief=is_brief)
        if self.options.output is None:
            return TextReport(lambda line: click.echo(line, color=True), colour=wants_colour(), is_brief=is_brief)
        file = closing.enter_context(_open_output(self.options.output))
        return TextReport(lambda line: click.echo(line, file=file), colour=False, is_brief=is_brief)

    def _find_messages(self, paths: tuple[str, ...]) -> Iterator[LintedMessage]:
        """Yield what is at each path. One that cannot be linted is told at once, and the others are linted."""
        now = read_clock()
        for path in paths:
            try:
                if path == STANDARD_INPUT:
                    data = sys.stdin.buffer.read(MAX_MESSAGE_BYTES + 1)
                    yield lint_bytes(data, now, file="standard-input.xml")
                else:
                    yield from lint_path(Path(path), now, self.progress.tell)
            except Refused as refused:
                self._refuse(str(refused))
            except OSError as error:
                self._refuse(f"{error.filename or path}: it cannot be read: {error.strerror}")

    def _refuse(self, said: str) -> None:
        self.refused.append(said)
        self.progress.clear()
        click.echo(f"antiphon: refused: {said}", err=True)

    def _take(self, found: LintedMessage, text: TextReport) -> None:
        """Mend a message if that was asked for, and report what is left in it."""
        shown = self.options.selection.keep(found)
        rewrite = plan_rewrite(found, shown.remarks) if self.options.is_fixing or self.options.is_comparing else None
        if rewrite is not None:
            self.changes += 1
            text.print_difference(rewrite)
            if self.options.is_fixing and self._mend(rewrite):
                found = lint_again(found, rewrite.after)
                shown = self.options.selection.keep(found)
        if self.options.is_comparing:
            return
        self.tally.add(found, shown)
        if self.options.form == "text":
            text.print_message(shown)
        else:
            self.kept.append(shown)

    def _mend(self, rewrite: Rewrite) -> bool:
        """Write a file anew; tell whether it was. What cannot be written is told, and the others are mended."""
        try:
            write_rewrite(rewrite)
        except Refused as refused:
            self._refuse(str(refused))
            return False
        self.tally.mended += rewrite.mended
        if marker := find_declared_hash(rewrite):
            click.echo(f"antiphon: {marker} declares a hash of {rewrite.file}: write it anew", err=True)
        return True

    def _finish(self, text: TextReport, code: int) -> None:
        if self.options.is_comparing:
            return
        if self.options.form == "text":
            if self.tally.severities or (self.tally.messages and not self.options.is_brief):
                text.print_summary(self.tally, time.perf_counter() - self.started)
            return
        report = self._render(code)
        if self.options.output is None:
            click.echo(report)
        else:
            with _open_output(self.options.output) as file:
                file.write(f"{report}\n")

    def _render(self, code: int) -> str:
        """Return the report. Each form is loaded only when it is asked for."""
        if self.options.form == "json":
            from antiphon.cli.linting.json_report import render_json

            return render_json(self.kept, self.tally, self.refused)
        if self.options.form == "sarif":
            from antiphon.cli.linting.sarif_report import render_sarif

            return render_sarif(self.kept, self.refused, code)
        from antiphon.cli.linting.html_report import render_html

        return render_html(self.kept, self.tally, self.refused, read_clock())


def _open_output(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise Refused("Unwritable", f"{path}: the report cannot be written: {error.strerror}") from error
