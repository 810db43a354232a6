"""Candidates: the rows that match a search, best first, thinned by market.

A market is never part of the query: filtering inside it was measured at 11 ms for one common word. We fetch more than
was asked for, test one bit of each hit, and fetch again where that leaves too few.
"""

from collections.abc import Mapping
from operator import itemgetter

import msgspec
import tantivy

from antiphon.model.entities import EntityKind
from antiphon.model.territories import Territory
from antiphon.replica.query import build_query
from antiphon.rights import territory_index

MAX_HITS = 8192
"""How many hits one search may look at. The catalogue API pages to 1,000; in a market with few rows more are needed."""

MAX_SHARED_ID = 1000
"""How many entities are told of one external id. A famous recording's ISRC is on some hundred compilations."""

_SPARE_HITS = 20
_REFETCH_FACTOR = 4


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of candidates. ``total`` is a guess unless ``is_total_exact``; it is never less than what is here."""

    ids: tuple[str, ...]
    total: int
    is_total_exact: bool = True


def find_candidates(
    searcher: tantivy.Searcher,
    schema: tantivy.Schema,
    kind: EntityKind,
    text: str,
    filters: Mapping[str, str],
    market: Territory | None,
    limit: int,
    offset: int,
) -> SearchPage:
    """Return a page of candidates by score, then popularity. Nothing asked: nothing found."""
    query = build_query(searcher, schema, kind, text, filters)
    if query is None:
        return SearchPage(ids=(), total=0)
    wanted = offset + limit
    fetch = min(MAX_HITS, wanted + _SPARE_HITS)
    while True:
        result = searcher.search(query, limit=fetch)
        hits = result.hits
        kept = hits if market is None else _thin_hits(searcher, hits, market)
        if len(kept) >= wanted or len(hits) < fetch or fetch == MAX_HITS:
            break
        fetch = min(MAX_HITS, fetch * _REFETCH_FACTOR)
    total: int = result.count  # type: ignore[attr-defined]  # the stub lacks it
    is_exact = market is None or len(hits) == total
    if market is not None:
        total = len(kept) if is_exact else max(len(kept), total * len(kept) // len(hits))
    page = _order_hits(searcher, kept)[offset:wanted]
    return SearchPage(
        ids=tuple(searcher.doc(address)["key"][0][1:] for address in page), total=total, is_total_exact=is_exact
    )


_Hits = list[tuple[float, tantivy.DocAddress]]


def _thin_hits(searcher: tantivy.Searcher, hits: _Hits, market: Territory) -> _Hits:
    """Return the hits that were ever granted in a market."""
    word, bit = divmod(territory_index(market), 64)
    granted = searcher.fast_field_values(f"markets_{word}", [address for _, address in hits])
    return [hit for hit, markets in zip(hits, granted, strict=True) if int(markets or 0) >> bit & 1]


def _order_hits(searcher: tantivy.Searcher, hits: _Hits) -> list[tantivy.DocAddress]:
    addresses = [address for _, address in hits]
    popularities = searcher.fast_field_values("popularity", addresses)
    ranked = [(-score, -int(p or 0), address) for (score, address), p in zip(hits, popularities, strict=True)]
    return [address for _, _, address in sorted(ranked, key=itemgetter(0, 1))]


def find_keys(searcher: tantivy.Searcher, schema: tantivy.Schema, external: str) -> tuple[bytes, ...]:
    """Return the document keys of whatever has an external id, sorted; at most ``MAX_SHARED_ID`` of them."""
    hits = searcher.search(tantivy.Query.term_query(schema, "ids", external), limit=MAX_SHARED_ID, count=False).hits
    return tuple(sorted(searcher.doc(address)["key"][0].encode() for _, address in hits))
