"""API keys: what a program sends with each call, where asking for a token first would be a burden.

A key is ``antk_``, its client's id, ``_`` and 256 random bits. The fixed start tells it from a token, and tells those
who search code and logs for secrets what they have found. The id inside leads to the client's document, which holds the
hashes of its keys; so a node needs no index of keys. What holds for a client's secret holds for its keys: they are
shown once, and a fast hash is kept.
"""

import hmac
import re
from datetime import datetime

from antiphon.access.clients import CLIENT_ID_BYTES, hash_client_secret, make_client_secret
from antiphon.access.tokens import Caller, TokenRefused
from antiphon.model.clients import ApiKey, Client

KEY_PREFIX = "antk_"

KEY_TTL_S = 60
"""seconds; for how long a caller may be remembered by its key, so how late a change of its tier or roles may be.
Whether the key still holds is asked more often: see the read path."""

_FORM = re.compile(rf"{KEY_PREFIX}([0-9a-f]{{{2 * CLIENT_ID_BYTES}}})_[A-Za-z0-9_-]{{43}}")


def make_api_key(client: Client, name: str, now: datetime) -> tuple[ApiKey, str]:
    """Return a new key of a client as it is kept, and its text, which exists nowhere else."""
    text = f"{KEY_PREFIX}{client.client_id}_{make_client_secret()}"
    made_at = now.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return ApiKey(name=name, key_hash=hash_client_secret(text), made_at=made_at), text


def read_key_owner(text: str) -> str:
    """Return the id of the client a key says it is of. Raises: TokenRefused for what is no key."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise TokenRefused("the API key is malformed")
    return match[1]


def verify_api_key(client: Client | None, text: str, now: datetime) -> Caller:
    """Return who calls with a key of this client, good for ``KEY_TTL_S``; None: there is no such client.

    Every key is compared, each in a time that does not depend on how much of it is right.
    Raises: TokenRefused (the caller's fault).
    """
    given = hash_client_secret(text)
    held = [key for key in client.keys if hmac.compare_digest(key.key_hash, given)] if client is not None else []
    if client is None or not held:
        raise TokenRefused("there is no such API key, or it was revoked")
    if client.is_disabled:
        raise TokenRefused("the client is disabled")
    return Caller(
        client_id=client.client_id,
        tier=client.tier,
        roles=client.roles,
        provider=client.provider,
        expires_at=int(now.timestamp()) + KEY_TTL_S,
        key_hash=given,
    )


def check_standing(client: Client | None, caller: Caller) -> None:
    """Check that who was verified a moment ago may still call: nobody disabled the client or revoked the key since.

    ``client`` None: there is no document of it. A token is good without one, since its signature is proof enough, and
    the node that issued it may know more than this one. Raises: TokenRefused.
    """
    if client is not None and client.is_disabled:
        raise TokenRefused("the client is disabled")
    if caller.key_hash and (client is None or caller.key_hash not in {key.key_hash for key in client.keys}):
        raise TokenRefused("the API key was revoked")
