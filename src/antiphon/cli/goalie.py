"""The goalie's commands: what is held, and what becomes of it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.intake.holds import clear_hold, lift_waiver, reject_held, waive_rule
from antiphon.intake.queue import open_queue
from antiphon.model.findings import Severity
from antiphon.record import reading
from antiphon.record.audit import list_acts
from antiphon.record.held import list_held
from antiphon.record.instants import format_instant
from antiphon.record.timeline import load_findings
from antiphon.record.waivers import list_waivers

by_option = click.option("--by", required=True, help="Who decides.")
reason_option = click.option("--reason", required=True, help="Why. It stays on record.")
limit_option = click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many.")


@click.command()
@limit_option
@data_option
def held(limit: int, data: Path) -> None:
    """List what waits for somebody's decision, the oldest first, with the rules that hold it."""
    now = read_clock()
    with reading(open_installation(data).engine) as conn:
        lines = list_held(conn, limit=limit)
        for line in lines:
            found = (f.rule for f in load_findings(conn, line.id) if f.severity is Severity.HOLD)
            since = (now - datetime.fromisoformat(line.held_at)).total_seconds()
            click.echo(
                f"{since / 3600:>8.1f} h  {line.id}  {line.provider:<16} {line.message:<32} "
                f"{' '.join(dict.fromkeys(found))}"
            )
    if not lines:
        click.echo("nothing is held")


@click.command()
@click.argument("delivery_id")
@by_option
@reason_option
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
@by_option
@reason_option
@data_option
def reject(delivery_id: str, by: str, reason: str, data: Path) -> None:
    """End a held delivery. It stays as it came; its provider may deliver again."""
    reject_held(open_installation(data).engine, delivery_id, by=by, reason=reason, now=read_clock())
    click.echo(f"rejected  {delivery_id}")


@click.command()
@click.argument("delivery_id")
@click.argument("rule")
@by_option
@reason_option
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The first day on which it holds again, UTC. Default: undone."
)
@click.option("--release", "is_for_release", is_flag=True, help="Only for this release, not for all of the provider's.")
@data_option
def waive(
    delivery_id: str, rule: str, by: str, reason: str, until: datetime | None, data: Path, *, is_for_release: bool
) -> None:
    """Let a rule that holds a delivery hold nothing of its provider any more; `antiphon unwaive` takes it back.

    Whatever nothing else holds goes on at once. Doubts about a sender's authority cannot be waived.
    """
    parts = open_installation(data)
    queue = open_queue(parts.engine)
    try:
        outcome = waive_rule(
            parts.engine,
            queue,
            delivery_id,
            rule,
            by=by,
            reason=reason,
            now=read_clock(),
            until=until.replace(tzinfo=UTC) if until else None,
            is_for_release=is_for_release,
        )
    finally:
        queue.close()
    click.echo(f"waived  {rule}  waiver {outcome.waiver.id}  {len(outcome.released)} of the held deliveries go on")
    if outcome.still_held_by:
        click.echo(f"{delivery_id} is still held by {', '.join(outcome.still_held_by)}")
    click.echo(f"undo: antiphon unwaive {outcome.waiver.id} --by WHO")


@click.command()
@click.argument("waiver_id")
@by_option
@data_option
def unwaive(waiver_id: str, by: str, data: Path) -> None:
    """Take a waiver back. What it let through stays."""
    waiver = lift_waiver(open_installation(data).engine, waiver_id, by=by, now=read_clock())
    click.echo(f"{waiver.rule} holds deliveries of {waiver.provider} again")


@click.command()
@click.option("--provider", default=None, help="Only this provider's.")
@data_option
def waivers(provider: str | None, data: Path) -> None:
    """List the waivers that hold, newest first: who waived what, until when and why."""
    at = format_instant(read_clock())
    with reading(open_installation(data).engine) as conn:
        in_force = [waiver for waiver in list_waivers(conn, provider) if waiver.is_in_force(at)]
    for waiver in in_force:
        reach = waiver.release_key or "all releases"
        until = waiver.until[:10] or "undone"
        click.echo(
            f"{waiver.id}  {waiver.rule:<6} {waiver.provider:<16} {reach:<24} until {until}  "
            f"{waiver.waived_by}: {waiver.reason}"
        )
    if not in_force:
        click.echo("no waiver is in force")


@click.command()
@click.option("--provider", default=None, help="Only what concerns this provider.")
@click.option("--subject", default=None, help="Only what was done to this delivery, client or waiver.")
@limit_option
@data_option
def audit(provider: str | None, subject: str | None, limit: int, data: Path) -> None:
    """List who did what by hand about providers, clients and held deliveries, newest first."""
    with reading(open_installation(data).engine) as conn:
        for act in list_acts(conn, provider=provider, subject=subject, limit=limit):
            click.echo(
                f"{act.done_at[:19]}  {act.done_by:<16} {act.action:<10} {act.provider:<16} {act.subject}  {act.detail}"
            )
