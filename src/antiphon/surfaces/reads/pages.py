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
        """Return the absolute URL of the page that starts at ``offset``."""
        repeated = [(name, value) for name, value in self.parameters.items() if name not in ("limit", "offset")]
        pairs = [*repeated, ("offset", str(offset)), ("limit", str(self.limit))]
        return self.url + "?" + "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


def encode_page(page: PageRequest, total: int, items: Sequence[bytes], *, reachable: int | None = None) -> bytes:
    """Return the paging object, JSON, with ``items`` as they are.

    ``total`` counts the whole list. ``reachable``: how far paging goes where that is less than the total.
    """
    end = total if reachable is None else min(total, reachable)
    following = page.offset + page.limit
    has_next = page.limit > 0 and following < end
    has_previous = page.offset > 0 and page.limit > 0
    head = msgspec.json.encode(
        {
            "href": page.link(page.offset),
            "limit": page.limit,
            "next": page.link(following) if has_next else None,
            "offset": page.offset,
            "previous": page.link(max(0, page.offset - page.limit)) if has_previous else None,
            "total": total,
        }
    )
    return b'%b,"items":[%b]}' % (head[:-1], b",".join(items))
