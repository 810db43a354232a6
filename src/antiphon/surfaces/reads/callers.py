"""Callers: who asks, from the bearer token of the request."""

from datetime import datetime

from antiphon.access import Caller, SigningKeys, TokenRefused, verify_access_token
from antiphon.surfaces.reads.refusals import missing_token, wrong_token

MAX_CALLERS_KEPT = 10_000
"""tokens; about 6 MB. A verification costs 30 us, several times a look-up, and a client sends one token for an hour."""

_SCHEME = "bearer "


class CallerBook:
    """The callers whose tokens were verified lately. Only good tokens are kept; the oldest leave first."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._callers: dict[str, Caller] = {}

    def identify(self, authorization: str | None, now: datetime) -> Caller:
        """Return who sends this Authorization header. Raises: ReadRefused (401)."""
        if authorization is None or authorization[: len(_SCHEME)].lower() != _SCHEME:
            raise missing_token()
        token = authorization[len(_SCHEME) :].strip()
        caller = self._callers.get(token)
        if caller is not None and now.timestamp() < caller.expires_at:
            return caller
        return self._verify(token, now)

    def _verify(self, token: str, now: datetime) -> Caller:
        try:
            caller = verify_access_token(self._keys, token, now)
        except TokenRefused as error:
            self._callers.pop(token, None)
            raise wrong_token(str(error)) from error
        while len(self._callers) >= MAX_CALLERS_KEPT:
            self._callers.pop(next(iter(self._callers)), None)
        self._callers[token] = caller
        return caller
