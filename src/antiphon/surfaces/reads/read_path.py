"""The read path: one plain function from a request and the time to a response."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from antiphon.access import Caller, SigningKeys
from antiphon.blobs import BlobStore
from antiphon.model.errors import Transient
from antiphon.model.territories import Territory
from antiphon.replica import Replica
from antiphon.segments import Overlay, Reader
from antiphon.surfaces.reads.callers import CallerBook
from antiphon.surfaces.reads.candidates import NewReleases
from antiphon.surfaces.reads.exchange import Request, Response
from antiphon.surfaces.reads.node import Call, CatalogueCall, Node, ReadSettings
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.parameters import parse_query, read_market
from antiphon.surfaces.reads.refusals import ReadRefused, try_later
from antiphon.surfaces.reads.responses import (
    ALLOWED_METHODS,
    NO_STAMP,
    stamp_answer,
    write_preflight,
    write_refusal,
    write_response,
)
from antiphon.surfaces.reads.routes import CatalogueRoute, OpenRoute, RouteTable

NOWHERE = "no_route"
"""The operation of requests that reach none."""

TRANSIENT_RETRY_S = 5
"""seconds; what a full disk or a store that does not answer is given before the next try."""

ASKINGS_KEPT = 4096
"""Requests that differ in what they say beside their path; some 6 MB. Then all are forgotten, at 10 us each."""

KEPT_QUERY_CHARACTERS = 128
"""characters; look-ups and pages say less. Longer queries are searches and batches, which nobody repeats."""

_HOST = re.compile(r"[0-9A-Za-z.\-_]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?", re.ASCII)
"""A host and a port, and nothing that could end a JSON string or a header."""

Report = Callable[[Exception, str], None]
"""Told of an error that is ours, and of the operation it happened in."""


def report_nowhere(error: Exception, operation: str) -> None:
    """Forget an error."""


class Asking:
    """What a request says beside its path: who asks, with which parameters, in which market, for which base URL.

    Clients say the same again and again, so it is read once; ``make_reader`` keeps the reader of the last second.
    """

    __slots__ = ("_base_url_bytes", "_market", "_reader", "base_url", "caller", "parameters")

    def __init__(self, caller: Caller, parameters: Mapping[str, str], market: Territory | None, base_url: str) -> None:
        self.caller = caller
        self.parameters = parameters
        self.base_url = base_url
        self._market = market
        self._base_url_bytes = base_url.encode()
        self._reader: Reader | None = None

    def make_reader(self, now_s: int, overlay: Overlay) -> Reader:
        """Return the reader of this request at a second, under the denials in force."""
        reader = self._reader
        if reader is None or reader.now_s != now_s or reader.overlay is not overlay:
            reader = self._reader = Reader(
                market=self._market, tier=self.caller.tier, now_s=now_s, base_url=self._base_url_bytes, overlay=overlay
            )
        return reader


class ReadPath:
    """Answers every request of this surface. Needs no server, no clock and no lock; one per process."""

    def __init__(
        self,
        replica: Replica,
        blobs: BlobStore,
        keys: SigningKeys,
        settings: ReadSettings,
        report: Report = report_nowhere,
    ) -> None:
        self._node = Node(replica=replica, blobs=blobs, keys=keys, settings=settings, new_releases=NewReleases())
        self._callers = CallerBook(keys)
        self._askings: dict[tuple[str | None, ...], Asking] = {}
        self._table = RouteTable(ROUTES)
        self._report = report

    @property
    def blobs(self) -> BlobStore:
        """The store the bytes of a BlobRange are in."""
        return self._node.blobs

    def answer(self, request: Request, now: datetime) -> Response:
        """Return the response to a request. Raises nothing: an error of ours is reported and answered with 500."""
        found = self._table.find(request.path)
        if found is None:
            return write_refusal(request, ReadRefused(404, "Service not found"), NO_STAMP, NOWHERE)
        route, argument = found
        if request.method == "OPTIONS":
            return write_preflight(route.operation)
        try:
            return self._answer_route(request, route, argument, now)
        except ReadRefused as error:
            refusal = error
        except Transient as error:
            self._report(error, route.operation)
            refusal = try_later("The store does not answer", reason="unavailable", retry_after_s=TRANSIENT_RETRY_S)
        except Exception as error:  # noqa: BLE001 - the boundary of one request: it fails alone, and is reported
            self._report(error, route.operation)
            refusal = ReadRefused(500, "An error of ours; it was reported")
        return write_refusal(request, refusal, NO_STAMP, route.operation)

    def _answer_route(
        self, request: Request, route: CatalogueRoute | OpenRoute, argument: str, now: datetime
    ) -> Response:
        if request.method not in ("GET", "HEAD"):
            message = f"{request.method} is not allowed here"
            raise ReadRefused(405, message, headers=(("allow", ALLOWED_METHODS),))
        if isinstance(route, CatalogueRoute):
            return self._answer_catalogue(request, route, argument, now)
        parameters = parse_query(request.query_string)
        base_url = self._find_base_url(request)
        call = Call(request=request, now=now, argument=argument, parameters=parameters, base_url=base_url)
        return write_response(request, route.answer(self._node, call), NO_STAMP, route.operation)

    def _answer_catalogue(self, request: Request, route: CatalogueRoute, argument: str, now: datetime) -> Response:
        """Answer a call on one version of the catalogue, whose number also stands on its refusals."""
        now_s = now.timestamp()
        asking = self._find_asking(request, now, now_s)
        with self._node.replica.transaction() as view:
            stamp = stamp_answer(view.head, now_s)
            call = CatalogueCall(
                request=request,
                now=now,
                argument=argument,
                parameters=asking.parameters,
                base_url=asking.base_url,
                caller=asking.caller,
                view=view,
                reader=asking.make_reader(int(now_s), view.overlay),
            )
            try:
                answer = route.answer(self._node, call)
            except ReadRefused as refusal:
                return write_refusal(request, refusal, stamp, route.operation)
        return write_response(request, answer, stamp, route.operation)

    def _find_asking(self, request: Request, now: datetime, now_s: float) -> Asking:
        """Return who asks in which market, as most often it was found for a request of a moment ago."""
        headers = request.headers
        authorization = headers.get("authorization")
        key = (authorization, request.query_string, headers.get("host"), request.scheme)
        asking = self._askings.get(key)
        if asking is None or now_s >= asking.caller.expires_at:
            caller = self._callers.identify(authorization, now)
            parameters = parse_query(request.query_string)
            asking = Asking(caller, parameters, read_market(parameters), self._find_base_url(request))
            if len(request.query_string) <= KEPT_QUERY_CHARACTERS:
                if len(self._askings) >= ASKINGS_KEPT:
                    self._askings.clear()
                self._askings[key] = asking
        return asking

    def _find_base_url(self, request: Request) -> str:
        """Return the base of absolute links: the public one, or what the request was sent to."""
        return self._node.settings.public_url or derive_base_url(request.scheme, request.headers.get("host"))


@lru_cache(maxsize=256)
def derive_base_url(scheme: str, host: str | None) -> str:
    """Return the base URL a request was sent to. Raises: ReadRefused (400) for what is no host."""
    if host is None or scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ReadRefused(400, "The Host header names no host")
    return f"{scheme}://{host}"
