"""Follow what was delivered."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import print_finding
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.surfaces.provider.reports import DeliveryReport, list_delivery_lines, report_delivery

STAGE_STYLES = {Stage.LIVE: "green", Stage.REJECTED: "red", Stage.HELD: "yellow", Stage.SUPERSEDED: "dim"}


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@json_option
@data_option
def deliveries(limit: int, data: Path, *, as_json: bool) -> None:
    """List deliveries, newest first, each with the stage it is at."""
    with reading(open_installation(data).engine) as conn:
        lines = list_delivery_lines(conn, provider=None, limit=limit)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines), indent=2))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("received (UTC)", "delivery", "provider", "message", "stage"):
        # An id that is cut cannot be copied; a long message name may be.
        table.add_column(heading, no_wrap=heading != "message", overflow="ellipsis")
    for line in lines:
        stage = f"[{STAGE_STYLES.get(line.stage, 'cyan')}]{line.stage}[/]"
        table.add_row(line.received_at[:16].replace("T", " "), line.id, line.provider, line.message, stage)
    Console(highlight=False).print(table)


@click.command()
@click.argument("delivery_id")
@json_option
@data_option
def delivery(delivery_id: str, data: Path, *, as_json: bool) -> None:
    """Show one delivery: its timeline, and every finding with place and fix."""
    with reading(open_installation(data).engine) as conn:
        report = report_delivery(conn, delivery_id)
    if report is None:
        raise Refused("NoSuchDelivery", f"there is no delivery {delivery_id!r}; `antiphon deliveries` lists them")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    else:
        _print_report(report)


def _print_report(report: DeliveryReport) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{report.delivery.message.path}[/]  {report.delivery.provider}  {report.delivery.id}")
    for entry in report.timeline:
        elapsed = f"{entry.elapsed_ms} ms" if entry.elapsed_ms is not None else ""
        style = STAGE_STYLES.get(entry.stage, "cyan")
        console.print(f"  {entry.at[11:23]}  [{style}]{entry.stage:<10}[/]  {elapsed:>9}  {entry.detail}", markup=True)
    if report.seconds_to_live is not None:
        console.print(f"  live {report.seconds_to_live:.1f} s after it was accepted")
    for finding in report.findings:
        print_finding(finding)
