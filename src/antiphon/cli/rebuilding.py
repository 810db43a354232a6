"""Prove the catalogue, mend it, or ask what today's rules of identity would make of what was delivered."""

import os
from pathlib import Path

import click
from sqlalchemy import Engine

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.progress import Progress

EXIT_DIFFERS = 1


@click.command()
@click.option("--repair", is_flag=True, help="Write what differs as it is computed; nodes hear of it as of any change.")
@click.option(
    "--relink", is_flag=True, help="Say what today's rules of identity would join or part, as commands; change nothing."
)
@click.option(
    "--processes",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    type=click.IntRange(1, 64),
    help="Processes that compute.",
)
@data_option
def rebuild(data: Path, processes: int, *, repair: bool, relink: bool) -> None:
    """Compute the whole catalogue again and name every entity that differs: there should be none.

    Ends with 1 if there is one. Deliveries may go on meanwhile; with --repair they wait for parts of it.
    """
    if repair and relink:
        raise click.UsageError("--repair and --relink are two questions; ask one after the other")
    engine = open_installation(data).engine
    if relink:
        _propose(engine)
        return
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


def _propose(engine: Engine) -> None:
    """Print what today's policy would join or part: why, and the commands that would do it."""
    from antiphon.intake.relinking import propose_relinks, write_commands

    progress = Progress("deliveries")
    proposals = propose_relinks(engine, read_clock(), progress.report)
    for proposal in proposals:
        click.echo(f"# {proposal.score:.2f}  {proposal.reasons}")
        for command in write_commands(proposal):
            click.echo(command)
    progress.finish(f"{len(proposals):,} proposals")
