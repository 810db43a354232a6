"""Who calls a page or an operation that is not part of the read path: a token, an API key, or a client's id and secret.

Programs send a bearer token or a key, as to the read path. A browser that opens the console is asked for a client's id
and secret by HTTP Basic. All are checked against the record each time, so that a disabled client is out at once. What a
caller may not see answers 404, as if it were not there.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request

from antiphon.access import (
    ACCESS_TOKEN_TTL_S,
    KEY_PREFIX,
    AccessRole,
    Caller,
    Client,
    SigningKeys,
    TokenRefused,
    check_standing,
    read_key_owner,
    verify_access_token,
    verify_api_key,
    verify_client_secret,
)
from antiphon.record import reading
from antiphon.record.clients import find_client
from antiphon.surfaces.reads.callers import read_credentials

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Antiphon", charset="UTF-8"'}

SIGNED_ID_LENGTH = 8
"""Hex digits of a client's id beside its name, where somebody reads who decided."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """Tells who calls: the record knows clients, the keys know tokens, the clock knows whether they still hold."""

    engine: Engine
    keys: SigningKeys
    clock: Callable[[], datetime]

    def admit(self, request: Request, *roles: AccessRole) -> Caller:
        """Return the caller, who has one of the roles. Raises: HTTPException 401 (who are you) or 403 (not you)."""
        caller = self.find_caller(request)
        if caller is None:
            raise HTTPException(401, "sign in with a client's id and secret, or send a bearer token", headers=CHALLENGE)
        if roles and not set(roles) & set(caller.roles):
            raise HTTPException(403, f"this needs the role {' or '.join(roles)}; {caller.client_id} does not have it")
        return caller

    def find_caller(self, request: Request) -> Caller | None:
        """Return who calls; None where nobody says, or what they say does not hold."""
        scheme, _, credentials = (read_credentials(request.headers) or "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                return self._verify(credentials.strip())
            except TokenRefused:
                return None
        if scheme.lower() == "basic":
            return self._find_by_secret(credentials)
        return None

    def _verify(self, credentials: str) -> Caller:
        if credentials.startswith(KEY_PREFIX):
            return verify_api_key(self.find_client(read_key_owner(credentials)), credentials, self.clock())
        caller = verify_access_token(self.keys, credentials, self.clock())
        check_standing(self.find_client(caller.client_id), caller)
        return caller

    def _find_by_secret(self, credentials: str) -> Caller | None:
        try:
            client_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        client = self.find_client(client_id)
        if client is None or not verify_client_secret(client, secret):
            return None
        return Caller(
            client_id=client.client_id,
            tier=client.tier,
            roles=client.roles,
            provider=client.provider,
            expires_at=int(self.clock().timestamp()) + ACCESS_TOKEN_TTL_S,
        )

    def find_client(self, client_id: str) -> Client | None:
        """Return the client of this id; None: there is none."""
        with reading(self.engine) as conn:
            return find_client(conn, client_id)

    def sign(self, caller: Caller) -> str:
        """Return what a caller signs decisions with: its client's name, and enough of the id to tell two apart."""
        client = self.find_client(caller.client_id)
        name = client.name if client is not None else "a client that is gone"
        return f"{name} ({caller.client_id[:SIGNED_ID_LENGTH]})"


def sees_provider(caller: Caller, provider: str) -> bool:
    """Tell whether a caller may see what belongs to a provider: its own people may, and operators."""
    return AccessRole.OPERATOR in caller.roles or (AccessRole.PROVIDER in caller.roles and caller.provider == provider)


def visible_provider(caller: Caller) -> str | None:
    """Return whose deliveries a list shows this caller; None: everybody's."""
    return None if AccessRole.OPERATOR in caller.roles else caller.provider
