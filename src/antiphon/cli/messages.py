"""Look at messages on one's own machine: no server, no database."""

from pathlib import Path

import click
import msgspec

from antiphon.formats.ern import read_message
from antiphon.model.statement import count_elements


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def inspect(path: Path) -> None:
    """Print what a message says, as JSON: the statement, and how many elements of each kind it has."""
    statement = read_message(path.read_bytes(), file=path.name)
    document = {"counts": count_elements(statement), "statement": statement}
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
