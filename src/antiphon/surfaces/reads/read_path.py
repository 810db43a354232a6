"""The read path: one plain function from a request and the time to a response."""

from collections.abc import Callable

from antiphon.access import SigningKeys
from antiphon.blobs import BlobStore, SoundBook
from antiphon.model.errors import Transient
from antiphon.replica import Replica, ReplicaView
from antiphon.replica.reading import NO_KNOWN_HEAD
from antiphon.segments import Reader
from antiphon.surfaces.reads.asking import Asking, AskingBook
from antiphon.surfaces.reads.callers import CallerBook
from antiphon.surfaces.reads.candidates import NewReleases
from antiphon.surfaces.reads.change_feed import ChangeFeed
from antiphon.surfaces.reads.clients import ClientBook
from antiphon.surfaces.reads.exchange import Request, Response
from antiphon.surfaces.reads.node import Call, CallerCall, CatalogueCall, Node, ReadSettings
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.parameters import parse_query
from antiphon.surfaces.reads.quota import Bucket, Quota
from antiphon.surfaces.reads.refusals import ReadRefused, try_later
from antiphon.surfaces.reads.responses import (
    ALLOWED_METHODS,
    CATALOGUE_HEADERS,
    NO_STAMP,
    stamp_answer,
    write_found,
    write_preflight,
    write_refusal,
    write_response,
)
from antiphon.surfaces.reads.routes import CallerRoute, CatalogueRoute, FormRoute, OpenRoute, RouteTable
from antiphon.surfaces.reads.tick import Tick
from antiphon.surfaces.reads.tokens import TokenDesk

NOWHERE = "no_route"
"""The operation of requests that reach none."""

TRANSIENT_RETRY_S = 5
"""seconds; what a full disk or a store that does not answer is given before the next try."""

Report = Callable[[Exception, str], None]
"""Told of an error that is ours, and of the operation it happened in."""


def report_nowhere(error: Exception, operation: str) -> None:
    """Forget an error."""


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
        clients = ClientBook(replica)
        self._quota = Quota(settings.rate_per_s)
        self._callers = CallerBook(keys, clients)
        self._askings = AskingBook(self._callers, settings.public_url)
        self._node = Node(
            replica=replica,
            blobs=blobs,
            keys=keys,
            settings=settings,
            new_releases=NewReleases(),
            tokens=TokenDesk(keys, clients, self._quota),
            sound=SoundBook(blobs),
            changes=ChangeFeed(replica, self._callers.confirm),
        )
        self._tick = Tick(NO_KNOWN_HEAD, 0, settings.catalogue_caching)
        self._table = RouteTable(ROUTES)
        self._report = report

    def end_waiting(self) -> None:
        """Let every answer that waits come to its end: the process is about to stop."""
        self._node.changes.watch.end()

    @property
    def blobs(self) -> BlobStore:
        """The store the bytes of a BlobRange are in."""
        return self._node.blobs

    def answer(self, request: Request, now_s: float) -> Response:
        """Return the response to a request at a time in seconds since the epoch.

        Raises nothing: an error of ours is reported and answered with 500.
        """
        found = self._table.find(request.path)
        if found is None:
            return write_refusal(request, ReadRefused(404, "Service not found"), NO_STAMP, NOWHERE)
        route, argument = found
        try:
            is_read = request.method in ("GET", "HEAD")
            if is_read and isinstance(route, CatalogueRoute):
                return self._answer_catalogue(request, route, argument, now_s)
            if isinstance(route, FormRoute):
                return route.answer(self._node, request, now_s)
            if not is_read or isinstance(route, CatalogueRoute):
                return _answer_method(request, route)
            return (
                self._answer_caller(request, route, argument, now_s)
                if isinstance(route, CallerRoute)
                else self._answer_open(request, route, argument, now_s)
            )
        except ReadRefused as error:
            refusal = error
        except Transient as error:
            self._report(error, route.operation)
            refusal = try_later("The store does not answer", reason="unavailable", retry_after_s=TRANSIENT_RETRY_S)
        except Exception as error:  # noqa: BLE001 - the boundary of one request: it fails alone, and is reported
            self._report(error, route.operation)
            refusal = ReadRefused(500, "An error of ours; it was reported")
        return write_refusal(request, refusal, NO_STAMP, route.operation)

    def _answer_open(self, request: Request, route: OpenRoute, argument: str, now_s: float) -> Response:
        call = Call(
            request=request,
            now_s=now_s,
            argument=argument,
            parameters=parse_query(request.query_string),
            base_url=self._askings.find_base_url(request),
        )
        return write_response(request, route.answer(self._node, call), NO_STAMP, route.operation)

    def _answer_caller(self, request: Request, route: CallerRoute, argument: str, now_s: float) -> Response:
        """Answer a call that holds no version while it is answered."""
        asking = self._askings.find(request, now_s)
        with self._node.replica.transaction() as view:
            self._callers.confirm(asking.caller, view)
            stamp = stamp_answer(view.head, int(now_s))
        bucket = self._quota.fill(asking.caller.client_id, int(now_s))
        try:
            if bucket.left < 1:
                raise self._quota.refuse(bucket)
            bucket.left -= 1
            call = CallerCall(request=request, now_s=now_s, argument=argument, asking=asking)
            answer = route.answer(self._node, call)
        except ReadRefused as refusal:
            return write_refusal(request, refusal, stamp, route.operation)
        return write_response(request, answer, stamp, route.operation)

    def _answer_catalogue(self, request: Request, route: CatalogueRoute, argument: str, now_s: float) -> Response:
        """Answer a call on one version of the catalogue, whose number also stands on its refusals."""
        asking = self._askings.find(request, now_s)
        view = self._node.replica.transaction()
        try:
            tick = self._tick
            if tick.known is not view.known or not tick.now_s <= now_s < tick.until_s:
                tick = self._tick = Tick(view.known, int(now_s), self._node.settings.catalogue_caching)
            reader, bucket = tick.seats.get(asking) or self._seat(tick, asking, view)
            call = CatalogueCall(now_s, argument, asking, view, reader, tick.answers)
            try:
                if bucket.left < 1:
                    raise self._quota.refuse(bucket)
                bucket.left -= 1
                answer = route.answer(self._node, call)
            except ReadRefused as refusal:
                return write_refusal(request, refusal, tick.stamp, route.operation)
        finally:
            view.close()
        if answer.headers is CATALOGUE_HEADERS:
            return write_found(request, answer, tick.headers, route.operation)
        return write_response(request, answer, tick.stamp, route.operation)

    def _seat(self, tick: Tick, asking: Asking, view: ReplicaView) -> tuple[Reader, Bucket]:
        """Return what a request of this tick is answered with, once it is known that its caller still may call."""
        self._callers.confirm(asking.caller, view)
        return tick.seat(asking, self._quota)


def _answer_method(request: Request, route: CatalogueRoute | CallerRoute | OpenRoute) -> Response:
    """Answer a request that does not want to read."""
    if request.method == "OPTIONS":
        return write_preflight(route.operation)
    raise ReadRefused(405, f"{request.method} is not allowed here", headers=(("allow", ALLOWED_METHODS),))
