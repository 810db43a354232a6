"""Prove the catalogue, mend it, or ask what today's rules of identity would make of what was delivered."""

import os
from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.progress import Progress

EXIT_DIFFERS = 1


@click.command()
@click.option("--repair", is_flag=True, help="Write what differs as it is computed; nodes hear of it as of any change.")
@click.option(
    "--processes",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    type=click.IntRange(1, 64),
    help="Processes that compute.",
)
@data_option
def rebuild(data: Path, processes: int, *, repair: bool) -> None:
    """Compute the whole catalogue again and name every entity that differs: there should be none.

    Ends with 1 if there is one. Deliveries may go on meanwhile; with --repair they wait for parts of it.
    """
    engine = open_installation(data).engine
    progress = Progress("releases")
    if repair:
        from antiphon.record.repair import repair_catalogue

        changed = repair_catalogue(engine, processes, read_clock(), progress.report)
        progress.finish(f"{changed:,} entities were written")
        return
    from antiphon.record.rebuild import recompute_with

    differing = recompute_with(engine, processes, progress.report)
    for entity_id in differing:
        click.echo(f"differs  {entity_id}")
    progress.finish(f"{len(differing):,} entities differ")
    if differing:
        raise SystemExit(EXIT_DIFFERS)
    click.echo("the catalogue is what its statements, links and decisions say")
