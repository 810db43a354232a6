"""Answers in JSON, and whole numbers in queries: what every operation of these surfaces needs."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


def read_whole(request: Request, name: str, otherwise: int, *, least: int, most: int) -> int:
    """Return a whole number from the query. Raises: HTTPException 400 outside ``least`` to ``most``."""
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= most:
        raise HTTPException(400, f"{name} must be a whole number from {least} to {most}; got {text[:20]!r}")
    return int(text)


def answer_json(body: object, status: int = 200) -> Response:
    """Return an answer whose body is JSON and which nobody stores."""
    return Response(
        msgspec.json.encode(body), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
