"""Clients and their API keys as the record keeps them. Whatever changes of one is a change that reaches the nodes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.model.availability import Tier
from antiphon.model.clients import AccessRole, ApiKey, Client
from antiphon.model.errors import Refused
from antiphon.record.changes import CLIENT, Cause, append_changes, lock_head
from antiphon.record.client_tables import api_keys
from antiphon.record.instants import format_instant
from antiphon.record.tables import clients

MAX_KEYS = 20
"""keys of one client that hold at a time: one for each place it runs. A node compares each call's key with all."""


def add_client(conn: Connection, client: Client, now: datetime) -> None:
    """Add a client, without keys. Raises: Refused if its id is taken, or its provider is unknown."""
    row = {
        "id": client.client_id,
        "name": client.name,
        "secret_hash": client.secret_hash,
        "tier": client.tier.value,
        "roles": " ".join(role.value for role in client.roles),
        "provider": client.provider or None,
        "is_disabled": client.is_disabled,
        "added_at": format_instant(now),
    }
    lock_head(conn)
    try:
        with conn.begin_nested():
            conn.execute(insert(clients).values(row))
    except IntegrityError as error:
        message = f"client {client.client_id} of provider {client.provider or '(none)'} cannot be added: {error.orig}"
        raise Refused("ClientRefused", message) from error
    _note_change(conn, client.client_id, now)


def find_client(conn: Connection, client_id: str) -> Client | None:
    """Return a client by id, with the keys that hold, by name; None: there is none."""
    row = conn.execute(select(clients).where(clients.c.id == client_id)).one_or_none()
    if row is None:
        return None
    return _read_client(row, (key for key in list_api_keys(conn, client_id) if not key.revoked_at))


def load_client(conn: Connection, client_id: str) -> Client:
    """Return a client by id, as ``find_client`` does. Raises: Refused if there is none."""
    client = find_client(conn, client_id)
    if client is None:
        raise Refused("UnknownClient", f"there is no client {client_id!r}; `antiphon client list` names them")
    return client


def list_clients(conn: Connection) -> tuple[Client, ...]:
    """Return every client, by name and id."""
    ids = conn.execute(select(clients.c.id).order_by(clients.c.name, clients.c.id)).scalars().all()
    return tuple(client for i in ids if (client := find_client(conn, i)) is not None)


def change_secret(conn: Connection, client_id: str, secret_hash: str, now: datetime) -> Client:
    """Give a client another secret, by its hash, and return it so; the old one is good for nothing from then on.

    Raises: Refused if there is no such client.
    """
    return _change(conn, client_id, {"secret_hash": secret_hash}, now)


def change_tier(conn: Connection, client_id: str, tier: Tier, now: datetime) -> Client:
    """Let a client's listeners have another tier, and return it so. Raises: Refused if there is none."""
    return _change(conn, client_id, {"tier": tier.value}, now)


def set_disabled(conn: Connection, client_id: str, now: datetime, *, is_disabled: bool) -> Client:
    """Let a client call no more, or let it again, and return it so. Raises: Refused if there is none."""
    return _change(conn, client_id, {"is_disabled": is_disabled}, now)


def list_disabled(conn: Connection) -> tuple[str, ...]:
    """Return the ids of the clients that are disabled, in order."""
    query = select(clients.c.id).where(clients.c.is_disabled.is_(True)).order_by(clients.c.id)
    return tuple(conn.execute(query).scalars())


def list_revoked(conn: Connection) -> dict[str, str]:
    """Return when each API key that holds no more was revoked, by its hash."""
    query = select(api_keys.c.key_hash, api_keys.c.revoked_at).where(api_keys.c.revoked_at.is_not(None))
    return {row.key_hash: row.revoked_at for row in conn.execute(query)}


def list_api_keys(conn: Connection, client_id: str) -> tuple[ApiKey, ...]:
    """Return every key a client ever had, by name."""
    query = select(api_keys).where(api_keys.c.client_id == client_id).order_by(api_keys.c.name)
    return tuple(
        ApiKey(name=row.name, key_hash=row.key_hash, made_at=row.made_at, revoked_at=row.revoked_at or "")
        for row in conn.execute(query)
    )


def add_api_key(conn: Connection, client_id: str, key: ApiKey, now: datetime) -> Client:
    """Add a key to a client and return it so.

    Raises: Refused if there is no such client, it once had a key of this name, or it has ``MAX_KEYS`` that hold.
    """
    lock_head(conn)
    client = load_client(conn, client_id)
    if len(client.keys) >= MAX_KEYS:
        message = f"client {client_id} has {len(client.keys)} API keys, the limit is {MAX_KEYS}; revoke one first"
        raise Refused("ApiKeyRefused", message)
    row = {"client_id": client_id, "name": key.name, "key_hash": key.key_hash, "made_at": key.made_at}
    try:
        with conn.begin_nested():
            conn.execute(insert(api_keys).values(row))
    except IntegrityError as error:
        message = f"client {client_id} has, or had, an API key named {key.name!r}; give the new one another name"
        raise Refused("ApiKeyRefused", message) from error
    _note_change(conn, client_id, now)
    return load_client(conn, client_id)


def revoke_api_key(conn: Connection, client_id: str, name: str, now: datetime) -> Client:
    """Let a key hold no more, for good, and return the client so. Raises: Refused if it has no such key."""
    lock_head(conn)
    held = (api_keys.c.client_id == client_id, api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
    if conn.execute(update(api_keys).where(*held).values(revoked_at=format_instant(now))).rowcount == 0:
        message = (
            f"client {client_id!r} has no API key named {name!r} that holds; `antiphon client key list` names them"
        )
        raise Refused("UnknownApiKey", message)
    _note_change(conn, client_id, now)
    return load_client(conn, client_id)


def _change(conn: Connection, client_id: str, values: dict[str, object], now: datetime) -> Client:
    lock_head(conn)
    conn.execute(update(clients).where(clients.c.id == client_id).values(values))
    changed = load_client(conn, client_id)
    _note_change(conn, client_id, now)
    return changed


def _note_change(conn: Connection, client_id: str, now: datetime) -> None:
    append_changes(conn, [(CLIENT, client_id)], Cause(at=now))


def _read_client(row: Row[tuple[object, ...]], keys: Iterable[ApiKey]) -> Client:
    return Client(
        client_id=row.id,
        name=row.name,
        secret_hash=row.secret_hash,
        tier=Tier(row.tier),
        roles=tuple(AccessRole(role) for role in row.roles.split()),
        provider=row.provider or "",
        is_disabled=row.is_disabled,
        keys=tuple(keys),
    )
