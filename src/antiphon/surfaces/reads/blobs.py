"""Bytes of blobs over HTTP: audio by stream token, covers by their hash, whatever else by ranges."""

from antiphon.access import TokenRefused, verify_stream_token
from antiphon.surfaces.reads.exchange import BlobRange, Header, Request
from antiphon.surfaces.reads.node import Answer, Call, Node
from antiphon.surfaces.reads.ranges import Unsatisfiable, parse_range
from antiphon.surfaces.reads.refusals import ReadRefused, not_found
from antiphon.surfaces.reads.responses import is_known

MAX_COVER_BYTES = 4 << 20
"""bytes; a cover of 640 px has 100,000. Larger blobs are no covers of ours, and covers are read whole to be checked."""

_JPEG_START = b"\xff\xd8\xff"
_BLOB_CHARACTERS = 64
_HEX = frozenset("0123456789abcdef")

_AUDIO_CACHING = "private, max-age=300"
"""Seconds as long as a stream token lives: the URL is worth nothing after it."""

_COVER_CACHING = "public, max-age=31536000, immutable"
"""A year: the address is the hash of the bytes, so they cannot change."""


def answer_stream(node: Node, call: Call) -> Answer:
    """Return the audio a stream token opens, or the one range of it that was asked for.

    The token is checked here, when the response starts; a response under way is not cut. No byte leaves before the
    whole blob was found sound, which takes a moment the first time. Raises: ReadRefused: 403 for
    the token, 412 and 416 for what the headers ask.
    """
    try:
        grant = verify_stream_token(node.keys, call.argument, call.now)
    except TokenRefused as error:
        raise ReadRefused(403, f"Invalid stream URL: {error}; ask for a new one", reason="invalid_token") from error
    return answer_range(node, call.request, grant.blob, call.now_s, media_type=grant.media_type, caching=_AUDIO_CACHING)


def answer_range(
    node: Node,
    request: Request,
    blob: str,
    now_s: float,
    *,
    media_type: str,
    caching: str,
    headers: tuple[Header, ...] = (),
) -> Answer:
    """Return a blob, or the one range of it that a request asks for; its hash is its entity tag.

    No byte leaves before the whole blob was found sound. Raises: ReadRefused: 412 and 416 for what the headers ask.
    """
    size_bytes = node.sound.ensure_sound(blob, now_s)
    etag = f'"{blob}"'
    _check_if_match(request.headers.get("if-match"), etag)
    span = parse_range(_applicable_range(request, etag), size_bytes)
    if isinstance(span, Unsatisfiable):
        raise ReadRefused(
            416,
            f"No byte of the range is inside the {size_bytes} bytes",
            headers=(("content-range", f"bytes */{size_bytes}"), ("accept-ranges", "bytes")),
        )
    start, stop = (0, size_bytes) if span is None else (span.start, span.stop)
    placed = () if span is None else (("content-range", f"bytes {start}-{stop - 1}/{size_bytes}"),)
    return Answer(
        body=BlobRange(blob=blob, path=node.blobs.local_path(blob), start=start, stop=stop),
        etag=etag,
        caching=caching,
        media_type=media_type,
        status=200 if span is None else 206,
        headers=(("accept-ranges", "bytes"), *placed, *headers),
    )


def answer_image(node: Node, call: Call) -> Answer:
    """Return a cover, whole, its hash checked. Raises: ReadRefused (404) for what is no stored JPEG."""
    blob = call.argument
    is_blob = len(blob) == _BLOB_CHARACTERS and _HEX.issuperset(blob)
    if not is_blob or not node.blobs.has(blob) or node.blobs.size(blob) > MAX_COVER_BYTES:
        raise not_found("Image")
    data = node.blobs.get(blob)
    if not data.startswith(_JPEG_START):
        raise not_found("Image")
    return Answer(body=data, etag=f'"{blob}"', caching=_COVER_CACHING, media_type="image/jpeg")


def _check_if_match(if_match: str | None, etag: str) -> None:
    """Refuse where the client wants only bytes that go on from others. Source: RFC 9110 13.1.1: strong comparison."""
    if if_match is not None and if_match.strip() != "*" and etag not in {tag.strip() for tag in if_match.split(",")}:
        raise ReadRefused(412, "What is here is not what If-Match names")


def _applicable_range(request: Request, etag: str) -> str | None:
    """Return the Range header where it counts: with GET, for bytes the client has not, and no If-Range naming others.

    An If-Range with a date never matches, since we send no Last-Modified. Source: RFC 9110 14.2 and 13.1.5.
    """
    if request.method != "GET" or is_known(request.headers.get("if-none-match"), etag):
        return None
    if_range = request.headers.get("if-range")
    if if_range is not None and if_range.strip() != etag:
        return None
    return request.headers.get("range")
