"""Ask how good the data is: of the catalogue, a provider or one release."""

from datetime import datetime
from pathlib import Path

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.quality_printing import print_release, print_report, write_days_csv, write_losses_csv
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.providers import find_provider
from antiphon.record.quality import find_album, find_differing
from antiphon.record.quality_days import list_days
from antiphon.surfaces.provider.quality_reports import find_first_day, report_quality, report_release


@click.command()
@click.option("--provider", help="Only this provider's releases.")
@click.option("--release", "release", help="One release, by its id or its key: every point it lacks.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of the trend. Default: 90 days ago.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="csv: every day of every provider with what was counted; of a release, its losses.",
)
@click.option("--prove", is_flag=True, help="Measure every release anew, and name each whose score is another one.")
@data_option
def quality(
    provider: str | None, release: str | None, since: datetime | None, form: str, data: Path, *, prove: bool
) -> None:
    """Say how good the data is, what to fix first, and how it went.

    A score is what is left of a hundred points; docs/quality.md says what takes them. With --prove, ends with 1 if a
    score is not what is measured now.
    """
    engine, now = open_installation(data).engine, read_clock()
    first_day = f"{since:%Y-%m-%d}" if since is not None else find_first_day(now)
    with reading(engine) as conn:
        if provider is not None and find_provider(conn, provider) is None:
            raise Refused("UnknownProvider", f"there is no provider {provider!r}; `antiphon provider list` names them")
        if prove:
            _tell_proof(find_differing(conn))
        elif release is not None:
            album = find_album(conn, release, provider)
            report = report_release(conn, album) if album is not None else None
            if report is None:
                raise Refused(
                    "NoSuchRelease", f"there is no release {release!r}; give its id, or its key and --provider"
                )
            if form == "csv":
                click.echo(write_losses_csv(report), nl=False)
            elif form == "json":
                click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
            else:
                print_release(report)
        elif form == "csv":
            click.echo(write_days_csv(list_days(conn, now, since=first_day, provider=provider)), nl=False)
        else:
            whole = report_quality(conn, now, provider=provider, since=first_day)
            if form == "json":
                click.echo(msgspec.json.format(msgspec.json.encode(whole), indent=2))
            else:
                print_report(whole)


def _tell_proof(differing: list[str]) -> None:
    for release_key in differing:
        click.echo(f"differs  {release_key}")
    if differing:
        raise SystemExit(1)
    click.echo("every score is what is measured now")
