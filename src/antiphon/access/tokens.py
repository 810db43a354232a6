"""Tokens: signed claims of two kinds, which open different things and never each other's.

Signed by PyJWT with HMAC-SHA-256 and nothing else: the algorithm is ours to name, never the token's. Times are checked
here against ``now``, since PyJWT would ask the machine's clock. A second spelling of a token (padded, or with other
unused bits in its last character) is refused although its signature fits, so that a token can be compared, cached and
logged by the hash of its text.
"""

import re
from datetime import datetime
from typing import Any, TypeVar

import jwt
import msgspec

from antiphon.access.keys import SigningKeys
from antiphon.model.availability import Tier
from antiphon.model.clients import AccessRole, Client
from antiphon.model.errors import Refused

ALGORITHM = "HS256"
"""One for both kinds. Source: RFC 8725 3.1: the verifier fixes the algorithm."""

ISSUER = "antiphon"
ACCESS_AUDIENCE = "antiphon/access"
STREAM_AUDIENCE = "antiphon/stream"

ACCESS_TOKEN_TTL_S = 3600
"""seconds; what client libraries expect of a client-credentials token, and the longest one outlives its secret."""

STREAM_TOKEN_TTL_S = 300
"""seconds; a takedown is effective everywhere within the lease and this. Source: the platform's reliability rules."""

CLOCK_SKEW_S = 60
"""seconds; how far the clock of the node that issued a token may be ahead of ours."""

MAX_TOKEN_CHARACTERS = 2048
"""characters; ours have 250 to 450. Longer ones are refused before they are decoded."""

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""Three unpadded base64url parts; 32 bytes leave the last character of the third two unused bits, which are zero."""


class TokenRefused(Refused):
    """The token opens nothing here: malformed, not ours, altered, of the other kind, not yet valid, or expired."""

    def __init__(self, message: str) -> None:
        super().__init__("invalid_token", message)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, as an access token or an API key says. ``expires_at`` is seconds since the epoch, UTC, exclusive.

    ``key_hash`` is the API key's; empty: it was a token.
    """

    client_id: str
    tier: Tier
    roles: tuple[AccessRole, ...]
    provider: str
    expires_at: int
    key_hash: str = ""


class StreamGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream token opens: one blob, served as ``media_type``, for one track. ``expires_at`` as in Caller."""

    blob: str
    media_type: str
    track_id: str
    client_id: str
    expires_at: int


class _AccessClaims(msgspec.Struct, frozen=True, kw_only=True):
    sub: str
    iat: int
    exp: int
    tier: Tier = Tier.PREMIUM
    roles: tuple[AccessRole, ...] = ()
    provider: str = ""


class _StreamClaims(msgspec.Struct, frozen=True, kw_only=True):
    sub: str
    iat: int
    exp: int
    blob: str
    media_type: str
    track_id: str


_Claims = TypeVar("_Claims", _AccessClaims, _StreamClaims)


def issue_access_token(keys: SigningKeys, client: Client, now: datetime, ttl_s: int = ACCESS_TOKEN_TTL_S) -> str:
    """Return an access token for the client, signed with the current key.

    Raises: ValueError (our fault) for a lifetime outside 1 to ``ACCESS_TOKEN_TTL_S`` seconds.
    """
    claims = _AccessClaims(
        sub=client.client_id,
        tier=client.tier,
        roles=client.roles,
        provider=client.provider,
        **_times(now, ttl_s, ACCESS_TOKEN_TTL_S),
    )
    return _sign(keys, ACCESS_AUDIENCE, claims)


def verify_access_token(keys: SigningKeys, token: str, now: datetime) -> Caller:
    """Return who calls. Raises: TokenRefused (the caller's fault)."""
    claims = _convert(_read(keys, ACCESS_AUDIENCE, token), _AccessClaims)
    _check_times(claims.iat, claims.exp, now, ACCESS_TOKEN_TTL_S)
    return Caller(
        client_id=claims.sub, tier=claims.tier, roles=claims.roles, provider=claims.provider, expires_at=claims.exp
    )


def issue_stream_token(
    keys: SigningKeys, *, blob: str, media_type: str, track_id: str, client_id: str, now: datetime, ttl_s: int
) -> str:
    """Return a stream token, signed with the current key. Whether it may be granted is for the caller to know.

    Raises: ValueError (our fault) for a lifetime outside 1 to ``STREAM_TOKEN_TTL_S`` seconds.
    """
    times = _times(now, ttl_s, STREAM_TOKEN_TTL_S)
    claims = _StreamClaims(sub=client_id, blob=blob, media_type=media_type, track_id=track_id, **times)
    return _sign(keys, STREAM_AUDIENCE, claims)


def verify_stream_token(keys: SigningKeys, token: str, now: datetime) -> StreamGrant:
    """Return what the token opens. Raises: TokenRefused (the caller's fault)."""
    claims = _convert(_read(keys, STREAM_AUDIENCE, token), _StreamClaims)
    _check_times(claims.iat, claims.exp, now, STREAM_TOKEN_TTL_S)
    return StreamGrant(
        blob=claims.blob,
        media_type=claims.media_type,
        track_id=claims.track_id,
        client_id=claims.sub,
        expires_at=claims.exp,
    )


def _times(now: datetime, ttl_s: int, max_ttl_s: int) -> dict[str, int]:
    if not 1 <= ttl_s <= max_ttl_s:
        raise ValueError(f"a token may live 1 to {max_ttl_s} s, not {ttl_s}")
    issued_at = int(now.timestamp())
    return {"iat": issued_at, "exp": issued_at + ttl_s}


def _sign(keys: SigningKeys, audience: str, claims: msgspec.Struct) -> str:
    payload = {"iss": ISSUER, "aud": audience, **msgspec.to_builtins(claims)}
    return jwt.encode(payload, keys.current, algorithm=ALGORITHM)


def _read(keys: SigningKeys, audience: str, token: str) -> dict[str, Any]:
    """Return the claims of a token that one of the live keys signed for this audience; times are not checked."""
    if len(token) > MAX_TOKEN_CHARACTERS or not _FORM.fullmatch(token):
        raise TokenRefused("the token is malformed")
    for key in keys.live:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=ISSUER,
                options={
                    "require": ["iss", "aud", "sub", "iat", "exp"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise TokenRefused("the token is not one of ours, or of the other kind") from error
    raise TokenRefused("the token's signature does not fit")


def _convert(payload: dict[str, Any], kind: type[_Claims]) -> _Claims:
    try:
        return msgspec.convert(payload, kind)
    except msgspec.ValidationError as error:
        raise TokenRefused("the token's claims are not those of its kind") from error


def _check_times(issued_at: int, expires_at: int, now: datetime, max_ttl_s: int) -> None:
    """Refuse a token outside its time. A lifetime longer than we issue means that somebody else wrote it."""
    now_s = now.timestamp()
    if now_s >= expires_at:
        raise TokenRefused("the token has expired")
    if issued_at > now_s + CLOCK_SKEW_S or expires_at - issued_at > max_ttl_s:
        raise TokenRefused("the token is valid at times we do not issue tokens for")
