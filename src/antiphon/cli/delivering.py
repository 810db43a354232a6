"""Deliver, and decide what becomes of a delivery that is held."""

from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.printing import print_finding
from antiphon.intake.acceptance import accept_path
from antiphon.intake.archives import open_delivery
from antiphon.intake.holds import clear_hold, reject_held
from antiphon.intake.queue import open_queue


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--provider", required=True, help="Who delivers: the id of a provider.")
@data_option
def deliver(path: Path, provider: str, data: Path) -> None:
    """Deliver a batch, a release folder, an archive of one of them (ZIP, TAR, TAR.GZ), or one message.

    When this returns, everything named is safe on disk and queued. The installation's worker goes on from there:
    `antiphon delivery ID` follows it.
    """
    parts = open_installation(data)
    queue = open_queue(parts.engine)
    try:
        with open_delivery(path, parts.places.scratch) as folder:
            outcome = accept_path(parts.engine, parts.blobs, queue, provider, folder, read_clock())
    finally:
        queue.close()
    for receipt in outcome.receipts:
        word = "already delivered" if receipt.is_duplicate else "accepted"
        click.echo(f"{word}  {receipt.delivery_id}  {receipt.name}")
    for problem in outcome.problems:
        print_finding(problem)
    if outcome.problems:
        raise SystemExit(1)


@click.command()
@click.argument("delivery_id")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why it may go on.")
@data_option
def clear(delivery_id: str, by: str, reason: str, data: Path) -> None:
    """Let a held delivery go on. What was found stays in its record."""
    parts = open_installation(data)
    queue = open_queue(parts.engine)
    try:
        clear_hold(parts.engine, queue, delivery_id, by=by, reason=reason, now=read_clock())
    finally:
        queue.close()
    click.echo(f"cleared  {delivery_id}")


@click.command()
@click.argument("delivery_id")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why it may not go on.")
@data_option
def reject(delivery_id: str, by: str, reason: str, data: Path) -> None:
    """End a held delivery. It stays as it came; its provider may deliver again."""
    reject_held(open_installation(data).engine, delivery_id, by=by, reason=reason, now=read_clock())
    click.echo(f"rejected  {delivery_id}")
