"""What a request says beside its path. Clients say the same again and again, so it is read once."""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from antiphon.access import Caller
from antiphon.model.territories import Territory
from antiphon.surfaces.reads.callers import CallerBook, read_credentials
from antiphon.surfaces.reads.exchange import Request
from antiphon.surfaces.reads.parameters import parse_query, read_market
from antiphon.surfaces.reads.refusals import ReadRefused

ASKINGS_KEPT = 4096
"""Requests that differ in what they say beside their path; some 6 MB. Then all are forgotten, at 10 us each."""

KEPT_QUERY_CHARACTERS = 128
"""characters; look-ups and pages say less. Longer queries are searches and batches, which nobody repeats."""

_HOST = re.compile(r"[0-9A-Za-z.\-_]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?", re.ASCII)
"""A host and a port, and nothing that could end a JSON string or a header."""


class Asking(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Who asks, with which parameters, in which market (None: they name none), and the base of absolute links."""

    caller: Caller
    parameters: Mapping[str, str]
    market: Territory | None
    base_url: str


class AskingBook:
    """Tells what requests say, most often by what one of a moment ago said in the same words."""

    def __init__(self, callers: CallerBook, public_url: str) -> None:
        """``public_url`` is the base of absolute links; empty: what each request was sent to.

        What a proxy says of that in headers of its own is not believed, since anybody can send them.
        """
        self._callers = callers
        self._public_url = public_url.rstrip("/")
        self._known: dict[tuple[str | None, ...], Asking] = {}

    def find(self, request: Request, now_s: float) -> Asking:
        """Return what a request of a known caller says. Raises: ReadRefused (400, 401)."""
        headers = request.headers
        authorization = headers.get("authorization")
        if authorization is None:
            authorization = read_credentials(headers)
        key = (authorization, request.query_string, headers.get("host"), request.scheme)
        asking = self._known.get(key)
        if asking is None or now_s >= asking.caller.expires_at:
            asking = self._read(request, authorization, now_s)
            if len(request.query_string) <= KEPT_QUERY_CHARACTERS:
                if len(self._known) >= ASKINGS_KEPT:
                    self._known.clear()
                self._known[key] = asking
        return asking

    def find_base_url(self, request: Request) -> str:
        """Return the base of absolute links: the public one, or what the request was sent to."""
        return self._public_url or derive_base_url(request.scheme, request.headers.get("host"))

    def _read(self, request: Request, authorization: str | None, now_s: float) -> Asking:
        caller = self._callers.identify(authorization, now_s)
        parameters = parse_query(request.query_string)
        return Asking(
            caller=caller,
            parameters=parameters,
            market=read_market(parameters),
            base_url=self.find_base_url(request),
        )


@lru_cache(maxsize=256)
def derive_base_url(scheme: str, host: str | None) -> str:
    """Return the base URL a request was sent to. Raises: ReadRefused (400) for what is no host."""
    if host is None or scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ReadRefused(400, "The Host header names no host")
    return f"{scheme}://{host}"
