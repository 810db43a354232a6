"""Ask what was announced of the catalogue."""

from pathlib import Path

import click

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.record import reading
from antiphon.record.publications import list_publications


@click.group()
def publication() -> None:
    """See what has been announced to nodes."""


@publication.command("history")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@data_option
def history(limit: int, data: Path) -> None:
    """List announced versions, newest first."""
    with reading(open_installation(data).engine) as conn:
        announced = list_publications(conn, limit)
    for one in announced:
        click.echo(f"{one.version:>8}  {one.announced_at}  record {one.record_version}  segment {one.segment[:12]}")
    if not announced:
        click.echo("nothing has been announced yet")
