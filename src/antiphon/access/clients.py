"""Clients: the programs that call, each with a secret we made and only the hash of which we keep.

A slow password hash would be wrong here. It makes guessing dear where people choose the secret; ours are 256 random
bits, which nobody guesses at any speed, so a slow hash would only make every token request dear for us (and an easy
way to keep us busy).
"""

import hashlib
import hmac
import secrets

import msgspec

from antiphon.model.availability import Tier
from antiphon.model.clients import AccessRole, Client
from antiphon.model.errors import Broken

CLIENT_ID_BYTES = 16
"""bytes; 32 hex digits, the form client libraries expect. Not secret: 128 bits keep ids from colliding."""

CLIENT_SECRET_BYTES = 32
"""bytes; 256 bits cannot be guessed, which is what lets the hash be a fast one."""


def make_client(
    name: str, *, tier: Tier = Tier.PREMIUM, roles: tuple[AccessRole, ...] = (), provider: str = ""
) -> tuple[Client, str]:
    """Return a new client with a random id, and its secret, which exists nowhere else."""
    secret = make_client_secret()
    client = Client(
        client_id=secrets.token_hex(CLIENT_ID_BYTES),
        name=name,
        secret_hash=hash_client_secret(secret),
        tier=tier,
        roles=roles,
        provider=provider,
    )
    return client, secret


def make_client_secret() -> str:
    """Return a new random secret: 43 characters that hold 256 bits, safe in URLs, headers and forms."""
    return secrets.token_urlsafe(CLIENT_SECRET_BYTES)


def hash_client_secret(secret: str) -> str:
    """Return what may be stored of a secret or a key: its SHA-256 in hex. Only for those that this room has made."""
    return hashlib.sha256(secret.encode()).hexdigest()


def verify_client_secret(client: Client, secret: str) -> bool:
    """Tell whether the secret is the client's, in a time that does not depend on how much of it is right."""
    return hmac.compare_digest(hash_client_secret(secret), client.secret_hash) and not client.is_disabled


def encode_client(client: Client) -> bytes:
    """Return the body of a client's document, as nodes get it."""
    return msgspec.json.encode(client)


def decode_client(body: bytes) -> Client:
    """Return the client a document's body holds. Raises: Broken (our fault) for anything else."""
    try:
        return msgspec.json.decode(body, type=Client)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"client of {len(body)} bytes is not readable: {error}; publish the client again") from error
