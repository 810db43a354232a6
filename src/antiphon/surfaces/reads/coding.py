"""Content coding: JSON made smaller on its way, where the client asks for it and it pays. Source: RFC 9110 8.4, 12.5.3.

What it costs was measured on answers of ours, on one core, at the fastest level of each coding (others take two to ten
times as long for a tenth of the size):

==================  =======  ==================  ==================  ==================
answer              bytes    gzip                br                  zstd
==================  =======  ==================  ==================  ==================
track               1,524    11 us, 661 bytes    12 us, 669 bytes    13 us, 648 bytes
album, 20 tracks    11,928   23 us, 1,762 bytes  30 us, 1,765 bytes  20 us, 1,621 bytes
batch, 50 tracks    76,970   138 us, 9.9 kB      130 us, 7.5 kB      54 us, 6.9 kB
==================  =======  ==================  ==================  ==================

A track takes some 30 us of a core to look up and send, in two packets; coding it would take 40 % more to save one. An
album is nine packets, and two when it is coded. So answers below ``MIN_CODED_BYTES`` are sent as they are, whatever was
asked, which also keeps client libraries fast that ask for gzip by habit. Above it the cost is at most 2 us a kilobyte:
nothing is kept of it, since a hit would save no more than that and need memory for each market and base URL.

A coded answer is another representation, so its strong entity tag is another one too: that of the plain one with the
coding's name behind it.
"""

import re
import zlib
from collections.abc import Callable
from functools import lru_cache

import cramjam
import msgspec

from antiphon.surfaces.reads.exchange import Header

MIN_CODED_BYTES = 4096
"""bytes; three packets of a network. See the table above."""

MAX_ACCEPT_CHARACTERS = 512
"""characters; browsers send 30. A longer Accept-Encoding is not read."""

ACCEPTS_KEPT = 256
"""Accept-Encoding headers read once; clients of one kind all send the same."""

_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)
_GZIP_WINDOW_BITS = zlib.MAX_WBITS | 16
"""What tells zlib to write gzip's header and trailer."""


class Coding(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One way to make a body smaller. ``header`` says so in the answer."""

    name: str
    compress: Callable[[bytes], bytes]
    header: Header


def _compress_zstd(body: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(body, level=1))


def _compress_brotli(body: bytes) -> bytes:
    return bytes(cramjam.brotli.compress(body, level=1))


def _compress_gzip(body: bytes) -> bytes:
    stream = zlib.compressobj(zlib.Z_BEST_SPEED, zlib.DEFLATED, _GZIP_WINDOW_BITS)
    return stream.compress(body) + stream.flush()


CODINGS = tuple(
    Coding(name=name, compress=compress, header=("content-encoding", name))
    for name, compress in (("zstd", _compress_zstd), ("br", _compress_brotli), ("gzip", _compress_gzip))
)
"""The codings there are; of those a client likes equally well, the first."""


@lru_cache(ACCEPTS_KEPT)
def choose_coding(accept: str | None) -> Coding | None:
    """Return the coding an Accept-Encoding header asks for most; None: send the body as it is.

    That is also the answer to a header that names none of ours, or refuses all: RFC 9110 12.5.3.
    """
    if not accept or len(accept) > MAX_ACCEPT_CHARACTERS:
        return None
    weights = _read_weights(accept)
    others = weights.get("*", 0.0)
    liked = [(weights.get(coding.name, others), coding) for coding in CODINGS]
    weight, best = max(liked, key=lambda pair: pair[0])
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None


def name_coded(etag: str, coding: Coding) -> str:
    """Return the entity tag of a coded body from that of the plain one."""
    return f'{etag[:-1]}-{coding.name}"'


def _read_weights(accept: str) -> dict[str, float]:
    """Return how much each coding named is liked, from 0 to 1. What is not well-formed counts as not named."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        matches = [_WEIGHT.fullmatch(parameter) for parameter in parameters]
        if name and all(matches):
            weights[name.removeprefix("x-")] = min((float(match[1]) for match in matches if match), default=1.0)
    return weights
