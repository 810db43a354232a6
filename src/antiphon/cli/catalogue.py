"""Ask the catalogue why, and whether it is what it should be."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option, tier_option
from antiphon.model.availability import Tier
from antiphon.model.errors import Refused
from antiphon.model.territories import UnknownTerritory, parse_territory
from antiphon.record import reading
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
