"""Look at messages and deliveries on one's own machine: no server, no database."""

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.commands import EXIT_INPUT
from antiphon.cli.printing import print_finding
from antiphon.formats.ern import read_message
from antiphon.intake.lint import LintedMessage, lint_path
from antiphon.model.findings import Severity
from antiphon.model.statement import count_elements


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def inspect(path: Path) -> None:
    """Print what a message says, as JSON: the statement, and how many elements of each kind it has."""
    statement = read_message(path.read_bytes(), file=path.name)
    document = {"counts": count_elements(statement), "statement": statement}
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or JSON.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Report only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not report these rules.")
def lint(path: Path, form: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
    """Check a delivery: a message, a release folder or a batch.

    Exit code 1 where a finding would stop the delivery, 0 otherwise.
    """
    linted = [_keep_selected(message, select, ignore) for message in lint_path(path, read_clock())]
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode([m.findings for m in linted]), indent=2))
    else:
        _print_linted(linted)
    if any(finding.severity.stops for message in linted for finding in message.findings):
        raise SystemExit(EXIT_INPUT)


def _keep_selected(message: LintedMessage, select: tuple[str, ...], ignore: tuple[str, ...]) -> LintedMessage:
    kept = tuple(f for f in message.findings if (not select or f.rule in select) and f.rule not in ignore)
    return msgspec.structs.replace(message, findings=kept)


def _print_linted(linted: Iterable[LintedMessage]) -> None:
    totals = dict.fromkeys(Severity, 0)
    messages = 0
    for message in linted:
        messages += 1
        for finding in message.findings:
            totals[finding.severity] += 1
            print_finding(finding, message.source_lines)
    counted = ", ".join(f"{count} {severity}" for severity, count in totals.items() if count)
    counted = counted or "nothing wrong found; media were not decoded"
    click.echo(f"{messages} {'message' if messages == 1 else 'messages'} checked: {counted}")
