"""The words of the tus protocol: what its headers say, and how its answers look. Source: tus.io, protocol 1.0.0."""

import base64
import binascii
import hashlib
from datetime import datetime
from email.utils import format_datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

TUS_VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination,checksum"
CHUNK_TYPE = "application/offset+octet-stream"

MAX_METADATA_CHARACTERS = 4096
"""characters; a path and a checksum take 200."""

CHECKSUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
"""What a piece may be checked by. SHA-1 because the protocol demands it; it guards against accidents alone."""

CHECKSUM_MISMATCH = 460
"""The protocol's own status: the piece is not what the sender meant; none of it was kept."""

_HEX = frozenset("0123456789abcdefABCDEF")


def require_tus(request: Request) -> None:
    """Refuse a request of another version of the protocol. Raises: HTTPException 412."""
    version = request.headers.get("tus-resumable", "")
    if version != TUS_VERSION:
        message = f"send Tus-Resumable: {TUS_VERSION}; got {version[:20]!r}"
        raise HTTPException(412, message, headers={"Tus-Version": TUS_VERSION})


def read_metadata(text: str) -> dict[str, str]:
    """Return the pairs of Upload-Metadata: names, and values in base 64. Raises: HTTPException 400."""
    if len(text) > MAX_METADATA_CHARACTERS:
        raise HTTPException(400, f"Upload-Metadata has at most {MAX_METADATA_CHARACTERS} characters; got {len(text)}")
    pairs = (pair.strip().partition(" ") for pair in text.split(",") if pair.strip())
    try:
        return {name: base64.b64decode(value.strip(), validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise HTTPException(400, "Upload-Metadata holds names, each with its UTF-8 value in base 64") from error


def read_sha256(text: str) -> str:
    """Return a SHA-256 in hex, or nothing where none was given. Raises: HTTPException 400."""
    if text and (len(text) != hashlib.sha256().digest_size * 2 or not set(text) <= _HEX):
        raise HTTPException(400, f"sha256 is 64 hex digits; got {text[:80]!r}")
    return text


def read_checksum(text: str) -> tuple[str, bytes] | None:
    """Return the algorithm and the digest of Upload-Checksum; None: none was given. Raises: HTTPException 400."""
    if not text:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise HTTPException(400, f"Upload-Checksum by {algorithm[:20]!r}; it may be by {' or '.join(CHECKSUMS)}")
    try:
        return algorithm, base64.b64decode(digest.strip(), validate=True)
    except binascii.Error as error:
        raise HTTPException(400, "Upload-Checksum is an algorithm and a digest in base 64") from error


def read_length(request: Request, name: str) -> int:
    """Return a header that counts bytes. Raises: HTTPException 400 where it is missing or no number."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise HTTPException(400, f"{name.title()} must say a number of bytes; got {text[:20]!r}")
    return int(text)


def format_expiry(expires_at: str) -> str:
    """Return an instant of the record as HTTP writes times."""
    return format_datetime(datetime.fromisoformat(expires_at), usegmt=True)


def answer_tus(status: int, headers: dict[str, str]) -> Response:
    """Return an answer of the protocol: headers alone, which nobody stores."""
    return Response(status_code=status, headers={"Tus-Resumable": TUS_VERSION, "Cache-Control": "no-store", **headers})
