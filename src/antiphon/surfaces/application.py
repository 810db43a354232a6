"""All surfaces behind one port: the read path first, everything else by Starlette.

The read path is one plain function and must not pay for routing, middleware or a second parser, so requests are told
apart by the start of their path before anything else looks at them.
"""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from antiphon.model.errors import Transient
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.reads.asgi import Message, ReadApp, Receive, Send
from antiphon.surfaces.reads.forms import TOKEN_PATH
from antiphon.surfaces.refusals import RETRY_AFTER_S, RefusedAnswer
from antiphon.telemetry import definitions, log_event

READ_PREFIXES = ("/v1/", "/stream/", "/images/", TOKEN_PATH)
EXPLAIN_PATH = "/v1/explain"
PROVENANCE_PATH = "/v1/provenance"
RECORD_PATHS = frozenset({EXPLAIN_PATH, PROVENANCE_PATH})
"""Part of the catalogue API, but answered from the record, which the read path never sees."""


class Application:
    """The ASGI application of ``antiphon serve``."""

    def __init__(self, *, reads: ReadApp, routes: Iterable[BaseRoute]) -> None:
        self._reads = reads
        self._pages = Starlette(routes=list(routes), exception_handlers=HANDLERS)

    def end_waiting(self) -> None:
        """Let every answer that waits come to its end: the process is about to stop."""
        self._reads.end_waiting()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one HTTP request by the surface its path belongs to."""
        path = scope["path"]
        if path.startswith(READ_PREFIXES) and path not in RECORD_PATHS:
            await self._reads(scope, receive, send)
        else:
            await self._pages(scope, receive, send)


def answer_transient(request: Request, error: Exception) -> Response:
    """Return 503 for what may work in a moment: a store or a record that does not answer."""
    log_event(definitions.STORE_UNAVAILABLE, error=str(error))
    message = f"this cannot be done at the moment; try again in {RETRY_AFTER_S} s"
    return answer_refusal(request, HTTPException(503, message, headers={"Retry-After": str(RETRY_AFTER_S)}))


def answer_fault(request: Request, error: Exception) -> Response:
    """Return 500 for a fault of ours, which is logged with its traceback and told to nobody else."""
    log_event(definitions.REQUEST_FAILED, exc_info=error, operation=request.url.path, error=repr(error))
    return answer_refusal(request, HTTPException(500, "an error of ours; it was reported"))


def answer_refusal(request: Request, error: Exception) -> Response:
    """Return a refusal as JSON to programs, in the catalogue API's form, and as plain words to people."""
    if not isinstance(error, HTTPException):
        raise error
    headers = {**(error.headers or {}), "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    if "text/html" in request.headers.get("accept", ""):
        return PlainTextResponse(f"{error.status_code}: {error.detail}\n", error.status_code, headers)
    said: dict[str, object] = {"error": {"status": error.status_code, "message": error.detail}}
    if isinstance(error, RefusedAnswer) and error.reason:
        said["reason"] = error.reason
    answer = answer_json(said, error.status_code)
    answer.headers.update(headers)
    return answer


HANDLERS: dict[Any, Callable[[Request, Exception], Response]] = {
    HTTPException: answer_refusal,
    Transient: answer_transient,
    Exception: answer_fault,
}
"""How errors of the pages are answered, the most specific first."""
