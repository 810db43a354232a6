"""Look at messages on one's own machine: no server, no database."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from antiphon.cli.printing import printable
from antiphon.formats.ern import read_message
from antiphon.model.statement import count_elements

_INDENT = "  "


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="Everything as JSON, or an outline of what the message says.",
)
def inspect(path: Path, form: str) -> None:
    """Print what a message says: the statement, and how many elements of each kind it has.

    "-" reads the message from standard input. What the reader has no place for is in "unread", with its path.
    """
    is_piped = str(path) == "-"
    data = sys.stdin.buffer.read() if is_piped else path.read_bytes()
    statement = read_message(data, file="standard input" if is_piped else path.name)
    counts = count_elements(statement)
    if form == "json":
        document = {"counts": counts, "statement": statement}
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
        return
    for name, count in counts.items():
        click.echo(f"{name}: {count}")
    for line in outline(statement):
        click.echo(printable(line))


def outline(value: Any, indent: str = "") -> Iterator[str]:
    """Yield lines that tell what a struct says: a field per line, those left out that say nothing."""
    for field in msgspec.structs.fields(value):
        said = getattr(value, field.name)
        if said == field.default or said == ():
            continue
        if isinstance(said, msgspec.Struct):
            yield f"{indent}{field.name}:"
            yield from outline(said, indent + _INDENT)
        elif isinstance(said, tuple):
            yield from _outline_list(field.name, said, indent)
        else:
            yield f"{indent}{field.name}: {said}"


def _outline_list(name: str, values: tuple[Any, ...], indent: str) -> Iterator[str]:
    if not isinstance(values[0], msgspec.Struct):
        yield f"{indent}{name}: {', '.join(map(str, values))}"
        return
    for number, one in enumerate(values, 1):
        yield f"{indent}{name} {number} of {len(values)}:"
        yield from outline(one, indent + _INDENT)
