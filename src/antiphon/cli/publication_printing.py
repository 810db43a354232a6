"""How the state of publication is printed: how far it is, what holds it and what to do, for people."""

from datetime import datetime

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.cli.printing import printable
from antiphon.publication.announcing import newest_stored
from antiphon.publication.comparing import Pair
from antiphon.publication.denials import list_unknown
from antiphon.publication.holding import read_report
from antiphon.record import reading, writing
from antiphon.record.changes import head_version, lock_head
from antiphon.record.publication_holds import Hold, find_hold
from antiphon.record.publication_tables import HoldKind
from antiphon.record.publications import Announced, announced_head
from antiphon.segments import DocumentKind


def print_status(parts: Installation) -> bool:
    """Print how far publication is and what waits for a person; False: something does."""
    now = read_clock()
    with reading(parts.engine) as conn:
        head, changes, hold = announced_head(conn), head_version(conn), find_hold(conn)
    with writing(parts.engine) as conn:
        lock_head(conn)  # whoever decides writes the overlay before the decision is there
        unknown = list_unknown(conn, parts.blobs, now)
    version, done = (head.version, head.record_version) if head is not None else (0, 0)
    stored = newest_stored(parts.blobs)
    since = f", announced {head.announced_at[:19]}Z" if head is not None else ""
    click.echo(f"version  {version}{since}")
    click.echo(f"changes  {max(0, changes - done)} wait of {changes}")
    if hold is not None:
        print_hold(hold, now)
    if stored > version:
        click.echo(f"the record is older than the store, which holds version {stored}: antiphon publication recover")
    for denial in unknown:
        click.echo(
            f"unknown  the overlay denies {denial.kind} {printable(denial.entity_id)} by decision "
            f"{printable(denial.decision_id)}, which the record does not know: antiphon publication recover, or "
            f"drop-denial {printable(denial.decision_id)}"
        )
    return hold is None and stored <= version and not unknown


def print_hold(hold: Hold, now: datetime) -> None:
    """Print what holds publication, each difference on a line of its own, and the ways on."""
    hours = (now - datetime.fromisoformat(hold.held_at)).total_seconds() / 3600
    mark = click.style("HELD", fg="red", bold=True)
    click.echo(f"{mark}     by {printable(hold.held_by)} for {hours:.1f} h, before version {hold.version}")
    report = read_report(hold)
    for difference in report:
        click.echo(f"         {difference.gate}: {printable(str(difference))}")
    if not report:
        click.echo(f"         {printable(hold.reason)}")
    click.echo(f"         next: {advise(hold)}")


def advise(hold: Hold) -> str:
    """Return what to do about a hold, in words."""
    if hold.kind is HoldKind.RECOVERY:
        return "antiphon publication recover, which goes on where it was stopped"
    if hold.kind is HoldKind.GATE and all(difference.can_be_accepted for difference in read_report(hold)):
        return "is it meant: antiphon publication resume --accept; if not: mend it in the catalogue, then resume"
    if hold.kind is HoldKind.GATE:
        return "nobody can accept this: mend or upgrade the publisher, then antiphon publication resume"
    return "mend what was wrong, then antiphon publication resume"


def say_announced(announced: Announced) -> str:
    """Return an announced version as a line."""
    told = f"record {announced.record_version}  segment {announced.segment[:12]}"
    return f"{announced.version:>8}  {announced.announced_at}  {told}"


def say_held(hold: Hold) -> str:
    """Return a hold as a line, with how it ended."""
    ended = "HOLDS"
    if hold.resumed_by:
        ended = f"{'accepted' if hold.is_accepted else 'resumed'} by {hold.resumed_by}"
    told = printable(f"{hold.held_by}: {hold.reason}")
    return f"{'':>8}  {hold.held_at}  hold {hold.number} ({hold.kind}), {ended}  {told}"


def say_pair(pair: Pair, what: str) -> str:
    """Return one document of a comparison as a line."""
    return f"{what:<8} {DocumentKind(pair.key[0]).name:<20} {printable(pair.key[1:].decode(errors='replace'))}"
