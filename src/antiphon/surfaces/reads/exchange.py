"""A request and its response as plain values, so that the read path needs no server to be asked."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Protocol

import msgspec

Header = tuple[str, str]
"""A header's name in lower case, and its value."""


class HeaderLookup(Protocol):
    """The request's headers, by lower-case name: a dict, or what the server has without copying it."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a header; None: it was not sent."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked. ``path`` is as sent, still percent-encoded; ``query_string`` has no question mark.

    ``form`` is the body of what takes one (None: it did not come in time) and ``peer`` the address it came from, with
    its port; other requests leave both empty.
    """

    method: str
    path: str
    query_string: str
    headers: HeaderLookup
    scheme: str = "http"
    form: bytes | None = b""
    peer: str = ""


class BlobRange(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes ``start`` to ``stop`` (half-open) of a blob, to be sent in pieces; ``path``: the file they are in."""

    blob: str
    path: Path | None
    start: int
    stop: int

    @property
    def size_bytes(self) -> int:
        """How many bytes will be sent."""
        return self.stop - self.start


class LiveBody(msgspec.Struct, frozen=True, kw_only=True):
    """A body whose bytes come while it is sent, each when there is something to say.

    ``pieces`` is called once, on the event loop that sends, and closed whether it came to its end or not.
    """

    pieces: Callable[[], AsyncGenerator[bytes, None]]


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered. ``operation`` names the route that answered, for metrics: never a path, which may hold a token.

    ``headers`` hold content-length where the status allows one, also for HEAD, whose ``body`` is empty; not where the
    body is live, since nobody knows how long it will be.
    """

    status: int
    headers: list[Header]
    body: bytes | BlobRange | LiveBody
    operation: str
