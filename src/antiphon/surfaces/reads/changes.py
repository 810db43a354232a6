"""What changed in the catalogue: a page at once, a page when there is one, or a stream of events."""

import re
from urllib.parse import quote_plus

from antiphon.model.entities import EntityKind
from antiphon.replica.change_list import ChangesGone
from antiphon.replica.changes import ChangeFilter, Place
from antiphon.surfaces.reads.change_feed import ChangeFeed, Wish, changes_gone
from antiphon.surfaces.reads.exchange import Request
from antiphon.surfaces.reads.node import Answer, CallerCall, Node
from antiphon.surfaces.reads.parameters import read_ids, read_number, read_words
from antiphon.surfaces.reads.refusals import bad_parameter
from antiphon.surfaces.reads.responses import VARY, name_body

MAX_CHANGES = 1_000
"""changes in one page; some 300 KB."""

DEFAULT_CHANGES = 100

MAX_WAIT_S = 60
"""seconds one answer may wait: proxies cut connections that are silent for longer."""

MAX_FILTERED_IDS = 50
"""entities one reader may follow; as many as one batch of look-ups takes."""

EVENT_STREAM = "text/event-stream"

KINDS = {
    kind.value: kind
    for kind in (
        EntityKind.ALBUM,
        EntityKind.ARTIST,
        EntityKind.TRACK,
        EntityKind.SHOW,
        EntityKind.EPISODE,
        EntityKind.AUDIOBOOK,
        EntityKind.CHAPTER,
    )
}

_CURSOR = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,10}))?", re.ASCII)

_REVALIDATE = "private, no-cache"
"""What was told once stays true, but there may be more by now."""

_LIVE = "no-store"


def answer_changes(node: Node, call: CallerCall) -> Answer:
    """Return what changed behind a cursor; without one, nothing, and the cursor of now.

    Raises: ReadRefused: 400; 410 where the node no longer has all of it; 503 where too many wait.
    """
    feed = node.changes
    wish = _read_wish(call)
    wait_s = read_number(call.parameters, "wait", default=0, least=0, most=MAX_WAIT_S)
    caller = call.asking.caller
    is_stream = EVENT_STREAM in (call.request.headers.get("accept") or "")
    after = _read_place(call.request, call.parameters.get("cursor", ""), feed, is_stream=is_stream)
    try:
        told = feed.tell(caller, after, wish)
    except ChangesGone as error:
        raise changes_gone(error) from error
    must_wait = call.request.method == "GET" and (is_stream or (wait_s > 0 and told.is_last and not told.count))
    if not must_wait:
        return Answer(body=told.body, etag=name_body(told.body), caching=_REVALIDATE, headers=(VARY,))
    feed.refuse_when_full(caller)
    if not is_stream:
        body = feed.wait_for_page(caller, told, wish, wait_s)
        return Answer(body=body, caching=_LIVE, headers=(VARY,))
    stream_s = caller.expires_at - call.now_s
    return Answer(
        body=feed.stream_events(caller, after, wish, stream_s),
        caching=_LIVE,
        media_type=EVENT_STREAM,
        headers=(VARY, ("x-accel-buffering", "no")),
    )


def _read_wish(call: CallerCall) -> Wish:
    kinds = read_words(call.parameters, "kind", KINDS)
    ids = read_ids(call.parameters, most=MAX_FILTERED_IDS) if call.parameters.get("ids") else ()
    limit = read_number(call.parameters, "limit", default=DEFAULT_CHANGES, least=1, most=MAX_CHANGES)
    repeated = (("kind", ",".join(kinds)), ("ids", ",".join(ids)), ("limit", str(limit)))
    said = "".join(f"{name}={quote_plus(value)}&" for name, value in repeated if value)
    return Wish(
        wanted=ChangeFilter(frozenset(KINDS[kind] for kind in kinds), frozenset(ids)),
        limit=limit,
        base_url=call.asking.base_url,
        path_and_query=f"/v1/changes?{said}",
    )


def _read_place(request: Request, cursor: str, feed: ChangeFeed, *, is_stream: bool) -> Place:
    """Return the place a cursor names. A browser that connects again says where it was in a header."""
    text = (request.headers.get("last-event-id") if is_stream else None) or cursor
    if not text:
        return Place(feed.find_version())
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise bad_parameter("cursor", got=text, expected="a cursor of an earlier answer, or the number of a version")
    return Place(int(match[1])) if match[2] is None else Place(int(match[1]), int(match[2]))
