"""Providers, and the clients that call."""

from pathlib import Path

import click

from antiphon.access import AccessRole, Tier, make_client
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, tier_option
from antiphon.model.identifiers import InvalidIdentifier, parse_dpid
from antiphon.record import reading, writing
from antiphon.record.clients import add_client
from antiphon.record.providers import Provider, add_provider, list_providers
from antiphon.surfaces.callers import write_client


@click.group()
def provider() -> None:
    """Say who may deliver."""


@provider.command("add")
@click.argument("provider_id")
@click.option("--name", required=True, help="The provider's name.")
@click.option("--dpid", "dpids", multiple=True, help="A DDEX party id that may send for it; repeat for more.")
@data_option
def add_one_provider(provider_id: str, name: str, dpids: tuple[str, ...], data: Path) -> None:
    """Add a provider, or add DPIDs to one."""
    try:
        parsed = tuple(parse_dpid(dpid) for dpid in dpids)
    except InvalidIdentifier as error:
        raise click.BadParameter(str(error), param_hint="--dpid") from error
    with writing(open_installation(data, create=True).engine) as conn:
        add_provider(conn, Provider(id=provider_id, name=name, dpids=parsed), read_clock())
    click.echo(f"provider {provider_id}")


@provider.command("list")
@data_option
def list_all_providers(data: Path) -> None:
    """List providers with the DPIDs that send for them."""
    with reading(open_installation(data).engine) as conn:
        for one in list_providers(conn):
            click.echo(f"{one.id:<24} {one.name:<32} {' '.join(one.dpids)}")


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
@data_option
def add_one_client(name: str, tier: str, roles: tuple[str, ...], provider: str, data: Path) -> None:
    """Add a client and print its id and secret. The secret is shown once and kept nowhere."""
    made, secret = make_client(
        name, tier=Tier(tier), roles=tuple(AccessRole(role) for role in roles), provider=provider
    )
    with writing(open_installation(data, create=True).engine) as conn:
        add_client(conn, write_client(made), read_clock())
    click.echo(f"client_id      {made.client_id}\nclient_secret  {secret}")
