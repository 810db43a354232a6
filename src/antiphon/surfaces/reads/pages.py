"""Paging objects: the part of a list that was asked for, and absolute links to what is before and after it."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus

import msgspec


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of which list. ``url`` is the list's absolute address without a query.

    ``parameters`` are those to repeat in links, less limit and offset, in the order they came.
    """

    url: str
    limit: int
    offset: int
    parameters: Mapping[str, str] = {}

    def link(self, offset: int) -> str:
        """Return the absolute URL of the page that starts at ``offset``. It needs no escaping in JSON."""
        repeated = "".join(
            f"{_quote(name)}={_quote(value)}&"
            for name, value in self.parameters.items()
            if name not in ("limit", "offset")
        )
        return f"{self.url}?{repeated}offset={offset}&limit={self.limit}"


def encode_page(page: PageRequest, total: int, items: Sequence[bytes], *, reachable: int | None = None) -> bytes:
    """Return the paging object, JSON, with ``items`` as they are.

    ``total`` counts the whole list. ``reachable``: how far paging goes where that is less than the total.
    """
    return encode_joined(page, total, b",".join(items), reachable=reachable)


def encode_joined(page: PageRequest, total: int, items: bytes, *, reachable: int | None = None) -> bytes:
    """Return the paging object as ``encode_page`` does; ``items`` have their commas between them."""
    end = total if reachable is None else min(total, reachable)
    following = page.offset + page.limit
    has_next = page.limit > 0 and following < end
    has_previous = page.offset > 0 and page.limit > 0
    return _PAGE % (
        page.link(page.offset).encode(),
        page.limit,
        b'"%b"' % page.link(following).encode() if has_next else b"null",
        page.offset,
        b'"%b"' % page.link(max(0, page.offset - page.limit)).encode() if has_previous else b"null",
        total,
        items,
    )


_PAGE = b'{"href":"%b","limit":%d,"next":%b,"offset":%d,"previous":%b,"total":%d,"items":[%b]}'


def _quote(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote_plus(text)
