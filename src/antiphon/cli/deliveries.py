"""Follow what was delivered."""

import time
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import print_finding
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.surfaces.provider.reports import DeliveryReport, list_delivery_lines, report_delivery, show_report

FOLLOW_POLL_S = 0.2
"""seconds; how late a stage is printed."""

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
@click.option("--follow", is_flag=True, help="Print each stage as it is reached, until nothing more happens by itself.")
@json_option
@data_option
def delivery(delivery_id: str, data: Path, *, follow: bool, as_json: bool) -> None:
    """Show one delivery: its timeline, and every finding with its id, its place and its fix."""
    engine = open_installation(data).engine
    report = _load_report(engine, delivery_id)
    if not as_json:
        _print_heading(report)
    for entry in follow_timeline(engine, delivery_id) if follow else report.timeline:
        if not as_json:
            _print_entry(entry)
    report = _load_report(engine, delivery_id)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(show_report(report)), indent=2))
        return
    print_outcome(report)


def follow_timeline(engine: Engine, delivery_id: str) -> Iterator[TimelineEntry]:
    """Yield each entry of a delivery's timeline as it is written, until nothing more happens by itself."""
    seen = 0
    while True:
        report = _load_report(engine, delivery_id)
        yield from report.timeline[seen:]
        seen = len(report.timeline)
        if not report.is_moving:
            return
        time.sleep(FOLLOW_POLL_S)


def print_outcome(report: DeliveryReport) -> None:
    """Print what came of a delivery: how long it took, or who has to do what, and every finding with its id."""
    console = Console(highlight=False)
    if report.seconds_to_live is not None:
        console.print(f"  live {report.seconds_to_live:.1f} s after it was accepted")
    if report.held_by:
        console.print(f"  held by {', '.join(report.held_by)}: antiphon clear, reject or waive")
    for finding in report.findings:
        print_finding(finding)
        click.echo(f"       = finding: {finding.id}")


def _load_report(engine: Engine, delivery_id: str) -> DeliveryReport:
    with reading(engine) as conn:
        report = report_delivery(conn, delivery_id)
    if report is None:
        raise Refused("NoSuchDelivery", f"there is no delivery {delivery_id!r}; `antiphon deliveries` lists them")
    return report


def _print_heading(report: DeliveryReport) -> None:
    delivered = report.delivery
    Console(highlight=False).print(f"[bold]{escape(delivered.message.path)}[/]  {delivered.provider}  {delivered.id}")


def _print_entry(entry: TimelineEntry) -> None:
    elapsed = f"{entry.elapsed_ms} ms" if entry.elapsed_ms is not None else ""
    style = STAGE_STYLES.get(entry.stage, "cyan")
    said = f"  {entry.at[11:23]}  [{style}]{entry.stage:<10}[/]  {elapsed:>9}  {escape(entry.detail)}"
    Console(highlight=False).print(said.rstrip())
