"""Say who is who by hand: two pages that are one artist, or one page that is two; and take either back."""

import secrets
from pathlib import Path

import click
import msgspec

from antiphon.catalogue import plan_split
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import printable
from antiphon.model.corrections import AnchorName, Correction, CorrectionKind
from antiphon.model.entities import EntityKind
from antiphon.record import reading, writing
from antiphon.record.correcting import SHARED_KINDS, list_anchors, merge_entities, split_entity, undo_correction
from antiphon.record.corrections import list_corrections
from antiphon.record.instants import format_instant

_kind_argument = click.argument("kind", type=click.Choice([kind.value for kind in SHARED_KINDS]))
_reason_option = click.option("--reason", required=True, help="Why.")
_by_option = click.option("--by", default="operator", show_default=True, help="Who decides.")


@click.command()
@_kind_argument
@click.argument("target_id")
@click.option("--into", "into_id", required=True, help="The entity that remains.")
@_reason_option
@_by_option
@data_option
def merge(kind: str, target_id: str, into_id: str, reason: str, by: str, data: Path) -> None:
    """Make two artists or recordings one; the old id leads to the one that remains."""
    parts, now = open_installation(data), read_clock()
    correction = Correction(
        id=secrets.token_hex(8),
        kind=CorrectionKind.MERGE,
        target_kind=EntityKind(kind),
        target_id=target_id,
        into_id=into_id,
        decided_by=by,
        decided_at=format_instant(now),
        reason=reason,
    )
    with writing(parts.engine) as conn:
        changed = merge_entities(conn, correction, now)
    _say(f"{target_id} is {into_id} now", changed, correction)


@click.command()
@_kind_argument
@click.argument("target_id")
@click.option("--provider", required=True, help="Whose anchor means somebody else.")
@click.option("--anchor", required=True, help="The anchor, as `antiphon anchors` lists it.")
@click.option("--release", default="", help="Only on this release of theirs, by its key. Default: on all.")
@click.option("--into", "into_id", default="", help="Who is meant. Default: a new entity.")
@_reason_option
@_by_option
@data_option
def split(
    kind: str, target_id: str, provider: str, anchor: str, release: str, into_id: str, reason: str, by: str, data: Path
) -> None:
    """Give what a provider means by an anchor to another artist or recording, or to a new one."""
    parts, now = open_installation(data), read_clock()
    moved = AnchorName(provider=provider, anchor=anchor, release=release)
    decision_id = secrets.token_hex(8)
    correction = Correction(
        id=decision_id,
        kind=CorrectionKind.SPLIT,
        target_kind=EntityKind(kind),
        target_id=target_id,
        into_id=into_id or plan_split(decision_id, EntityKind(kind), [moved]),
        anchors=(moved,),
        decided_by=by,
        decided_at=format_instant(now),
        reason=reason,
    )
    with writing(parts.engine) as conn:
        changed = split_entity(conn, correction, now)
    _say(f"{provider} {printable(anchor)} means {correction.into_id} now", changed, correction)


@click.command()
@_kind_argument
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


@click.command()
@json_option
@data_option
def corrections(data: Path, *, as_json: bool) -> None:
    """List every merge and split with who decided it and why, undone ones too."""
    with reading(open_installation(data).engine) as conn:
        found = list_corrections(conn)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    for one in found:
        state = f"undone by {one.undone_by}" if one.undone_by else "in force"
        click.echo(
            f"{one.id}  {one.decided_at}  {one.kind} {one.target_kind} {one.target_id} -> {one.into_id}  {state}"
        )
        click.echo(f"    {printable(one.decided_by)}: {printable(one.reason)}")
    if not found:
        click.echo("nothing was corrected yet")


@click.command()
@click.argument("decision_id")
@_by_option
@data_option
def uncorrect(decision_id: str, by: str, data: Path) -> None:
    """Take a merge or a split back: the catalogue is as it would be without it."""
    parts, now = open_installation(data), read_clock()
    with writing(parts.engine) as conn:
        undo_correction(conn, decision_id, by=by, now=now)
    click.echo(f"undone  {decision_id}")


def _say(done: str, changed: int, correction: Correction) -> None:
    click.echo(
        f"{done}  decision {correction.id}  {changed} entities changed\nundo: antiphon uncorrect {correction.id}"
    )
