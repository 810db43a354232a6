"""Providers, and what is agreed with them."""

from pathlib import Path

import click
from sqlalchemy import Connection

from antiphon.cli.agreeing import policy
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import by_option, data_option
from antiphon.model.identifiers import Dpid, InvalidIdentifier, parse_dpid
from antiphon.record import reading, writing
from antiphon.record.audit import record_act
from antiphon.record.providers import Provider, add_provider, drop_party, list_providers


@click.group()
def provider() -> None:
    """Say who may deliver, for whom, and by which policy."""


provider.add_command(policy)


@provider.command("add")
@click.argument("provider_id")
@click.option("--name", required=True, help="The provider's name.")
@click.option("--dpid", "dpids", multiple=True, help="A DDEX party id that may send for it; repeat for more.")
@click.option(
    "--speaks-for", "represented", multiple=True, help="A DPID it may name as SentOnBehalfOf; repeat for more."
)
@by_option
@data_option
def add_one_provider(
    provider_id: str, name: str, dpids: tuple[str, ...], represented: tuple[str, ...], by: str, data: Path
) -> None:
    """Add a provider, or add parties to one."""
    made = Provider(
        id=provider_id,
        name=name,
        dpids=tuple(_parse_party(dpid, "--dpid") for dpid in dpids),
        represented=tuple(_parse_party(dpid, "--speaks-for") for dpid in represented),
    )
    with writing(open_installation(data, create=True).engine) as conn:
        add_provider(conn, made, read_clock())
        detail = (
            f"sends as {', '.join(made.dpids) or 'nobody yet'}; speaks for {', '.join(made.represented) or 'itself'}"
        )
        _record(conn, "add provider", by, provider_id, provider_id, detail)
    click.echo(f"provider {provider_id}")


@provider.command("drop-party")
@click.argument("provider_id")
@click.argument("dpid")
@by_option
@data_option
def drop_one_party(provider_id: str, dpid: str, by: str, data: Path) -> None:
    """Let a DPID no longer send for a provider, nor the provider speak for it."""
    party = _parse_party(dpid, "DPID")
    with writing(open_installation(data).engine) as conn:
        is_dropped = drop_party(conn, provider_id, party)
        if is_dropped:
            _record(conn, "drop party", by, provider_id, provider_id, party)
    click.echo(f"{party} is dropped" if is_dropped else f"{party} was not on file for {provider_id}")


@provider.command("list")
@data_option
def list_all_providers(data: Path) -> None:
    """List providers with the DPIDs that send for them, and those they speak for."""
    with reading(open_installation(data).engine) as conn:
        for one in list_providers(conn):
            spoken = f"  for {' '.join(one.represented)}" if one.represented else ""
            click.echo(f"{one.id:<24} {one.name:<32} {' '.join(one.dpids)}{spoken}")


def _parse_party(dpid: str, hint: str) -> Dpid:
    try:
        return parse_dpid(dpid)
    except InvalidIdentifier as error:
        raise click.BadParameter(str(error), param_hint=hint) from error


def _record(conn: Connection, action: str, by: str, provider_id: str, subject: str, detail: str) -> None:
    record_act(conn, action, by=by, provider=provider_id, subject=subject, now=read_clock(), detail=detail)
