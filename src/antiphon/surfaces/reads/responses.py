"""Responses: the headers every answer has, conditional requests, and the forms of HEAD and of refusals."""

import hashlib
from collections.abc import Iterable

from antiphon.replica.head import Head, measure_age_s
from antiphon.surfaces.reads.coding import MIN_CODED_BYTES, choose_coding, name_coded
from antiphon.surfaces.reads.exchange import BlobRange, Header, Request, Response
from antiphon.surfaces.reads.node import JSON_TYPE, Answer, Node
from antiphon.surfaces.reads.refusals import ReadRefused

ALLOWED_METHODS = "GET, HEAD, OPTIONS"

_EVERYWHERE: tuple[Header, ...] = (
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "ETag, Retry-After, Content-Range, Accept-Ranges, X-Catalogue-Version, Catalogue-Age",
    ),
    ("x-content-type-options", "nosniff"),
)
"""Any page may read answers: what protects them is the bearer token, which no browser sends by itself."""

_PREFLIGHT: tuple[Header, ...] = (
    ("access-control-allow-methods", ALLOWED_METHODS),
    (
        "access-control-allow-headers",
        "Authorization, Content-Type, If-None-Match, If-Range, Last-Event-ID, Range, X-API-Key",
    ),
    ("access-control-max-age", "86400"),
)

VARY: Header = ("vary", "Authorization, X-API-Key, Accept-Encoding")
"""The tier of the caller decides what is playable."""
CATALOGUE_HEADERS = (VARY,)
"""The headers of an answer of the catalogue. There is one such tuple, by which such an answer is known."""


MAX_TAG_CHARACTERS = 96
"""characters; the tags of an album and of its list have 40. Longer ones are hashed, at the cost of a small look-up."""

Stamp = tuple[Header, ...]
"""The headers every answer has; those of the catalogue also say which version of it answered, and how many seconds ago
that was known to be the newest."""

NO_STAMP: Stamp = _EVERYWHERE
"""The stamp of answers that are of no version."""


def stamp_answer(head: Head, now_s: int) -> Stamp:
    """Return the stamp of an answer of this node."""
    age_s = int(measure_age_s(head.level_at_ms, now_s))
    return (*_EVERYWHERE, ("x-catalogue-version", str(head.version)), ("catalogue-age", str(age_s)))


def make_headers(caching: str, stamp: Stamp) -> Stamp:
    """Return the headers that all answers of the catalogue have while the stamp holds, less those of their bytes."""
    return (("cache-control", caching), *CATALOGUE_HEADERS, *stamp)


def answer_catalogue(node: Node, body: bytes, etag: str = "") -> Answer:
    """Return the answer of a catalogue read. ``etag`` names its bytes where that is known; empty: their hash does."""
    return Answer(
        body=body, etag=etag or name_body(body), caching=node.settings.catalogue_caching, headers=CATALOGUE_HEADERS
    )


def name_body(body: bytes) -> str:
    """Return a strong entity tag of a body: its hash."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def join_tags(tags: Iterable[str]) -> str:
    """Return a strong entity tag of a body made of parts that these tags name, in their order; quotes do not count."""
    joined = ".".join(tags).replace('"', "")
    if len(joined) > MAX_TAG_CHARACTERS:
        joined = hashlib.blake2b(joined.encode(), digest_size=12).hexdigest()
    return f'"{joined}"'


def write_response(request: Request, answer: Answer, stamp: Stamp, operation: str) -> Response:
    """Return the response to a request that was answered: 304 where the client has it already, no body for HEAD."""
    return write_found(request, answer, (("cache-control", answer.caching), *answer.headers, *stamp), operation)


def write_found(request: Request, answer: Answer, made: Stamp, operation: str) -> Response:
    """Return what ``write_response`` does, from headers that were made before."""
    headers = [*made]
    body, etag = answer.body, answer.etag
    coding = None
    if isinstance(body, bytes) and len(body) >= MIN_CODED_BYTES and answer.media_type == JSON_TYPE:
        coding = choose_coding(request.headers.get("accept-encoding"))
    if etag:
        if coding is not None:
            etag = name_coded(etag, coding)
        headers.append(("etag", etag))
        known = request.headers.get("if-none-match")
        if known is not None and is_known(known, etag):
            return Response(status=304, headers=headers, body=b"", operation=operation)
    headers.append(("content-type", answer.media_type))
    if isinstance(body, bytes):
        if coding is not None:
            body = coding.compress(body)
            headers.append(coding.header)
        headers.append(("content-length", str(len(body))))
    elif isinstance(body, BlobRange):
        headers.append(("content-length", str(body.size_bytes)))
    if request.method == "HEAD":
        body = b""
    return Response(status=answer.status, headers=headers, body=body, operation=operation)


def write_refusal(request: Request, refusal: ReadRefused, stamp: Stamp, operation: str) -> Response:
    """Return the response to a request that was refused. Nothing may keep it: the next try may fare better."""
    body = refusal.encode_body()
    headers = [
        ("content-type", JSON_TYPE),
        ("content-length", str(len(body))),
        ("cache-control", "no-store"),
        VARY,
        *refusal.headers,
        *stamp,
    ]
    if request.method == "HEAD":
        body = b""
    return Response(status=refusal.status, headers=headers, body=body, operation=operation)


def write_preflight(operation: str) -> Response:
    """Return the answer to a browser that asks whether a page may call."""
    return Response(status=204, headers=[*_EVERYWHERE, *_PREFLIGHT], body=b"", operation=operation)


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Tell whether an If-None-Match header names the entity tag. Source: RFC 9110 13.1.2: weak comparison."""
    if if_none_match is None:
        return False
    if if_none_match == etag:
        return True
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or tags == {"*"}
