"""The token endpoint: a client's id and secret in, an access token out. A node answers it from its files alone.

One grant, client credentials, in the two forms client libraries use: HTTP Basic, or fields of the form. Errors are
OAuth's own, not those of the catalogue. Source: RFC 6749, 2.3.1, 4.4 and 5; ``slow_down``: RFC 8628, 3.5.

Policy. A wrong secret counts against the address it came from and the id it was tried on, so nobody keeps a client out
from elsewhere. Secrets have 256 bits: what the limit keeps away is the load of guessing, not its success.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from antiphon.access import ACCESS_TOKEN_TTL_S, Client, SigningKeys, issue_access_token, verify_client_secret
from antiphon.model.errors import Refused, Transient
from antiphon.surfaces.reads.clients import ClientBook
from antiphon.surfaces.reads.exchange import Header, Request, Response
from antiphon.surfaces.reads.forms import FORM_TYPE, MAX_FORM_BYTES, read_fields
from antiphon.surfaces.reads.quota import Quota

WRONG_SECRETS_PER_S = 1
"""wrong secrets a second from one address for one id, ten at once: a program with an old secret tries a few times."""

RETRY_AFTER_S = 5
"""seconds; what a node that just started needs for its first version."""

OPERATION = "issue_token"
_CORS = (("access-control-allow-origin", "*"),)
_CLOSING = (("connection", "close"),)
"""With what was not read whole: the rest of it stands where the next request would."""


class OAuthRefused(Refused):
    """The request gets no token. ``code`` is OAuth's word for why."""

    def __init__(self, status: int, code: str, message: str, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(code, message)
        self.status = status
        self.headers = headers


class TokenDesk:
    """Issues access tokens to the clients of a node. A token costs its client one of its requests."""

    def __init__(self, keys: SigningKeys, clients: ClientBook, quota: Quota) -> None:
        self._keys = keys
        self._clients = clients
        self._quota = quota
        self._wrong_secrets = Quota(WRONG_SECRETS_PER_S)

    def answer(self, request: Request, now_s: float) -> Response:
        """Return the response to a request of any method, whose form has been read. Raises nothing."""
        if request.method == "OPTIONS":
            return _allow_preflight()
        try:
            client = self._authenticate(request, int(now_s))
        except OAuthRefused as refusal:
            content = {"error": refusal.code, "error_description": str(refusal)}
            return _respond(request, refusal.status, content, refusal.headers)
        token = issue_access_token(self._keys, client, datetime.fromtimestamp(now_s, UTC))
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_TOKEN_TTL_S, "scope": ""}
        return _respond(request, 200, granted)

    def _authenticate(self, request: Request, now_s: int) -> Client:
        client_id, secret = _read_request(request)
        wrong = self._wrong_secrets.fill(f"{request.peer.rpartition(':')[0]} {client_id}", now_s)
        if wrong.left < 1:
            raise _slow_down(
                "too many wrong secrets for this client from this address", self._wrong_secrets.wait_s(wrong)
            )
        client = self._find(client_id)
        if client is None or not verify_client_secret(client, secret):
            wrong.left -= 1
            raise _unknown_client()
        bucket = self._quota.fill(client_id, now_s)
        if bucket.left < 1:
            raise _slow_down("the client's rate limit is exceeded", self._quota.wait_s(bucket))
        bucket.left -= 1
        return client

    def _find(self, client_id: str) -> Client | None:
        try:
            return self._clients.find(client_id)
        except Transient as error:
            later = (("retry-after", str(RETRY_AFTER_S)),)
            raise OAuthRefused(503, "temporarily_unavailable", "this node knows no clients yet", later) from error


def _read_request(request: Request) -> tuple[str, str]:
    """Return the id and the secret a request brings. Raises: OAuthRefused for anything but the one grant."""
    if request.method != "POST":
        allowed = (("allow", "POST, OPTIONS"),)
        raise OAuthRefused(405, "invalid_request", f"{request.method} is not allowed here; use POST", allowed)
    if request.form is None:
        raise OAuthRefused(408, "invalid_request", "the form did not come in time", _CLOSING)
    if len(request.form) > MAX_FORM_BYTES:
        raise OAuthRefused(413, "invalid_request", f"the form is longer than {MAX_FORM_BYTES} bytes", _CLOSING)
    fields = read_fields(request.headers.get("content-type"), request.form)
    if fields is None:
        raise OAuthRefused(400, "invalid_request", f"expected {FORM_TYPE}, each field once")
    if "grant_type" not in fields:
        raise OAuthRefused(400, "invalid_request", "grant_type is missing; it must be client_credentials")
    if fields["grant_type"] != "client_credentials":
        raise OAuthRefused(400, "unsupported_grant_type", "grant_type must be client_credentials")
    credentials = _read_credentials(request.headers.get("authorization"), fields)
    if credentials is None:
        raise _unknown_client()
    return credentials


def _read_credentials(authorization: str | None, fields: Mapping[str, str]) -> tuple[str, str] | None:
    """Return id and secret; None where there are none, or both forms at once, which OAuth forbids."""
    in_form = (
        (fields["client_id"], fields["client_secret"]) if {"client_id", "client_secret"} <= fields.keys() else None
    )
    if authorization is None:
        return in_form
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or in_form is not None:
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else None


def _unknown_client() -> OAuthRefused:
    challenge = (("www-authenticate", 'Basic realm="antiphon"'),)
    return OAuthRefused(401, "invalid_client", "unknown client or wrong secret", challenge)


def _slow_down(message: str, wait_s: int) -> OAuthRefused:
    return OAuthRefused(429, "slow_down", f"{message}; try again in {wait_s} s", (("retry-after", str(wait_s)),))


def _respond(request: Request, status: int, content: dict[str, Any], headers: tuple[Header, ...] = ()) -> Response:
    body = msgspec.json.encode(content)
    fixed = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("x-content-type-options", "nosniff"),
    ]
    if request.method == "HEAD":
        body = b""
    return Response(status=status, headers=[*fixed, *_CORS, *headers], body=body, operation=OPERATION)


def _allow_preflight() -> Response:
    allowed = [
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "Authorization, Content-Type"),
        ("access-control-max-age", "86400"),
    ]
    return Response(status=204, headers=[*_CORS, *allowed], body=b"", operation=OPERATION)
