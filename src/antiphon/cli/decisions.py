"""Decide by hand: deny, hold, say who is who; list what was decided; and take any of it back."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import printable
from antiphon.model.decisions import (
    TARGETS,
    AnchorName,
    Decision,
    DecisionKind,
    Effect,
    Geoblock,
    Hold,
    Merge,
    Split,
    Takedown,
    TargetKind,
)
from antiphon.model.entities import EntityKind
from antiphon.publication import deciding
from antiphon.record import reading
from antiphon.record.deciding import list_anchors
from antiphon.record.decisions import LIST_LIMIT, list_decisions
from antiphon.record.instants import format_instant
from antiphon.surfaces.decision_words import say_decision, say_state, say_time

Command = Callable[..., None]

_until_option = click.option("--until", default="", help="When it ends by itself: an ISO 8601 instant. Default: never.")
_by_option = click.option("--by", default="operator", show_default=True, help="Who decides.")
_release_option = click.option(
    "--release", default="", help="Only on this release of theirs, by its key. Default: on all."
)
_territory_help = "Only here; repeat for more. Default: everywhere."


def decision_options(kind: DecisionKind) -> Callable[[Command], Command]:
    """Return what gives a command the arguments and options that every decision of a kind has."""
    targets = click.Choice(sorted(target.value for target in TARGETS[kind]))

    def decorate(command: Command) -> Command:
        for option in reversed(
            [
                click.argument("target_kind", metavar="KIND", type=targets),
                click.argument("target_id", metavar="ID"),
                click.option("--reason", required=True, help="Why."),
                _by_option,
                data_option,
            ]
        ):
            command = option(command)
        return command

    return decorate


def record_decision(effect: Effect, *, until: str = "", **said: Any) -> tuple[Decision, int]:
    """Decide what the options of ``decision_options`` say, with an effect; return it, and how many entities changed."""
    now = read_clock()
    decision = deciding.draft_decision(
        effect,
        TargetKind(said["target_kind"]),
        said["target_id"],
        by=said["by"],
        reason=said["reason"],
        now=now,
        until=_read_until(until),
    )
    parts = open_installation(said["data"])
    return decision, deciding.decide(parts.engine, parts.blobs, decision, now)


def say_decided(done: str, decided: tuple[Decision, int]) -> None:
    """Tell what was decided, what came of it, and how it is taken back."""
    decision, changed = decided
    until = f" until {say_time(decision.until)}" if decision.until else ""
    click.echo(f"{done}{until}  decision {decision.id}  {changed} entities changed\nundo: antiphon undo {decision.id}")


@click.command()
@decision_options(DecisionKind.TAKEDOWN)
@click.option("--territory", "territories", multiple=True, help=_territory_help)
@_until_option
def takedown(territories: tuple[str, ...], until: str, **said: Any) -> None:
    """Deny a track, recording, album or artist, or all of a provider's, on every node at once."""
    decided = record_decision(Takedown(territories=territories), until=until, **said)
    say_decided(f"taken down {', '.join(territories) or 'everywhere'}", decided)


@click.command()
@decision_options(DecisionKind.GEOBLOCK)
@click.option("--territory", "territories", multiple=True, required=True, help="Where; repeat for more.")
@_until_option
def geoblock(territories: tuple[str, ...], until: str, **said: Any) -> None:
    """Keep a target out of territories where the law or a licence does, on every node at once."""
    decided = record_decision(Geoblock(territories=territories), until=until, **said)
    say_decided(f"blocked in {', '.join(territories)}", decided)


@click.command()
@decision_options(DecisionKind.HOLD)
@_until_option
def hold(until: str, **said: Any) -> None:
    """Let nothing new about a target go live: deliveries about it wait until the hold ends."""
    decided = record_decision(Hold(), until=until, **said)
    say_decided("deliveries about it are held", decided)


@click.command()
@decision_options(DecisionKind.MERGE)
@click.option("--into", "into_id", required=True, help="The entity that remains.")
def merge(into_id: str, **said: Any) -> None:
    """Make two artists or recordings one; the old id leads to the one that remains."""
    decided = record_decision(Merge(into_id=into_id), **said)
    say_decided(f"{said['target_id']} is {into_id} now", decided)


@click.command()
@decision_options(DecisionKind.SPLIT)
@click.option("--provider", required=True, help="Whose anchor means somebody else.")
@click.option("--anchor", required=True, help="The anchor, as `antiphon anchors` lists it.")
@_release_option
def split(provider: str, anchor: str, release: str, **said: Any) -> None:
    """Give what a provider means by an anchor to a new artist or recording: one page that is two."""
    _move_anchors(provider, (anchor,), release, "", **said)


@click.command()
@decision_options(DecisionKind.SPLIT)
@click.option("--into", "into_id", required=True, help="Who is meant: an entity there is.")
@click.option("--provider", required=True, help="Whose anchors mean somebody else.")
@click.option(
    "--anchor", "moved", multiple=True, required=True, help="An anchor, as `antiphon anchors` lists it; repeat."
)
@_release_option
def reassign(provider: str, moved: tuple[str, ...], release: str, into_id: str, **said: Any) -> None:
    """Give what a provider means by anchors to another artist or recording there is: music on the wrong page."""
    _move_anchors(provider, moved, release, into_id, **said)


def _move_anchors(provider: str, moved: tuple[str, ...], release: str, into_id: str, **said: Any) -> None:
    names = tuple(AnchorName(provider=provider, anchor=anchor, release=release) for anchor in moved)
    decided = record_decision(Split(into_id=into_id, anchors=names), **said)
    say_decided(f"{provider} {printable(', '.join(moved))} means {decided[0].into_id} now", decided)


@click.command()
@click.argument("decision_id")
@_by_option
@data_option
def undo(decision_id: str, by: str, data: Path) -> None:
    """Take a decision back: the catalogue is as it would be without it."""
    parts = open_installation(data)
    decision = deciding.undo(parts.engine, parts.blobs, decision_id, by=by, now=read_clock())
    click.echo(f"undone  {decision.kind} {decision.id}")


@click.command()
@click.option("--in-force", is_flag=True, help="Only what holds now.")
@click.option("--target", "target_id", default="", help="Only about this id.")
@click.option("--kind", type=click.Choice([kind.value for kind in DecisionKind]), help="Only of this kind.")
@click.option("--before", default="", help="Only older ones than the decision of this id.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, LIST_LIMIT), help="How many.")
@json_option
@data_option
def decisions(
    target_id: str, kind: str | None, before: str, limit: int, data: Path, *, in_force: bool, as_json: bool
) -> None:
    """List what was decided, newest first: by whom, why, until when, and whether it was undone."""
    at = format_instant(read_clock())
    with reading(open_installation(data).engine) as conn:
        found = list_decisions(
            conn,
            kind=DecisionKind(kind) if kind else None,
            target_id=target_id,
            in_force_at=at if in_force else "",
            before=before,
            limit=limit,
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    for one in found:
        click.echo(f"{one.id}  {one.decided_at}  {printable(say_decision(one))}  {say_state(one, at)}")
        click.echo(f"    {printable(one.decided_by)}: {printable(one.reason)}")
    if not found:
        click.echo("nothing was decided")


@click.command()
@click.argument("kind", type=click.Choice(sorted(target.value for target in TARGETS[DecisionKind.SPLIT])))
@click.argument("entity_id")
@data_option
def anchors(kind: str, entity_id: str, data: Path) -> None:
    """List what each provider calls an artist or a recording."""
    with reading(open_installation(data).engine) as conn:
        found = list_anchors(conn, EntityKind(kind), entity_id)
    for name in found:
        click.echo(f"{name.provider:<16} {printable(name.anchor)}")
    if not found:
        click.echo(f"nothing means {kind} {printable(entity_id)}")


def _read_until(text: str) -> str:
    """Return an instant in the record's form; empty stays so, and no zone means UTC."""
    if not text:
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no ISO 8601 instant, such as 2026-12-24T23:59"
        raise click.BadParameter(message, param_hint="--until") from error
    return format_instant(at if at.tzinfo else at.replace(tzinfo=UTC))
