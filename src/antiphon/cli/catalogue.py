"""Ask the catalogue why, and decide by hand."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option, tier_option
from antiphon.model.availability import Tier
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.model.territories import UnknownTerritory, parse_territory
from antiphon.publication.denials import take_down, undo_takedown
from antiphon.record import reading
from antiphon.record.instants import format_instant
from antiphon.record.publications import list_publications
from antiphon.surfaces.explain.answers import answer_explanation


@click.command()
@click.argument("track_id")
@click.option("--market", required=True, help="Where the listener is: an ISO 3166-1 code.")
@tier_option
@click.option("--at", "at_text", default=None, help="When: an ISO 8601 instant; no zone means UTC. Default: now.")
@json_option
@data_option
def explain(track_id: str, market: str, tier: str, at_text: str | None, data: Path, *, as_json: bool) -> None:
    """Say why a track is, or is not, playable: verdict, reason, and the deal with its line."""
    at = _read_instant(at_text) if at_text else read_clock()
    try:
        territory = parse_territory(market)
    except UnknownTerritory as error:
        raise click.BadParameter(f"{market!r} is no ISO 3166-1 code", param_hint="--market") from error
    with reading(open_installation(data).engine) as conn:
        answer = answer_explanation(conn, track_id, market=territory, tier=Tier(tier), at=at)
    if answer is None:
        raise Refused("NoSuchTrack", f"there is no track {track_id!r}")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return
    click.echo(answer.sentence)
    for name, value in answer.facts():
        click.echo(f"  {name:<10} {value}")


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in EntityKind]))
@click.argument("entity_id")
@click.option("--territory", "territories", multiple=True, help="Only here; repeat for more. Default: everywhere.")
@click.option("--reason", default="", help="Why. Needed unless --undo.")
@click.option("--by", default="operator", show_default=True, help="Who decides.")
@click.option("--undo", "decision_id", default="", help="Undo the takedown of this decision id.")
@data_option
def takedown(
    kind: str, entity_id: str, territories: tuple[str, ...], reason: str, by: str, decision_id: str, data: Path
) -> None:
    """Deny a track, recording, album or artist on every node at once; --undo gives it back."""
    parts = open_installation(data)
    now = read_clock()
    if decision_id:
        undo_takedown(parts.engine, parts.blobs, decision_id, by=by, now=now)
        click.echo(f"undone  {decision_id}")
        return
    if not reason:
        raise click.UsageError("a takedown needs --reason")
    decision = Decision(
        id=secrets.token_hex(8),
        kind=DecisionKind.TAKEDOWN,
        target_kind=EntityKind(kind),
        target_id=entity_id,
        territories=tuple(parse_territory(code) for code in territories),
        decided_by=by,
        decided_at=format_instant(now),
        reason=reason,
    )
    take_down(parts.engine, parts.blobs, decision, now)
    where = ", ".join(decision.territories) or "everywhere"
    click.echo(
        f"taken down {where}  decision {decision.id}\nundo: antiphon takedown {kind} {entity_id} --undo {decision.id}"
    )


@click.command()
@data_option
def rebuild(data: Path) -> None:
    """Compute the whole catalogue again and name every entity that differs: there should be none."""
    from antiphon.record.rebuild import recompute

    with reading(open_installation(data).engine) as conn:
        differing = recompute(conn)
    for entity_id in differing:
        click.echo(f"differs  {entity_id}")
    if differing:
        raise SystemExit(1)
    click.echo("the catalogue is what its statements, links and decisions say")


@click.group()
def publication() -> None:
    """See what has been announced to nodes."""


@publication.command("history")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@data_option
def history(limit: int, data: Path) -> None:
    """List announced versions, newest first."""
    with reading(open_installation(data).engine) as conn:
        announced = list_publications(conn, limit)
    for one in announced:
        click.echo(f"{one.version:>8}  {one.announced_at}  record {one.record_version}  segment {one.segment[:12]}")
    if not announced:
        click.echo("nothing has been announced yet")


def _read_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no ISO 8601 instant, such as 2026-12-24T23:59"
        raise click.BadParameter(message, param_hint="--at") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
