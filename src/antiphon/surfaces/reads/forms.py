"""Forms: the only bodies the read path takes, read whole before it is asked, with a limit of size and of time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl

import msgspec

from antiphon.surfaces.reads.exchange import Request

TOKEN_PATH = "/api/token"  # noqa: S105 - a path, not a secret

MAX_FORM_BYTES = 4096
"""bytes; id, secret, grant type and scope take 200."""

MAX_FORM_FIELDS = 10
"""fields; the grant has four."""

FORM_WITHIN_S = 5
"""seconds; a form is one packet. Who sends it by drops holds a connection no longer than this."""

FORM_TYPE = "application/x-www-form-urlencoded"


async def take_form(request: Request, peer: str, pieces: AsyncIterator[bytes]) -> Request:
    """Return a POST with its form, where it goes somewhere that reads one; anywhere else its body is not read.

    A form that is too long is cut behind the limit, so that it can be told; one that is too slow is None.
    """
    if request.path.rstrip("/") != TOKEN_PATH:
        return request
    form = b""
    try:
        async with asyncio.timeout(FORM_WITHIN_S):
            async for piece in pieces:
                form += piece
                if len(form) > MAX_FORM_BYTES:
                    break
    except TimeoutError:
        return msgspec.structs.replace(request, form=None, peer=peer)
    return msgspec.structs.replace(request, form=form, peer=peer)


def read_fields(content_type: str | None, form: bytes) -> Mapping[str, str] | None:
    """Return the fields of a form; None: it is none, or names a field twice."""
    if (content_type or "").partition(";")[0].strip().lower() != FORM_TYPE:
        return None
    try:
        pairs = parse_qsl(form.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None
