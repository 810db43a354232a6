"""Who may deliver: providers, the DPIDs that speak for them, and the parties they may speak for."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, true, union_all, update

from antiphon.model.errors import Refused
from antiphon.record.agreement_tables import agreements, represented_parties
from antiphon.record.instants import format_instant
from antiphon.record.tables import provider_parties, providers

# Built once, since every delivery makes them: see ``entries``.
_NEWEST_AGREEMENT = (
    select(func.max(agreements.c.version)).where(agreements.c.provider == providers.c.id).correlate(providers)
).scalar_subquery()
_PARTIES = union_all(
    select(provider_parties.c.dpid, literal(1).label("is_sender")).where(
        provider_parties.c.provider == bindparam("provider")
    ),
    select(represented_parties.c.dpid, literal(0)).where(represented_parties.c.provider == bindparam("provider")),
).subquery()
_FIND = (
    select(providers.c.name, agreements.c.policy, agreements.c.version, _PARTIES.c.dpid, _PARTIES.c.is_sender)
    .outerjoin(agreements, (agreements.c.provider == providers.c.id) & (agreements.c.version == _NEWEST_AGREEMENT))
    .outerjoin(_PARTIES, true())
    .where(providers.c.id == bindparam("provider"))
)


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """One provider. ``dpids`` are the message senders that may act for it, sorted; empty: none is named.

    ``represented`` are the parties it may name as SentOnBehalfOf beside itself, sorted. ``policy`` is its newest
    agreement about the rules, as JSON that ``intake`` reads; empty: none was made. ``policy_version`` counts from 1.
    """

    id: str
    name: str
    dpids: tuple[str, ...] = ()
    represented: tuple[str, ...] = ()
    policy: str = ""
    policy_version: int = 0


def add_provider(conn: Connection, provider: Provider, now: datetime) -> None:
    """Add a provider, or bring the name of a known one up to date and add DPIDs and represented parties to it.

    Parties are only ever added here; see ``drop_party``. A policy is another matter: see ``agreements``.
    Raises: Refused if a DPID already speaks for another provider.
    """
    known = find_provider(conn, provider.id)
    if known is None:
        conn.execute(insert(providers).values(id=provider.id, name=provider.name, added_at=format_instant(now)))
    else:
        conn.execute(update(providers).where(providers.c.id == provider.id).values(name=provider.name))
    for dpid in provider.dpids:
        owner = find_provider_of_dpid(conn, dpid)
        if owner is None:
            conn.execute(insert(provider_parties).values(dpid=dpid, provider=provider.id))
        elif owner.id != provider.id:
            raise Refused("DpidTaken", f"{dpid} speaks for provider {owner.id}; it cannot speak for {provider.id} too")
    fresh = sorted(set(provider.represented) - set(known.represented if known else ()))
    if fresh:
        conn.execute(insert(represented_parties), [{"provider": provider.id, "dpid": dpid} for dpid in fresh])


def drop_party(conn: Connection, provider_id: str, dpid: str) -> bool:
    """Let a DPID no longer speak for a provider, nor the provider for it; False: it did neither."""
    dropped = [
        conn.execute(delete(table).where(table.c.provider == provider_id, table.c.dpid == dpid)).rowcount
        for table in (provider_parties, represented_parties)
    ]
    return any(dropped)


def find_provider(conn: Connection, provider_id: str) -> Provider | None:
    """Return a provider by id; None: there is none."""
    rows = conn.execute(_FIND, {"provider": provider_id}).all()
    if not rows:
        return None
    return Provider(
        id=provider_id,
        name=rows[0].name,
        dpids=tuple(sorted(row.dpid for row in rows if row.is_sender == 1)),
        represented=tuple(sorted(row.dpid for row in rows if row.is_sender == 0)),
        policy=rows[0].policy or "",
        policy_version=rows[0].version or 0,
    )


def find_provider_of_dpid(conn: Connection, dpid: str) -> Provider | None:
    """Return the provider a message sender speaks for; None: nobody we know."""
    query = select(provider_parties.c.provider).where(provider_parties.c.dpid == dpid)
    provider_id = conn.execute(query).scalar_one_or_none()
    return find_provider(conn, provider_id) if provider_id is not None else None


def find_foreign_parties(conn: Connection, provider_id: str, dpids: Iterable[str]) -> frozenset[str]:
    """Return which of some DPIDs are on file for another provider, as its own or as a party it speaks for."""
    asked = sorted(set(dpids))
    if not asked:
        return frozenset()
    query = union_all(
        *(
            select(table.c.dpid).where(table.c.dpid.in_(asked), table.c.provider != provider_id)
            for table in (provider_parties, represented_parties)
        )
    )
    return frozenset(conn.execute(query).scalars())


def list_providers(conn: Connection) -> tuple[Provider, ...]:
    """Return every provider, by id."""
    ids = conn.execute(select(providers.c.id).order_by(providers.c.id)).scalars().all()
    return tuple(provider for i in ids if (provider := find_provider(conn, i)) is not None)
