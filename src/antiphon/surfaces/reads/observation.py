"""What an operator may know of a request: what was done, how it ended, how long it took. Never a path or a token."""

from collections.abc import Callable

import msgspec

from antiphon.surfaces.reads.exchange import BlobRange, Request, Response


class ReadObserved(msgspec.Struct, frozen=True, kw_only=True):
    """One answered request. ``size_bytes`` counts the body; ``elapsed_s``: without sending it."""

    operation: str
    method: str
    status: int
    size_bytes: int
    elapsed_s: float

    @staticmethod
    def of(request: Request, response: Response, elapsed_s: float) -> "ReadObserved":
        """Return what may be known of a request and its response."""
        body = response.body
        return ReadObserved(
            operation=response.operation,
            method=request.method if request.method in ("GET", "HEAD", "OPTIONS") else "OTHER",
            status=response.status,
            size_bytes=body.size_bytes if isinstance(body, BlobRange) else len(body),
            elapsed_s=elapsed_s,
        )


Observe = Callable[[ReadObserved], None]


def ignore(observed: ReadObserved) -> None:
    """Observe nothing."""
