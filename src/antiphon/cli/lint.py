"""Check deliveries on one's own machine: no server, no database."""

import io
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.commands import EXIT_INPUT, EXIT_REFUSED
from antiphon.cli.linting.progress import Progress
from antiphon.cli.linting.selection import Selection, make_selection
from antiphon.cli.linting.tally import Tally
from antiphon.cli.linting.text_report import TextReport, wants_colour
from antiphon.intake.folders import MAX_MESSAGE_BYTES
from antiphon.intake.linting import (
    LintedMessage,
    Rewrite,
    lint_again,
    lint_bytes,
    lint_path,
    plan_rewrite,
    write_rewrite,
)
from antiphon.intake.linting.rewriting import find_declared_hash
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity

STANDARD_INPUT = "-"
SEVERITIES = [severity.value for severity in Severity]


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "html"]),
    default="text",
    show_default=True,
    help="For people at a terminal, programs, code hosts, or a browser.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file.")
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Report only these: ids (I1), groups (D), starts (T1*), with commas.",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not report these; written as for --select.")
@click.option(
    "--min-severity",
    type=click.Choice(SEVERITIES),
    default=Severity.NOTE.value,
    show_default=True,
    help="Report nothing lighter.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default=Severity.HOLD.value,
    show_default=True,
    help="Exit with 1 where something this bad, or worse, is reported.",
)
@click.option("--fix", is_flag=True, help="Rewrite what is safe to rewrite, and show what changed.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--quiet", "-q", is_flag=True, help="One line per finding, and no summary where nothing is found.")
def lint(
    paths: tuple[str, ...],
    form: str,
    output: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_severity: str,
    fail_on: str,
    *,
    fix: bool,
    diff: bool,
    quiet: bool,
) -> None:
    """Check deliveries before they are sent, with no server and no database.

    PATH is a message, a release folder, a batch (complete or not), an inbox, an archive (ZIP, TAR, TAR.GZ), or - for
    a message on standard input. Several may be given.

    --fix rewrites other spellings of the same thing, and nothing else: identifiers without hyphens and in capitals, GB
    for UK, one space for several in titles and names. All other bytes of a file stay; archives are not rewritten.

    The exit code is 0 where nothing as bad as --fail-on was found (with --diff: there is nothing to change), 1 where
    something was, 2 where an option or a path is wrong or cannot be read.

    Colours follow the terminal; NO_COLOR and FORCE_COLOR are heeded.
    """
    # Whatever a terminal cannot show is escaped; a report is not lost for one letter.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    selection = make_selection(select, ignore, Severity(min_severity))
    run = _Run(selection, form=form, output=output, is_brief=quiet, is_fixing=fix and not diff, is_comparing=diff)
    code = run.lint(paths, Severity(fail_on))
    if code:
        raise SystemExit(code)


class _Run:
    """One run of the linter: what it was asked for, and what it has found so far."""

    def __init__(
        self,
        selection: Selection,
        *,
        form: str,
        output: Path | None,
        is_brief: bool,
        is_fixing: bool,
        is_comparing: bool,
    ) -> None:
        self.selection = selection
        self.form = form
        self.output = output
        self.is_brief = is_brief
        self.is_fixing = is_fixing
        self.is_comparing = is_comparing
        self.tally = Tally()
        self.kept: list[LintedMessage] = []
        self.refused: list[str] = []
        self.changes = 0
        # In a pipe, such as to a pager, the terminal is another program's.
        self.progress = Progress(sys.stderr, is_shown=sys.stderr.isatty() and sys.stdout.isatty())
        self.started = time.perf_counter()

    def lint(self, paths: tuple[str, ...], fail_on: Severity) -> int:
        """Lint every path, report, and return the exit code."""
        with ExitStack() as closing:
            text = self._open_text(closing)
            for found in self._find_messages(paths):
                self.progress.clear()
                self._take(found, text)
            self.progress.clear()
            findings = self.changes if self.is_comparing else self.tally.has_any(fail_on)
            code = EXIT_REFUSED if self.refused else EXIT_INPUT if findings else 0
            self._finish(text, code)
        return code

    def _open_text(self, closing: ExitStack) -> TextReport:
        if self.form != "text" and not self.is_comparing:
            # Differences of --fix are for the person who runs it; the report has standard output to itself.
            return TextReport(lambda line: click.echo(line, err=True), colour=False, is_brief=self.is_brief)
        if self.output is None:
            return TextReport(lambda line: click.echo(line, color=True), colour=wants_colour(), is_brief=self.is_brief)
        file = closing.enter_context(_open_output(self.output))
        return TextReport(lambda line: click.echo(line, file=file), colour=False, is_brief=self.is_brief)

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
                if isinstance(error, BrokenPipeError):
                    raise
                self._refuse(f"{error.filename or path}: it cannot be read: {error.strerror}")

    def _refuse(self, said: str) -> None:
        self.refused.append(said)
        self.progress.clear()
        click.echo(f"antiphon: refused: {said}", err=True)

    def _take(self, found: LintedMessage, text: TextReport) -> None:
        """Mend a message if that was asked for, and report what is left in it."""
        shown = self.selection.keep(found)
        rewrite = plan_rewrite(found, shown.remarks) if self.is_fixing or self.is_comparing else None
        if rewrite is not None:
            self.changes += 1
            text.print_difference(rewrite)
            if self.is_fixing and self._mend(rewrite):
                found = lint_again(found, rewrite.after)
                shown = self.selection.keep(found)
        if self.is_comparing:
            return
        self.tally.add(found, shown)
        if self.form == "text":
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
        if self.is_comparing:
            return
        if self.form == "text":
            if self.tally.severities or (self.tally.messages and not self.is_brief):
                text.print_summary(self.tally, time.perf_counter() - self.started)
            return
        report = self._render(code)
        if self.output is None:
            click.echo(report)
        else:
            with _open_output(self.output) as file:
                file.write(f"{report}\n")

    def _render(self, code: int) -> str:
        """Return the report. Each form is loaded only when it is asked for."""
        if self.form == "json":
            from antiphon.cli.linting.json_report import render_json

            return render_json(self.kept, self.tally, self.refused)
        if self.form == "sarif":
            from antiphon.cli.linting.sarif_report import render_sarif

            return render_sarif(self.kept, self.refused, code)
        from antiphon.cli.linting.html_report import render_html

        return render_html(self.kept, self.tally, self.refused, read_clock())


def _open_output(path: Path):  # type: ignore[no-untyped-def]
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise Refused("Unwritable", f"{path}: the report cannot be written: {error.strerror}") from error
