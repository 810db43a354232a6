"""The token endpoint: a client's id and secret in, an access token out.

One grant, client credentials, in the two forms client libraries use: HTTP Basic, or fields of the form. Errors are
OAuth's own, not those of the catalogue. Source: RFC 6749, 2.3.1, 4.4 and 5.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from antiphon.access import (
    ACCESS_TOKEN_TTL_S,
    Client,
    SigningKeys,
    issue_access_token,
    verify_client_secret,
)
from antiphon.model.errors import Refused
from antiphon.surfaces.reads.exchange import Header, HeaderLookup, Response

MAX_FORM_BYTES = 4096
"""bytes; id, secret, grant type and scope take 200."""

MAX_FORM_FIELDS = 10
"""fields; the grant has four."""

_FORM_TYPE = "application/x-www-form-urlencoded"
_CORS = (("access-control-allow-origin", "*"),)


class OAuthRefused(Refused):
    """The request gets no token. ``code`` is OAuth's word for why."""

    def __init__(self, status: int, code: str, message: str, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(code, message)
        self.status = status
        self.headers = headers


class TokenEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Answers token requests. ``find_client`` looks a client up by its id; None: there is no such client."""

    keys: SigningKeys
    find_client: Callable[[str], Client | None]

    def answer(self, method: str, headers: HeaderLookup, body: bytes, now: datetime) -> Response:
        """Return the response to a request whose body has been read whole, up to ``MAX_FORM_BYTES``."""
        if method == "OPTIONS":
            return _allow_preflight()
        try:
            client = self._authenticate(method, headers, body)
        except OAuthRefused as refusal:
            content = {"error": refusal.code, "error_description": str(refusal)}
            return _respond(refusal.status, content, refusal.headers)
        token = issue_access_token(self.keys, client, now)
        granted = {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_TOKEN_TTL_S, "scope": ""}
        return _respond(200, granted)

    def _authenticate(self, method: str, headers: HeaderLookup, body: bytes) -> Client:
        if method != "POST":
            allowed = (("allow", "POST, OPTIONS"),)
            raise OAuthRefused(405, "invalid_request", f"{method} is not allowed here; use POST", allowed)
        if len(body) > MAX_FORM_BYTES:
            raise OAuthRefused(413, "invalid_request", f"the form is longer than {MAX_FORM_BYTES} bytes")
        form = _read_form(headers, body)
        if form is None:
            raise OAuthRefused(400, "invalid_request", f"expected {_FORM_TYPE}, each field once")
        if form.get("grant_type") != "client_credentials":
            raise OAuthRefused(400, "unsupported_grant_type", "grant_type must be client_credentials")
        credentials = _read_credentials(headers.get("authorization"), form)
        client = self.find_client(credentials[0]) if credentials is not None else None
        if credentials is None or client is None or not verify_client_secret(client, credentials[1]):
            challenge = (("www-authenticate", 'Basic realm="antiphon"'),)
            raise OAuthRefused(401, "invalid_client", "unknown client or wrong secret", challenge)
        return client


def _read_form(headers: HeaderLookup, body: bytes) -> dict[str, str] | None:
    media_type = (headers.get("content-type") or "").partition(";")[0].strip().lower()
    if media_type != _FORM_TYPE:
        return None
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, errors="strict"
        )
    except ValueError:
        return None
    form = dict(fields)
    return form if len(form) == len(fields) else None


def _read_credentials(authorization: str | None, form: Mapping[str, str]) -> tuple[str, str] | None:
    """Return id and secret; None where there are none, or both forms at once, which OAuth forbids."""
    in_form = (form["client_id"], form["client_secret"]) if {"client_id", "client_secret"} <= form.keys() else None
    if authorization is None:
        return in_form
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or in_form is not None:
        return None
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (client_id, secret) if colon else None


def _respond(status: int, content: dict[str, Any], headers: tuple[Header, ...] = ()) -> Response:
    body = msgspec.json.encode(content)
    fixed = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("x-content-type-options", "nosniff"),
    ]
    return Response(status=status, headers=[*fixed, *_CORS, *headers], body=body, operation="issue_token")


def _allow_preflight() -> Response:
    allowed = [
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "Authorization, Content-Type"),
        ("access-control-max-age", "86400"),
    ]
    return Response(status=204, headers=[*_CORS, *allowed], body=b"", operation="issue_token")


class TokenApp:
    """The endpoint on ASGI. Clients are looked up in a thread, since that may ask a database."""

    def __init__(self, endpoint: TokenEndpoint, clock: Callable[[], datetime]) -> None:
        self._endpoint = endpoint
        self._clock = clock

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one HTTP request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = b""
        while len(body) <= MAX_FORM_BYTES:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        response = await asyncio.to_thread(self._endpoint.answer, scope["method"], headers, body, self._clock())
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        await send({"type": "http.response.start", "status": response.status, "headers": encoded})
        await send({"type": "http.response.body", "body": response.body})
