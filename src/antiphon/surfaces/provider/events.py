"""A delivery's timeline as it happens: server-sent events, each stage once, from the beginning or from the last seen.

``id`` of an event is its position in the timeline, so a browser that comes back says itself where it was. The stream
ends with the delivery; who comes back after that is told by 204 to stay away. Source: HTML standard, 9.2.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from antiphon.model.delivery import TimelineEntry
from antiphon.record import reading
from antiphon.record.held import is_let_go
from antiphon.record.timeline import load_timeline
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.provider.reports import DeliveryReport
from antiphon.surfaces.refusals import BUSY_RETRY_AFTER_S, RefusedAnswer

MEDIA_TYPE = "text/event-stream"

POLL_S = 0.25
"""seconds; how late a stage is told. One indexed read of a few rows each time."""

HEARTBEAT_S = 15.0
"""seconds; proxies cut connections that are silent for 30 to 60."""

LIFETIME_S = 3600.0
"""seconds; as long as a token. The browser comes back by itself and goes on where it was."""

RECONNECT_MS = 2000
"""ms; how long a browser waits before it comes back."""

STREAMS_MAX = 200
"""Streams of one process. Each asks the record four times a second: together less than a tenth of a core."""


class EventStreams:
    """The streams of one process, so that nobody opens more than it can serve."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._open = 0

    def answer(self, request: Request, report: DeliveryReport) -> Response:
        """Return the stream of a delivery the caller may see. Raises: RefusedAnswer 503 where too many are open."""
        seen = read_last_event(request)
        if seen >= len(report.timeline) and not report.is_moving:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
        if request.method == "HEAD":
            return Response(media_type=MEDIA_TYPE, headers=headers)
        if self._open >= STREAMS_MAX:
            message = f"{STREAMS_MAX} streams are open; ask for the delivery itself, or come back"
            retry = {"Retry-After": str(BUSY_RETRY_AFTER_S)}
            raise RefusedAnswer(503, message, reason="TooManyStreams", headers=retry)
        return StreamingResponse(self._stream(report.delivery.id, seen), media_type=MEDIA_TYPE, headers=headers)

    async def _stream(self, delivery_id: str, seen: int) -> AsyncIterator[str]:
        self._open += 1
        try:
            yield f"retry: {RECONNECT_MS}\n\n"
            silent_s = 0.0
            for _ in range(round(LIFETIME_S / POLL_S)):
                timeline, is_moving = await run_in_threadpool(self._load, delivery_id)
                for position, entry in list(enumerate(timeline, 1))[seen:]:
                    yield format_event(position, entry)
                    silent_s = 0.0
                seen = max(seen, len(timeline))
                if not is_moving:
                    return
                if silent_s >= HEARTBEAT_S:
                    yield ": still here\n\n"
                    silent_s = 0.0
                await asyncio.sleep(POLL_S)
                silent_s += POLL_S
        finally:
            self._open -= 1

    def _load(self, delivery_id: str) -> tuple[tuple[TimelineEntry, ...], bool]:
        """Return the timeline, and whether more will come without somebody's action."""
        with reading(self._gate.engine) as connection:
            timeline = load_timeline(connection, delivery_id)
            return timeline, not timeline[-1].stage.is_final or is_let_go(connection, delivery_id)


def format_event(position: int, entry: TimelineEntry) -> str:
    """Return one stage as an event. JSON holds no line break, so no text of a timeline makes a line of its own."""
    data = {"position": position, **msgspec.to_builtins(entry), "is_final": entry.stage.is_final}
    return f"id: {position}\nevent: stage\ndata: {msgspec.json.encode(data).decode()}\n\n"


def read_last_event(request: Request) -> int:
    """Return the position of the last event the caller has seen; 0: none, or it says something else."""
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
