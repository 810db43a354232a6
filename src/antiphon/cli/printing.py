"""How findings are printed: like a compiler, one place for all commands."""

from collections.abc import Sequence

import click

from antiphon.model.findings import Finding, Severity

SEVERITY_COLOURS = {Severity.FATAL: "red", Severity.HOLD: "yellow", Severity.WARN: "magenta", Severity.NOTE: "blue"}


def print_finding(finding: Finding, source: Sequence[str] = ()) -> None:
    """Print a finding as ``place: severity rule: message``, then got, expected and fix.

    ``source`` is the text of the file it is about, by lines: the line itself is shown where there is one.
    """
    place = f"{finding.place.file or 'message'}:{finding.place.line or 1}"
    severity = click.style(finding.severity, fg=SEVERITY_COLOURS[finding.severity], bold=True)
    said = finding.message or f"got {finding.got}; expected {finding.expected}"
    click.echo(f"{place}: {severity} {click.style(finding.rule, bold=True)}: {printable(said)}")
    if 0 < finding.place.line <= len(source):
        line = source[finding.place.line - 1]
        indent = len(line) - len(line.lstrip())
        click.echo(f"{finding.place.line:>6} | {printable(line.strip()[:160])}")
        click.echo(f"       | {click.style('^' * max(1, min(len(line) - indent, 40)), fg='red')}")
    if finding.place.path:
        click.echo(f"       = at: {printable(finding.place.path)}")
    if finding.message and finding.got:
        click.echo(f"       = got: {printable(finding.got)}")
    if finding.message and finding.expected:
        click.echo(f"       = expected: {printable(finding.expected)}")
    if finding.fix:
        click.echo(f"       = fix: {printable(finding.fix)}")


def printable(text: str) -> str:
    """Return text that cannot move the cursor or pose as another line: a sender's bytes end up on terminals."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
