"""Control of publication: what was announced, what is held, and the ways on and back."""

import os
from collections import Counter
from pathlib import Path

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.exporting import export
from antiphon.cli.goalie import by_option, reason_option
from antiphon.cli.installation import Installation, open_installation
from antiphon.cli.options import data_option
from antiphon.cli.publication_printing import print_status, say_announced, say_held, say_pair
from antiphon.model.errors import Refused
from antiphon.publication.comparing import compare_versions
from antiphon.publication.denials import drop_denials
from antiphon.publication.holding import hold_publication, resume_publication
from antiphon.publication.log_keeping import store_snapshot
from antiphon.publication.log_renewal import renew_log
from antiphon.publication.recovery import recover_record
from antiphon.publication.rollback import roll_back
from antiphon.record import reading
from antiphon.record.publication_holds import list_holds
from antiphon.record.publications import announced_head, find_publication, list_publications
from antiphon.replica.pin import pin_node, unpin_node
from antiphon.segments import DocumentKind
from antiphon.settings import find_places

version_argument = click.argument("version", type=click.IntRange(min=1))
limit_option = click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many.")


@click.group()
def publication() -> None:
    """Say what reaches the nodes: see it, hold it, let it go on, take it back.

    The runbook is docs/publishing.md.
    """


@publication.command("status")
@data_option
def status(data: Path) -> None:
    """Say how far publication is, and what holds it. Exit code 1 where something waits for a person."""
    raise SystemExit(0 if print_status(open_installation(data)) else 1)


@publication.command("history")
@limit_option
@data_option
def history(limit: int, data: Path) -> None:
    """List announced versions, newest first, and the holds between them."""
    with reading(open_installation(data).engine) as conn:
        announced, holds = list_publications(conn, limit), list_holds(conn, limit)
    oldest = announced[-1].version if announced else 0
    lines = [(one.version, 0, say_announced(one)) for one in announced]
    lines += [(held.version, held.number, say_held(held)) for held in holds if held.version >= oldest]
    for _, _, line in sorted(lines, reverse=True):
        click.echo(line)
    if not lines:
        click.echo("nothing has been announced yet")


@publication.command("hold")
@by_option
@reason_option
@data_option
def hold(by: str, reason: str, data: Path) -> None:
    """Stop the log: nothing new reaches nodes until it is resumed. Takedowns still do, at once."""
    held = hold_publication(open_installation(data).engine, by=by, reason=reason, now=read_clock())
    click.echo(f"held  version {held.version} and all after it wait; resume: antiphon publication resume")


@publication.command("resume")
@click.option("--accept", is_flag=True, help="Announce exactly the version that was held, past the gate.")
@by_option
@reason_option
@data_option
def resume(by: str, reason: str, data: Path, *, accept: bool) -> None:
    """Let the log go on. The gate looks at the next version again, unless the held one is accepted as it is."""
    parts = open_installation(data)
    held = resume_publication(parts.engine, parts.blobs, by=by, reason=reason, now=read_clock(), accept=accept)
    if accept:
        click.echo(f"accepted  version {held.version} is announced as it was held")
    else:
        click.echo(f"resumed  the publisher makes version {held.version} anew, and the gate looks at it")


@publication.command("rollback")
@version_argument
@by_option
@reason_option
@data_option
def rollback(version: int, by: str, reason: str, data: Path) -> None:
    """Bring nodes back to what they served at VERSION, under a new number, and hold publication there.

    Takedowns and revoked keys stay as they are. Resuming publishes everything after VERSION again: mend what was wrong
    first.
    """
    parts = open_installation(data)
    done = roll_back(parts.engine, parts.blobs, parts.places.scratch, version, by=by, reason=reason, now=read_clock())
    click.echo(
        f"rolled back  version {done.versions[-1]} serves {done.documents} documents as they were at {version}; "
        "publication is held: antiphon publication resume"
    )


@publication.command("diff")
@click.argument("older", type=click.IntRange(min=0))
@click.argument("newer", type=click.IntRange(min=1))
@click.option("--list", "is_listed", is_flag=True, help="Name each document that differs.")
@data_option
def diff(older: int, newer: int, data: Path, *, is_listed: bool) -> None:
    """Say in which documents two versions differ, by kind; OLDER may be 0: nothing at all."""
    parts = open_installation(data)
    _check_announced(parts, older, newer)
    counts: Counter[tuple[int, str]] = Counter()
    with compare_versions(parts.blobs, parts.places.scratch, older, newer) as pairs:
        for pair in pairs:
            what = "added" if pair.before is None else "gone" if pair.after is None else "changed"
            counts[pair.key[0], what] += 1
            if is_listed:
                click.echo(say_pair(pair, what))
    for kind in sorted({kind for kind, _ in counts}):
        told = "  ".join(f"{counts[kind, what]} {what}" for what in ("added", "changed", "gone") if counts[kind, what])
        click.echo(f"{DocumentKind(kind).name:<20} {told}")
    if not counts:
        click.echo(f"versions {older} and {newer} serve the same")


@publication.command("recover")
@by_option
@reason_option
@data_option
def recover(by: str, reason: str, data: Path) -> None:
    """Go on from a record that was restored from an old backup: its numbers, its takedowns, then its documents.

    Nodes are brought to what the record holds; what it lost is withdrawn until it is delivered again. Takedowns made
    since the backup stay down and become decisions of the record.
    """
    parts = open_installation(data)
    done = recover_record(parts.engine, parts.blobs, parts.places.scratch, by=by, reason=reason, now=read_clock())
    numbers = f"{done.adopted[0]} to {done.adopted[-1]}" if done.adopted else "none"
    click.echo(f"versions taken over from the store   {numbers}")
    click.echo(f"decisions taken over from the overlay  {', '.join(done.decisions) or 'none'}")
    if done.versions:
        click.echo(
            f"published  version {done.versions[-1]}: {done.brought} documents as the record has them, "
            f"{done.withdrawn} withdrawn that it does not know"
        )


@publication.command("pin")
@version_argument
@data_option
def pin(version: int, data: Path) -> None:
    """Stop this machine's node at VERSION, back to it if it is further; others go on. Takedowns still reach it."""
    pin_node(find_places(data, os.environ).node, version)
    click.echo(f"pinned  this node serves version {version} until: antiphon publication unpin")


@publication.command("unpin")
@data_option
def unpin(data: Path) -> None:
    """Let this machine's node follow to the newest version again."""
    unpin_node(find_places(data, os.environ).node)
    click.echo("unpinned  this node follows to the newest version")


@publication.command("drop-denial")
@click.argument("decision_id")
@by_option
@reason_option
@data_option
def drop_denial(decision_id: str, by: str, reason: str, data: Path) -> None:
    """Let go of a denial whose decision the record does not know: one that somebody began, and never made."""
    parts = open_installation(data)
    for denial in drop_denials(parts.engine, parts.blobs, decision_id, by=by, reason=reason, now=read_clock()):
        click.echo(f"dropped  {denial.kind} {denial.entity_id} may be played again where deals grant it")


@publication.command("snapshot")
@click.option("--from-record", is_flag=True, help="Make it of the record: where the log is too damaged to lead to one.")
@data_option
def snapshot(data: Path, *, from_record: bool) -> None:
    """Store a snapshot of the newest version, from which nodes start and recover, and remove what the log is past.

    The publisher does so by itself when it is due.
    """
    parts = open_installation(data)
    if from_record:
        renew_log(parts.engine, parts.blobs, parts.places.scratch)
    stored, removed = store_snapshot(parts.engine, parts.blobs, parts.places.scratch, read_clock())
    click.echo(f"snapshot  version {stored.version.version}: {stored.entries} documents in {len(stored.chunks)} chunks")
    if removed.blobs:
        old = f"{len(removed.versions)} versions and {len(removed.snapshots)} snapshots"
        click.echo(f"removed   {old} that nothing needs any more, {removed.blobs} blobs")


publication.add_command(export)


def _check_announced(parts: Installation, older: int, newer: int) -> None:
    """Refuse numbers that were never announced, or in the wrong order. Raises: Refused."""
    with reading(parts.engine) as conn:
        head = announced_head(conn)
        unknown = [number for number in (older, newer) if number and find_publication(conn, number) is None]
    if unknown:
        newest = f"the newest is {head.version}" if head is not None else "nothing was announced yet"
        raise Refused("UnknownVersion", f"there is no version {unknown[0]}; {newest}")
    if older >= newer:
        raise Refused("VersionsInOrder", f"got {older} and {newer}: name the older version first")
