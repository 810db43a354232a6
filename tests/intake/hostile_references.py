"""File references that point out of their delivery, or mean to: what a sender may write into ``URI``."""

import itertools
from collections.abc import Iterator
from urllib.parse import quote

UP = ("..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "\uff0e\uff0e", "\u2024\u2024", "%EF%BC%8E%EF%BC%8E", "\u2025")
"""Ways to write dot-dot: plain, encoded once and twice, full-width, one-dot and two-dot leaders."""

SLASHES = ("/", "%2f", "%252F", "\\", "%5c", "%255C", "\uff0f", "\uff3c")
"""Ways to write a slash."""


def list_references(secret: str, neighbour: str) -> Iterator[str]:
    """Yield references. ``secret``: an absolute path that exists; ``neighbour``: a file beside the delivery."""
    for up, slash in itertools.product(UP, SLASHES):
        yield f"{up}{slash}{neighbour.replace('/', slash)}"
    yield from (
        secret,
        f"/{secret}",
        f"file://{secret}",
        f"FILE://localhost{secret}",
        f"resources{secret}",
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
        f"resources/../../{neighbour}",
        f"./resources/./../../{neighbour}",
        f"resources/{'../' * 30}{secret.removeprefix('/')}",
        f"../{neighbour}%00.flac",
        f"../{neighbour}%2500.flac",
        f"../{neighbour}?x=.flac",
        f"../{neighbour}#.flac",
        f" ../{neighbour}",
        f"..\u200b/{neighbour}",
        f"~/{neighbour}",
        f"$HOME/{neighbour}",
        f"C:{secret}",
        f"\\\\localhost\\c$\\{neighbour}",
        f"concat:resources/01.flac|{secret}",
        f"subfile,,start,0,end,99,,:{secret}",
        f"http://localhost/{neighbour}",
        "/dev/stdin",
        "/proc/self/environ",
        "resources/LINK.flac",
        "LINK/other.flac",
        "x/" * 600 + "01.flac",
        "",
    )
