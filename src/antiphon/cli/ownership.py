"""Say whose a release is."""

from pathlib import Path
from typing import Any

import click

from antiphon.cli.decisions import record_decision, say_decided
from antiphon.cli.options import data_option
from antiphon.model.decisions import TargetKind, Transfer


@click.command()
@click.argument("release_id")
@click.option("--to", "to_provider", required=True, help="The provider it belongs to from now on.")
@click.option("--reason", required=True, help="Why.")
@click.option("--by", default="operator", show_default=True, help="Who decides.")
@data_option
def transfer(release_id: str, to_provider: str, reason: str, by: str, data: Path) -> None:
    """Give a release to another provider: every id stays, and its word alone counts from now on.

    Until it has delivered the release, that is shown as it was and nobody may play it. What the former owner delivers
    about it is held. A delivery of the new owner's that was held for this can be cleared.
    """
    said: dict[str, Any] = {
        "target_kind": TargetKind.ALBUM,
        "target_id": release_id,
        "reason": reason,
        "by": by,
        "data": data,
    }
    decided = record_decision(Transfer(to_provider=to_provider), **said)
    say_decided(f"the release belongs to {to_provider} now", decided)
