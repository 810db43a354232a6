"""Who may call, and for how long: clients, signing keys, tokens.

**Clients** have an id and a generated secret. The secret is shown once; what is kept is its hash (``clients``).

**API keys** (``api_keys``) are sent with each call instead of a token. A client has several, each with a name; they are
made, shown and kept like secrets, and told from tokens by how they begin.

**Documents.** Clients reach nodes as documents of the published log, hashes included and secrets nowhere, so a node
issues tokens and verifies keys without a database. Disabling a client or revoking a key ends what it has everywhere
with the version that says so.

**Keys.** Tokens are signed with one secret key (HMAC, SHA-256). Two keys live at a time, so that a key can be replaced
without one refused call: put the new one first, keep the old one second for as long as the longest token lives (one
hour), then drop it. A missing, short, repetitive or well-known key is refused at start (``keys``): whoever knows the
key can write any token.

**Tokens** are self-contained JWTs, so a node needs no database to know its caller. There are two kinds, told apart by
their audience, and neither is accepted as the other (``tokens``):

- an *access token* says who calls: client, tier, roles, provider. It opens the interfaces and lives an hour at most.
- a *stream token* stands in a URL and opens one blob. It lives 300 s at most, since a URL is copied, logged and shared.

Everything is checked against the ``now`` of the caller, never against a clock of our own.

>>> from datetime import UTC, datetime
>>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> keys = load_signing_keys(make_signing_key())
>>> client, secret = make_client("A player", tier=Tier.FREE)
>>> verify_client_secret(client, secret)
True
>>> verify_access_token(keys, issue_access_token(keys, client, now), now).tier
<Tier.FREE: 'free'>
"""

from antiphon.access.api_keys import (
    KEY_PREFIX,
    check_standing,
    make_api_key,
    read_key_owner,
    verify_api_key,
)
from antiphon.access.clients import (
    decode_client,
    encode_client,
    hash_client_secret,
    make_client,
    make_client_secret,
    verify_client_secret,
)
from antiphon.access.keys import SigningKeys, load_signing_keys, make_signing_key
from antiphon.access.tokens import (
    ACCESS_TOKEN_TTL_S,
    STREAM_TOKEN_TTL_S,
    Caller,
    StreamGrant,
    TokenRefused,
    issue_access_token,
    issue_stream_token,
    verify_access_token,
    verify_stream_token,
)
from antiphon.model.availability import Tier
from antiphon.model.clients import AccessRole, ApiKey, Client

__all__ = [
    "ACCESS_TOKEN_TTL_S",
    "KEY_PREFIX",
    "STREAM_TOKEN_TTL_S",
    "AccessRole",
    "ApiKey",
    "Caller",
    "Client",
    "SigningKeys",
    "StreamGrant",
    "Tier",
    "TokenRefused",
    "check_standing",
    "decode_client",
    "encode_client",
    "hash_client_secret",
    "issue_access_token",
    "issue_stream_token",
    "load_signing_keys",
    "make_api_key",
    "make_client",
    "make_client_secret",
    "make_signing_key",
    "read_key_owner",
    "verify_access_token",
    "verify_api_key",
    "verify_client_secret",
    "verify_stream_token",
]
