"""Clients: the programs that call, as the record keeps them and as nodes know them.

Of secrets and keys there are only hashes here: see ``access``, which makes and verifies them.
"""

from enum import StrEnum

import msgspec

from antiphon.model.availability import Tier


class AccessRole(StrEnum):
    """What a client may do beyond reading the catalogue and playing, which every client may."""

    PROVIDER = "provider"
    """Deliver, and see the deliveries of its own provider."""
    OPERATOR = "operator"
    """See and decide everything."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a client. ``name`` is unique among all the client ever had; ``key_hash`` is 64 hex digits.

    Times are ISO 8601, UTC; ``revoked_at`` empty: it holds.
    """

    name: str
    key_hash: str
    made_at: str
    revoked_at: str = ""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """One client. ``provider`` names whom a client with the provider role speaks for; empty: nobody.

    ``secret_hash`` is 64 hex digits. ``tier`` is what its listeners pay with. ``is_disabled``: it gets no new tokens,
    and nodes refuse its keys and the tokens it has. ``keys`` are those that hold.
    """

    client_id: str
    name: str
    secret_hash: str
    tier: Tier = Tier.PREMIUM
    roles: tuple[AccessRole, ...] = ()
    provider: str = ""
    is_disabled: bool = False
    keys: tuple[ApiKey, ...] = ()
