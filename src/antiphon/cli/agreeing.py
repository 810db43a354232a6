"""What is agreed with a provider about the rules: shown, changed, and how it came to be so."""

from pathlib import Path

import click
import msgspec

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.intake.agreements import change_policy, read_policy
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.record import reading
from antiphon.record.agreements import list_agreements
from antiphon.record.providers import find_provider
from antiphon.rules import Policy


@click.command("policy")
@click.argument("provider_id")
@click.option("--weigh", multiple=True, metavar="RULE=SEVERITY", help="Let a rule weigh fatal, hold, warn or note.")
@click.option("--off", multiple=True, metavar="RULE", help="Do not ask a rule; not one of a standard or a platform.")
@click.option("--usual", multiple=True, metavar="RULE", help="Ask a rule again, with its usual weight.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Replace it by the JSON of a file.",
)
@click.option("--by", default="", help="Who decides. Needed to change anything.")
@click.option("--reason", default="", help="Why. Needed to change anything.")
@click.option("--history", is_flag=True, help="Show every version with who made it and why.")
@data_option
def policy(
    provider_id: str,
    weigh: tuple[str, ...],
    off: tuple[str, ...],
    usual: tuple[str, ...],
    file: Path | None,
    by: str,
    reason: str,
    data: Path,
    *,
    history: bool,
) -> None:
    """Show or change what is agreed with a provider about the rules. Every version is kept."""
    engine = open_installation(data).engine
    with reading(engine) as conn:
        found = find_provider(conn, provider_id)
        versions = list_agreements(conn, provider_id) if history else ()
    if found is None:
        raise Refused("UnknownProvider", f"there is no provider {provider_id!r}; `antiphon provider list` names them")
    for version in versions:
        said = f"{version.decided_at[:19]}  {version.decided_by}: {version.reason}"
        click.echo(f"version {version.version}  {said}\n  {version.policy}")
    if history:
        return
    agreed = read_policy(found.policy)
    if weigh or off or usual or file is not None:
        agreed = read_policy(file.read_text()) if file is not None else agreed
        agreed = _change(agreed, weigh, off, usual)
        made = change_policy(engine, provider_id, agreed, by=by, reason=reason, now=read_clock())
        click.echo(f"version {made.version} of the policy of {provider_id}")
    click.echo(msgspec.json.format(msgspec.json.encode(agreed, order="sorted"), indent=2).decode())


def _change(agreed: Policy, weigh: tuple[str, ...], off: tuple[str, ...], usual: tuple[str, ...]) -> Policy:
    severities = {rule: weight for rule, weight in agreed.severities.items() if rule not in usual}
    for text in weigh:
        rule, _, severity = text.partition("=")
        if severity not in list(Severity):
            raise click.BadParameter(f"{text!r} is not RULE={'|'.join(Severity)}", param_hint="--weigh")
        severities[rule] = Severity(severity)
    dropped = (agreed.off | set(off)) - set(usual) - set(severities)
    return msgspec.structs.replace(agreed, severities=severities, off=frozenset(dropped))
