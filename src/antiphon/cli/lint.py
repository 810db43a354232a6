"""Check deliveries on one's own machine: no server, no database."""

import io
import sys
from pathlib import Path

import click

from antiphon.cli.linting.run import LintRun, RunOptions
from antiphon.cli.linting.selection import make_selection
from antiphon.model.findings import Severity

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
    options = RunOptions(
        selection=selection,
        fail_on=Severity(fail_on),
        form=form,
        output=output,
        is_brief=quiet,
        is_fixing=fix and not diff,
        is_comparing=diff,
    )
    code = LintRun(options).lint(paths)
    if code:
        raise SystemExit(code)
