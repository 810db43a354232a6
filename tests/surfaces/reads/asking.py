"""Asking the read path as a client does."""

import gzip
from collections.abc import Callable
from datetime import datetime
from typing import Any

import cramjam
import msgspec

from antiphon.access import Tier
from antiphon.surfaces.reads import BlobRange, ReadPath, Request, Response
from tests.surfaces.reads.catalogue_fixture import NOW, a_token


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """A response, easier to look at. ``content`` is the JSON, None where the body is none."""

    status: int
    headers: dict[str, str]
    body: bytes
    content: Any = None


def ask(
    read_path: ReadPath,
    path: str,
    *,
    method: str = "GET",
    tier: Tier | None = Tier.PREMIUM,
    now: datetime = NOW,
    headers: dict[str, str] | None = None,
) -> Got:
    """Return what the read path answers; ``path`` with its query. ``tier`` None: without a token."""
    bare, _, query = path.partition("?")
    sent = {"host": "node.example:8080", **(headers or {})}
    if tier is not None:
        sent.setdefault("authorization", f"Bearer {a_token(tier, now)}")
    request = Request(method=method, path=bare, query_string=query, headers=sent)
    return read_response(read_path, read_path.answer(request, now.timestamp()))


def read_response(read_path: ReadPath, response: Response) -> Got:
    """Return a response with its bytes read, and checked against its own headers."""
    headers = dict(response.headers)
    assert len(headers) == len(response.headers), "a header was set twice"
    body = response.body
    if isinstance(body, BlobRange):
        body = read_path.blobs.read_range(body.blob, body.start, body.stop)
    assert isinstance(body, bytes), "the answer waits"
    if body:
        assert headers["content-length"] == str(len(body))
        body = decode_body(body, headers.get("content-encoding"))
    is_json = body and headers["content-type"].startswith("application/json")
    return Got(
        status=response.status, headers=headers, body=body, content=msgspec.json.decode(body) if is_json else None
    )


def decode_body(body: bytes, coding: str | None) -> bytes:
    """Return a body as it was before it was coded."""
    if coding is None:
        return body
    decompress: dict[str, Callable[[bytes], Any]] = {
        "gzip": gzip.decompress,
        "br": cramjam.brotli.decompress,
        "zstd": cramjam.zstd.decompress,
    }
    return bytes(decompress[coding](body))
