"""Answers that are not what was asked for: one exception, one JSON form, and a constructor per kind."""

import msgspec

from antiphon.model.errors import Refused
from antiphon.surfaces.reads.exchange import Header

AUTHENTICATE = 'Bearer realm="antiphon"'


class ReadRefused(Refused):
    """The request gets this status instead of what it asked for. ``reason`` is a stable word for programs, or empty."""

    def __init__(self, status: int, message: str, *, reason: str = "", headers: tuple[Header, ...] = ()) -> None:
        super().__init__(f"http_{status}", message)
        self.status = status
        self.message = message
        self.reason = reason
        self.headers = headers

    def encode_body(self) -> bytes:
        """Return the JSON form of the catalogue profile: error, with status and message; beside it, our reason.

        Not in it: client libraries know the reasons a player has, and break on a word that is none of them.
        """
        body: dict[str, object] = {"error": {"status": self.status, "message": self.message}}
        return msgspec.json.encode(body | ({"reason": self.reason} if self.reason else {}))


def bad_parameter(name: str, *, got: str, expected: str) -> ReadRefused:
    """Return a 400 that names the parameter, what came and what would have been right."""
    shown = got if len(got) <= 40 else got[:37] + "..."
    return ReadRefused(400, f"Invalid {name}: got {shown!r}, expected {expected}", reason="invalid_parameter")


def missing_token() -> ReadRefused:
    """Return a 401 for a request without a bearer token. Source: RFC 6750 3: no error code where none was sent."""
    return ReadRefused(401, "No token provided", headers=(("www-authenticate", AUTHENTICATE),))


def wrong_token(message: str) -> ReadRefused:
    """Return a 401 for a token that does not hold. Source: RFC 6750 3.1."""
    challenge = f'{AUTHENTICATE}, error="invalid_token"'
    return ReadRefused(401, f"Invalid access token: {message}", headers=(("www-authenticate", challenge),))


def not_found(what: str) -> ReadRefused:
    """Return a 404 for something the catalogue does not hold, or not under this id."""
    return ReadRefused(404, f"{what} not found")


def not_playable(reason: str, message: str) -> ReadRefused:
    """Return a 403 for a stream that may not be granted; ``reason`` is the word ``restrictions`` would carry."""
    return ReadRefused(403, message, reason=reason)


def try_later(message: str, *, reason: str, retry_after_s: int) -> ReadRefused:
    """Return a 503 that says when another try is worth it."""
    return ReadRefused(503, message, reason=reason, headers=(("retry-after", str(retry_after_s)),))
