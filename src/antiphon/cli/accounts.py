"""Providers, what is agreed with them, and the clients that call."""

from pathlib import Path

import click
from sqlalchemy import Connection

from antiphon.access import AccessRole, Tier, hash_client_secret, make_client, make_client_secret
from antiphon.cli.agreeing import policy
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, tier_option
from antiphon.model.identifiers import Dpid, InvalidIdentifier, parse_dpid
from antiphon.record import reading, writing
from antiphon.record.audit import record_act
from antiphon.record.clients import ClientRow, add_client, change_secret, list_clients, set_disabled
from antiphon.record.providers import Provider, add_provider, drop_party, list_providers
from antiphon.surfaces.callers import write_client

OPERATOR = "operator"
"""Who does what nobody's name is given for: whoever has a shell on the machine."""

by_option = click.option("--by", default=OPERATOR, show_default=True, help="Who decides.")


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


@click.group()
def client() -> None:
    """Say which programs may call."""


@client.command("add")
@click.argument("name")
@tier_option
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in AccessRole]),
    help="What it may do beyond reading and playing.",
)
@click.option("--provider", default="", help="Whom it speaks for, with the role provider.")
@by_option
@data_option
def add_one_client(name: str, tier: str, roles: tuple[str, ...], provider: str, by: str, data: Path) -> None:
    """Add a client and print its id and secret. The secret is shown once and kept nowhere."""
    made, secret = make_client(
        name, tier=Tier(tier), roles=tuple(AccessRole(role) for role in roles), provider=provider
    )
    with writing(open_installation(data, create=True).engine) as conn:
        add_client(conn, write_client(made), read_clock())
        _record(conn, "add client", by, provider, made.client_id, name)
    _print_credentials(made.client_id, secret)


@client.command("list")
@data_option
def list_all_clients(data: Path) -> None:
    """List clients with their roles, whom each speaks for, and which are disabled."""
    with reading(open_installation(data).engine) as conn:
        for one in list_clients(conn):
            state = "disabled" if one.is_disabled else ""
            click.echo(f"{one.id}  {one.name:<24} {' '.join(one.roles):<18} {one.provider:<16} {state}".rstrip())


@client.command("rotate")
@click.argument("client_id")
@by_option
@data_option
def rotate(client_id: str, by: str, data: Path) -> None:
    """Give a client a new secret and print it; the old one is good for nothing from then on.

    Tokens it has end by themselves within the hour. To change secrets without a gap, add a second client of the same
    provider first, and disable this one when it is no longer used.
    """
    secret = make_client_secret()
    with writing(open_installation(data).engine) as conn:
        changed = change_secret(conn, client_id, hash_client_secret(secret))
        _record_change(conn, "rotate", by, changed)
    _print_credentials(client_id, secret)


@client.command("disable")
@click.argument("client_id")
@by_option
@data_option
def disable(client_id: str, by: str, data: Path) -> None:
    """Let a client get no more tokens. Those it has end by themselves within the hour."""
    with writing(open_installation(data).engine) as conn:
        _record_change(conn, "disable", by, set_disabled(conn, client_id, is_disabled=True))
    click.echo(f"disabled  {client_id}")


@client.command("enable")
@click.argument("client_id")
@by_option
@data_option
def enable(client_id: str, by: str, data: Path) -> None:
    """Let a disabled client get tokens again, with the secret it had."""
    with writing(open_installation(data).engine) as conn:
        _record_change(conn, "enable", by, set_disabled(conn, client_id, is_disabled=False))
    click.echo(f"enabled  {client_id}")


def _parse_party(dpid: str, hint: str) -> Dpid:
    try:
        return parse_dpid(dpid)
    except InvalidIdentifier as error:
        raise click.BadParameter(str(error), param_hint=hint) from error


def _print_credentials(client_id: str, secret: str) -> None:
    click.echo(f"client_id      {client_id}\nclient_secret  {secret}")


def _record_change(conn: Connection, action: str, by: str, changed: ClientRow) -> None:
    _record(conn, action, by, changed.provider, changed.id, changed.name)


def _record(conn: Connection, action: str, by: str, provider_id: str, subject: str, detail: str) -> None:
    record_act(conn, action, by=by, provider=provider_id, subject=subject, now=read_clock(), detail=detail)
