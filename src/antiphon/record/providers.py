"""Who may deliver: providers, and the DPIDs that speak for them."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from antiphon.model.errors import Refused
from antiphon.record.instants import format_instant
from antiphon.record.tables import provider_parties, providers


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One provider. ``dpids`` are the message senders that may act for it, sorted; empty: none is named."""

    id: str
    name: str
    dpids: tuple[str, ...] = ()


def add_provider(conn: Connection, provider: Provider, now: datetime) -> None:
    """Add a provider, or bring the name and DPIDs of a known one up to date (DPIDs are only ever added).

    Raises: Refused if a DPID already speaks for another provider.
    """
    if find_provider(conn, provider.id) is None:
        conn.execute(insert(providers).values(id=provider.id, name=provider.name, added_at=format_instant(now)))
    else:
        conn.execute(update(providers).where(providers.c.id == provider.id).values(name=provider.name))
    for dpid in provider.dpids:
        owner = find_provider_of_dpid(conn, dpid)
        if owner is None:
            conn.execute(insert(provider_parties).values(dpid=dpid, provider=provider.id))
        elif owner.id != provider.id:
            raise Refused("DpidTaken", f"{dpid} speaks for provider {owner.id}; it cannot speak for {provider.id} too")


def find_provider(conn: Connection, provider_id: str) -> Provider | None:
    """Return a provider by id; None: there is none."""
    name = conn.execute(select(providers.c.name).where(providers.c.id == provider_id)).scalar_one_or_none()
    if name is None:
        return None
    query = (
        select(provider_parties.c.dpid)
        .where(provider_parties.c.provider == provider_id)
        .order_by(provider_parties.c.dpid)
    )
    return Provider(id=provider_id, name=name, dpids=tuple(conn.execute(query).scalars()))


def find_provider_of_dpid(conn: Connection, dpid: str) -> Provider | None:
    """Return the provider a message sender speaks for; None: nobody we know."""
    query = select(provider_parties.c.provider).where(provider_parties.c.dpid == dpid)
    provider_id = conn.execute(query).scalar_one_or_none()
    return find_provider(conn, provider_id) if provider_id is not None else None


def list_providers(conn: Connection) -> tuple[Provider, ...]:
    """Return every provider, by id."""
    ids = conn.execute(select(providers.c.id).order_by(providers.c.id)).scalars().all()
    return tuple(provider for i in ids if (provider := find_provider(conn, i)) is not None)
