"""The clients that call, their secrets and their API keys.

What is changed here is known to nodes with the next version, as a rule within a second. Who is disabled, and a key that
is revoked, is refused on the path of takedowns as well: also while publication is held, and on nodes that are pinned.
"""

from pathlib import Path

import click
from sqlalchemy import Connection

from antiphon.access import AccessRole, Client, Tier, hash_client_secret, make_api_key, make_client, make_client_secret
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import by_option, data_option, tier_option
from antiphon.publication.denials import write_overlay
from antiphon.record import reading, writing
from antiphon.record.audit import record_act
from antiphon.record.clients import (
    add_api_key,
    add_client,
    change_secret,
    change_tier,
    list_api_keys,
    list_clients,
    load_client,
    revoke_api_key,
    set_disabled,
)


@click.group()
def client() -> None:
    """Say which programs may call.

    A client has an id and a secret, for which it gets tokens, and as many API keys as it needs.
    """


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
        add_client(conn, made, read_clock())
        _record(conn, "add client", by, made, name)
    _print_credentials(made.client_id, secret)


@client.command("list")
@data_option
def list_all_clients(data: Path) -> None:
    """List clients with their roles, whom each speaks for, how many API keys it has, and which are disabled."""
    with reading(open_installation(data).engine) as conn:
        for one in list_clients(conn):
            keys = f"{len(one.keys)} API keys" if one.keys else ""
            state = "disabled" if one.is_disabled else ""
            roles = " ".join(one.roles)
            click.echo(f"{one.client_id}  {one.name:<24} {roles:<18} {one.provider:<16} {keys:<12} {state}".rstrip())


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
        changed = change_secret(conn, client_id, hash_client_secret(secret), read_clock())
        _record(conn, "rotate", by, changed, changed.name)
    _print_credentials(client_id, secret)


@client.command("tier")
@click.argument("client_id")
@tier_option
@by_option
@data_option
def change_one_tier(client_id: str, tier: str, by: str, data: Path) -> None:
    """Say what a client's listeners pay with. Tokens it has keep their tier until they end, within the hour."""
    with writing(open_installation(data).engine) as conn:
        changed = change_tier(conn, client_id, Tier(tier), read_clock())
        _record(conn, "change tier", by, changed, tier)
    click.echo(f"{tier}  {client_id}")


@client.command("disable")
@click.argument("client_id")
@by_option
@data_option
def disable(client_id: str, by: str, data: Path) -> None:
    """Let a client call no more: neither with its secret, nor its API keys, nor the tokens it has.

    URLs of streams it was given end by themselves within five minutes.
    """
    parts = open_installation(data)
    with writing(parts.engine) as conn:
        changed = set_disabled(conn, client_id, read_clock(), is_disabled=True)
        _record(conn, "disable", by, changed, changed.name)
        write_overlay(conn, parts.blobs, read_clock())
    click.echo(f"disabled  {client_id}")


@client.command("enable")
@click.argument("client_id")
@by_option
@data_option
def enable(client_id: str, by: str, data: Path) -> None:
    """Let a disabled client call again, with the secret and the API keys it had."""
    parts = open_installation(data)
    with writing(parts.engine) as conn:
        changed = set_disabled(conn, client_id, read_clock(), is_disabled=False)
        _record(conn, "enable", by, changed, changed.name)
        write_overlay(conn, parts.blobs, read_clock(), forget={client_id})
    click.echo(f"enabled  {client_id}")


@client.group("key")
def key() -> None:
    """Make, list and revoke a client's API keys.

    A program sends its key with each call, as a bearer token or in the header X-API-Key.
    """


@key.command("add")
@click.argument("client_id")
@click.argument("name")
@by_option
@data_option
def add_one_key(client_id: str, name: str, by: str, data: Path) -> None:
    """Make an API key, named after where it will be used, and print it. It is shown once and kept nowhere."""
    now = read_clock()
    with writing(open_installation(data).engine) as conn:
        owner = load_client(conn, client_id)
        made, text = make_api_key(owner, name, now)
        add_api_key(conn, client_id, made, now)
        _record(conn, "add API key", by, owner, name)
    click.echo(f"api_key  {text}")


@key.command("list")
@click.argument("client_id")
@data_option
def list_keys(client_id: str, data: Path) -> None:
    """List every API key a client ever had, with when it was made, and when it was revoked."""
    with reading(open_installation(data).engine) as conn:
        load_client(conn, client_id)
        for one in list_api_keys(conn, client_id):
            state = f"revoked {one.revoked_at}" if one.revoked_at else ""
            click.echo(f"{one.name:<24} {one.made_at}  {state}".rstrip())


@key.command("revoke")
@click.argument("client_id")
@click.argument("name")
@by_option
@data_option
def revoke(client_id: str, name: str, by: str, data: Path) -> None:
    """Let an API key hold no more, for good. Its name is not given again."""
    parts = open_installation(data)
    with writing(parts.engine) as conn:
        changed = revoke_api_key(conn, client_id, name, read_clock())
        _record(conn, "revoke API key", by, changed, name)
        write_overlay(conn, parts.blobs, read_clock())
    click.echo(f"revoked  {name}  of {client_id}")


def _print_credentials(client_id: str, secret: str) -> None:
    click.echo(f"client_id      {client_id}\nclient_secret  {secret}")


def _record(conn: Connection, action: str, by: str, changed: Client, detail: str) -> None:
    subject = changed.client_id
    record_act(conn, action, by=by, provider=changed.provider, subject=subject, now=read_clock(), detail=detail)
