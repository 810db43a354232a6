"""Make an export of the whole public catalogue, for whoever downloads it from a node."""

from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.record import reading
from antiphon.record.decisions import list_erased
from antiphon.segments.export import EXPORTS_KEPT


@click.command("export")
@click.option(
    "--keep", default=EXPORTS_KEPT, show_default=True, type=click.IntRange(1, 1000), help="How many to keep in all."
)
@data_option
def export(keep: int, data: Path) -> None:
    """Write the newest version as Parquet files into the store, for GET /v1/exports.

    Run it daily, by the system's timer. It takes minutes for a million tracks and is no part of the publisher, which
    must not wait for it.
    """
    # Loaded here: DuckDB takes a quarter of a second, and the other commands of publication do without it.
    from antiphon.publication.exporting import build_export

    parts = open_installation(data)

    def find_erased() -> frozenset[str]:
        with reading(parts.engine) as conn:
            return list_erased(conn)

    made = build_export(parts.blobs, parts.places.scratch, read_clock(), find_erased, kept=keep)
    click.echo(f"version {made.version}  announced {made.announced_at}  exported {made.made_at}")
    for file in made.files:
        click.echo(f"{file.name:<22} {file.rows:>12,} rows {file.size_bytes:>14,} bytes")
