"""Callers: who asks, from the access token or the API key of the request."""

from datetime import UTC, datetime

from antiphon.access import (
    KEY_PREFIX,
    Caller,
    SigningKeys,
    TokenRefused,
    check_standing,
    read_key_owner,
    verify_access_token,
    verify_api_key,
)
from antiphon.replica import ReplicaView
from antiphon.surfaces.reads.clients import ClientBook
from antiphon.surfaces.reads.exchange import HeaderLookup
from antiphon.surfaces.reads.refusals import missing_token, wrong_token

KEY_HEADER = "x-api-key"

MAX_CALLERS_KEPT = 10_000
"""tokens; about 6 MB. A verification costs some 50 us, a look-up 10, and a client sends one token for an hour."""


def read_credentials(headers: HeaderLookup) -> str | None:
    """Return the Authorization header, or an API key in the form it would have there; None: neither was sent."""
    authorization = headers.get("authorization")
    if authorization is None:
        key = headers.get(KEY_HEADER)
        return None if key is None else f"Bearer {key}"
    return authorization


class CallerBook:
    """The callers whose tokens and keys were verified lately, by the header that named them; the oldest leave first.

    Searches and batches come here each time: no request repeats their query, and every one repeats its token.
    """

    def __init__(self, keys: SigningKeys, clients: ClientBook) -> None:
        self._keys = keys
        self._clients = clients
        self._callers: dict[str, Caller] = {}

    def identify(self, authorization: str | None, now_s: float) -> Caller:
        """Return who sends this Authorization header. Raises: ReadRefused (401)."""
        if authorization is None:
            raise missing_token()
        caller = self._callers.get(authorization)
        if caller is not None and now_s < caller.expires_at:
            return caller
        return self._keep(authorization, datetime.fromtimestamp(now_s, UTC))

    def confirm(self, caller: Caller, view: ReplicaView) -> None:
        """Check that a caller may still call in the version of a view: neither disabled nor the key revoked since.

        Costs one read of a small document; ask once for each state of the node, not for each request.
        Raises: ReadRefused (401).
        """
        try:
            if view.overlay.refuses(caller.client_id):
                raise TokenRefused("the client is disabled")
            check_standing(self._clients.find_in(view, caller.client_id), caller)
        except TokenRefused as error:
            raise wrong_token(str(error)) from error

    def _keep(self, authorization: str, now: datetime) -> Caller:
        self._callers.pop(authorization, None)
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise missing_token()
        try:
            caller = self._verify(credentials.strip(), now)
        except TokenRefused as error:
            raise wrong_token(str(error)) from error
        while len(self._callers) >= MAX_CALLERS_KEPT:
            self._callers.pop(next(iter(self._callers)), None)
        self._callers[authorization] = caller
        return caller

    def _verify(self, credentials: str, now: datetime) -> Caller:
        if credentials.startswith(KEY_PREFIX):
            return verify_api_key(self._clients.find(read_key_owner(credentials)), credentials, now)
        return verify_access_token(self._keys, credentials, now)
