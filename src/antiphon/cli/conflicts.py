"""What providers mean different things by: the same identifier, and who says what of it."""

from pathlib import Path

import click
import msgspec

from antiphon.catalogue import Conflict, ConflictReport, report_conflict
from antiphon.cli.clock import read_seconds
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import printable
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.conflicts import list_conflicts
from antiphon.record.providers import find_provider


@click.command()
@click.argument("provider", default="")
@json_option
@data_option
def conflicts(provider: str, data: Path, *, as_json: bool) -> None:
    """List the ISRCs and barcodes by which providers mean different things, as operators or one PROVIDER sees them.

    A provider is not told who the other is. A conflict is listed as long as it lasts: see `antiphon held`, `merge`
    and `split` for what ends it here.
    """
    with reading(open_installation(data).engine) as conn:
        if provider and find_provider(conn, provider) is None:
            raise Refused("UnknownProvider", f"there is no provider {provider!r}; `antiphon provider list` names them")
        found = list_conflicts(conn, int(read_seconds()), provider=provider or None)
    told = [report_conflict(conflict, provider) if provider else conflict for conflict in found]
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))
        return
    for one in told:
        for line in _tell_side(one) if isinstance(one, ConflictReport) else _tell_all(one) if one else ():
            click.echo(line)
    if not told:
        click.echo("nobody means anything else by an identifier")


def _tell_all(conflict: Conflict) -> list[str]:
    lines = [f"{conflict.scheme} {conflict.value}  {conflict.state}"]
    for claim in conflict.claims:
        state = f"held in {claim.delivery_id}" if claim.is_held else f"album {claim.album_id}"
        shown = _name_music(claim.title, claim.artists, claim.duration_ms)
        lines.append(f"    {claim.provider:<16} {shown}  {state}")
    return lines


def _tell_side(report: ConflictReport) -> list[str]:
    lines = [f"{report.scheme} {report.value}  {report.state}"]
    for claim in report.yours:
        shown = _name_music(claim.title, claim.artists, claim.duration_ms)
        lines.append(f"    yours            {shown}{'  held' if claim.is_held else ''}")
    for other in report.others:
        shown = _name_music(other.title, other.artists, other.duration_ms)
        lines.append(f"    somebody else's  {'something that is held, and not published' if other.is_held else shown}")
    return [*lines, f"    {report.what_to_do}"]


def _name_music(title: str, artists: tuple[str, ...], duration_ms: int) -> str:
    length = f", {duration_ms / 1000:g} s" if duration_ms else ""
    return f"{printable(title)!r} by {printable(', '.join(artists)) or 'nobody'}{length}"
