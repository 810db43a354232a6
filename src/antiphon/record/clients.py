"""Clients as the record keeps them: plain rows, since ``access`` owns what they mean."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from antiphon.model.errors import Refused
from antiphon.record.instants import format_instant
from antiphon.record.tables import clients


class ClientRow(msgspec.Struct, frozen=True, kw_only=True):
    """One client. ``secret_hash`` is 64 hex digits; the secret is nowhere. ``provider`` empty: it speaks for none."""

    id: str
    name: str
    secret_hash: str
    tier: str
    roles: tuple[str, ...] = ()
    provider: str = ""
    is_disabled: bool = False


def add_client(conn: Connection, client: ClientRow, now: datetime) -> None:
    """Add a client. Raises: Refused if its id is taken, or its provider is unknown."""
    row = {
        "id": client.id,
        "name": client.name,
        "secret_hash": client.secret_hash,
        "tier": client.tier,
        "roles": " ".join(client.roles),
        "provider": client.provider or None,
        "is_disabled": client.is_disabled,
        "added_at": format_instant(now),
    }
    try:
        with conn.begin_nested():
            conn.execute(insert(clients).values(row))
    except IntegrityError as error:
        message = f"client {client.id} of provider {client.provider or '(none)'} cannot be added: {error.orig}"
        raise Refused("ClientRefused", message) from error


def find_client(conn: Connection, client_id: str) -> ClientRow | None:
    """Return a client by id; None: there is none."""
    row = conn.execute(select(clients).where(clients.c.id == client_id)).one_or_none()
    if row is None:
        return None
    return ClientRow(
        id=row.id,
        name=row.name,
        secret_hash=row.secret_hash,
        tier=row.tier,
        roles=tuple(row.roles.split()),
        provider=row.provider or "",
        is_disabled=row.is_disabled,
    )


def list_clients(conn: Connection) -> tuple[ClientRow, ...]:
    """Return every client, by name and id."""
    ids = conn.execute(select(clients.c.id).order_by(clients.c.name, clients.c.id)).scalars().all()
    return tuple(client for i in ids if (client := find_client(conn, i)) is not None)


def change_secret(conn: Connection, client_id: str, secret_hash: str) -> ClientRow:
    """Give a client another secret, by its hash, and return it so; the old one is good for nothing from then on.

    Raises: Refused if there is no such client.
    """
    return _change(conn, client_id, {"secret_hash": secret_hash})


def set_disabled(conn: Connection, client_id: str, *, is_disabled: bool) -> ClientRow:
    """Let a client get no more tokens, or let it again, and return it so. Raises: Refused if there is none."""
    return _change(conn, client_id, {"is_disabled": is_disabled})


def _change(conn: Connection, client_id: str, values: dict[str, object]) -> ClientRow:
    conn.execute(update(clients).where(clients.c.id == client_id).values(values))
    changed = find_client(conn, client_id)
    if changed is None:
        raise Refused("UnknownClient", f"there is no client {client_id!r}; `antiphon client list` names them")
    return changed
