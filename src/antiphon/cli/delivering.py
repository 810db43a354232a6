"""Deliver: to the installation on this machine, or to one far away."""

from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.printing import print_finding
from antiphon.intake.acceptance import accept_path
from antiphon.intake.archives import open_delivery
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
