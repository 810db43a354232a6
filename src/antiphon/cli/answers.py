"""Print what senders are told."""

from pathlib import Path

import click

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.formats.ern import Generation
from antiphon.intake.acknowledging import render_acknowledgement
from antiphon.record import reading


@click.command()
@click.argument("delivery_id")
@click.option(
    "--generation",
    type=click.Choice([generation.value for generation in Generation]),
    help="Generation of the choreography; without it, the one the sender uses.",
)
@data_option
def acknowledgement(delivery_id: str, generation: str | None, data: Path) -> None:
    """Print the answer to a delivery as its sender gets it: DDEX XML, with what it has come to so far."""
    chosen = Generation(generation) if generation else None
    with reading(open_installation(data).engine) as conn:
        click.echo(render_acknowledgement(conn, delivery_id, generation=chosen).decode(), nl=False)
