"""Callers: who asks, from the bearer token of the request."""

from datetime import UTC, datetime

from antiphon.access import Caller, SigningKeys, TokenRefused, verify_access_token
from antiphon.surfaces.reads.refusals import missing_token, wrong_token

MAX_CALLERS_KEPT = 10_000
"""tokens; about 6 MB. A verification costs some 50 us, a look-up 10, and a client sends one token for an hour."""


class CallerBook:
    """The callers whose tokens were verified lately, by the header that named them; the oldest leave first.

    Searches and batches come here each time: no request repeats their query, and every one repeats its token.
    """

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys
        self._callers: dict[str, Caller] = {}

    def identify(self, authorization: str | None, now_s: float) -> Caller:
        """Return who sends this Authorization header. Raises: ReadRefused (401)."""
        if authorization is None:
            raise missing_token()
        caller = self._callers.get(authorization)
        if caller is not None and now_s < caller.expires_at:
            return caller
        return self._verify(authorization, datetime.fromtimestamp(now_s, UTC))

    def _verify(self, authorization: str, now: datetime) -> Caller:
        self._callers.pop(authorization, None)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise missing_token()
        try:
            caller = verify_access_token(self._keys, token.strip(), now)
        except TokenRefused as error:
            raise wrong_token(str(error)) from error
        while len(self._callers) >= MAX_CALLERS_KEPT:
            self._callers.pop(next(iter(self._callers)), None)
        self._callers[authorization] = caller
        return caller
