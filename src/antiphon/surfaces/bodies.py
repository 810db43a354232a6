"""Bodies of requests, read no further than their limit."""

from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from antiphon.surfaces.refusals import RefusedAnswer

Body = TypeVar("Body")


async def read_json_body(request: Request, most_bytes: int) -> bytes:
    """Return the body of a request that says it is JSON, read no further than its limit.

    Raises: HTTPException 415, 413, or 400 where the caller went away. The media type is insisted on because a page of
    another site can make a signed-in browser send anything else without asking us first.
    """
    media_type = find_media_type(request)
    if media_type != "application/json":
        raise HTTPException(415, f"the body must be application/json; got {media_type[:40]!r}")
    return await read_whole_body(request, most_bytes)


async def read_whole_body(request: Request, most_bytes: int) -> bytes:
    """Return the body of a request, read no further than its limit. Raises: HTTPException 413 or 400."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise HTTPException(413, f"the body has more than {most_bytes} bytes; send it in parts")
    except ClientDisconnect as error:
        raise HTTPException(400, "the connection ended before the body did") from error
    return bytes(body)


def decode_json(body: bytes, as_type: type[Body]) -> Body:
    """Return what a JSON body says. Raises: HTTPException 400 that names what is wrong with it."""
    try:
        return msgspec.json.decode(body, type=as_type)
    except msgspec.DecodeError as error:
        raise RefusedAnswer(400, f"the body cannot be read: {error}", reason="InvalidBody") from error


def find_media_type(request: Request) -> str:
    """Return the media type a request says its body has, in lower case and without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
