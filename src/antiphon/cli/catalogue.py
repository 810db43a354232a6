"""Ask whether the catalogue is what it should be, and what was announced of it."""

from pathlib import Path

import click

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.record import reading
from antiphon.record.publications import list_publications


@click.command()
@data_option
def rebuild(data: Path) -> None:
    """Compute the whole catalogue again and name every entity that differs: there should be none."""
    from antiphon.record.rebuild import recompute

    with reading(open_installation(data).engine) as conn:
        differing = recompute(conn)
    for entity_id in differing:
        click.echo(f"differs  {entity_id}")
    if differing:
        raise SystemExit(1)
    click.echo("the catalogue is what its statements, links and decisions say")


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
