"""Destroy a release for good."""

from pathlib import Path
from typing import Any

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.decisions import record_decision
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.model.decisions import Erase, TargetKind
from antiphon.publication.erasing import finish_erasures


@click.command()
@click.argument("release_id")
@click.option("--confirm", default="", help="The id of the release again: this cannot be undone.")
@click.option("--reason", required=True, help="Why.")
@click.option("--by", default="operator", show_default=True, help="Who decides.")
@data_option
def erase(release_id: str, confirm: str, reason: str, by: str, data: Path) -> None:
    """Destroy a release for good: messages, files, renditions, covers and all that was read of them.

    What stays are hashes, timelines, findings and the audit. It is off every node at once, and can never come back.
    """
    if confirm != release_id:
        raise click.UsageError(f"this cannot be undone; repeat the id if you mean it: --confirm {release_id}")
    said: dict[str, Any] = {
        "target_kind": TargetKind.ALBUM,
        "target_id": release_id,
        "reason": reason,
        "by": by,
        "data": data,
    }
    decision, _ = record_decision(Erase(), **said)
    parts = open_installation(data)
    erased = finish_erasures(parts.engine, parts.blobs, read_clock())
    click.echo(f"erased  {erased} deliveries  decision {decision.id}")
