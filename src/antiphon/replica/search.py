"""Candidates: the rows that match a search, best first, thinned by market.

Order. A row's score is multiplied by a weight of its own, which rises with its popularity and never is quite that of
another row (``rows``), so one search has one order whoever fetches how much of it, and pages neither overlap nor leave
anything out. What more rows match than could be scored in time is ordered by popularity alone: of one word that a tenth
of all songs have, nothing else tells them apart.

A market is never part of the query: filtering inside it was measured at 11 ms for one common word. We fetch more than
was asked for, test one bit of each hit, and fetch again where that leaves too few.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import tantivy

from antiphon.model.entities import EntityKind
from antiphon.model.territories import Territory
from antiphon.replica.query import Plan, make_plans
from antiphon.rights import territory_index

MAX_HITS = 8192
"""How many hits one search may look at. The catalogue API pages to 1,000; in a market with few rows more are needed."""

MAX_SHARED_ID = 1000
"""How many entities are told of one external id. A famous recording's ISRC is on some hundred compilations."""

MAX_SCORED_ROWS = 20_000
"""A search that more rows may match is ordered by popularity, whole titles first: scoring takes 75 ns a row, reading a
number 5 ns."""

_SPARE_HITS = 20
_REFETCH_FACTOR = 4
_SAMPLE_HITS = 64
"""The first hits; the share of them granted in a market is taken for the share of all, on each page the same."""


_Hits = list[tantivy.DocAddress]


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
    """Return a page of candidates, best first. Nothing asked: nothing found."""
    wanted = offset + limit
    for plan in make_plans(searcher, schema, kind, text, filters):
        found = _fetch_hits(searcher, plan, market, wanted)
        if found.matched:
            page = found.kept[offset:wanted]
            ids = tuple(searcher.doc(address)["key"][0][1:] for address in page)
            return SearchPage(ids=ids, total=found.total, is_total_exact=found.is_total_exact)
    return SearchPage(ids=(), total=0)


def find_keys(searcher: tantivy.Searcher, schema: tantivy.Schema, external: str) -> tuple[bytes, ...]:
    """Return the document keys of whatever has an external id, sorted; at most ``MAX_SHARED_ID`` of them."""
    query = tantivy.Query.term_query(schema, "ids", external, "basic")
    hits = searcher.search(query, limit=MAX_SHARED_ID, count=False).hits
    return tuple(sorted(searcher.doc(address)["key"][0].encode() for _, address in hits))


class _Found(NamedTuple):
    """What a plan gave: how many rows matched, those kept in order, and how many are kept in all."""

    matched: int
    kept: _Hits
    total: int
    is_total_exact: bool = True


def _fetch_hits(searcher: tantivy.Searcher, plan: Plan, market: Territory | None, wanted: int) -> _Found:
    fetch = min(MAX_HITS, max(wanted + wanted // 8 + _SPARE_HITS, _SAMPLE_HITS))
    while True:
        hits, matched = _search(searcher, plan, fetch)
        kept = hits if market is None else _thin_hits(searcher, hits, market)
        if len(kept) >= wanted or len(hits) < fetch or fetch == MAX_HITS:
            break
        fetch = min(MAX_HITS, fetch * _REFETCH_FACTOR)
    if market is None:
        return _Found(matched, kept, total=matched)
    if len(hits) == matched:
        return _Found(matched, kept, total=len(kept))
    sample = hits[:_SAMPLE_HITS]
    share = len(_thin_hits(searcher, sample, market)) / len(sample)
    return _Found(matched, kept, total=max(len(kept), int(matched * share)), is_total_exact=False)


def _search(searcher: tantivy.Searcher, plan: Plan, fetch: int) -> tuple[_Hits, int]:
    """Return the first hits in order, and how many there are."""
    if plan.rows <= MAX_SCORED_ROWS:
        return _order_hits(searcher, searcher.search(plan.query, limit=fetch, weight_by_field="weight"))
    if plan.first is None:
        return _order_hits(searcher, searcher.search(plan.query, limit=fetch, order_by_field="rank"))
    others = tantivy.Query.boolean_query([(tantivy.Occur.Must, plan.query), (tantivy.Occur.MustNot, plan.first)])
    first, first_count = _order_hits(searcher, searcher.search(plan.first, limit=fetch, order_by_field="rank"))
    then, then_count = _order_hits(searcher, searcher.search(others, limit=fetch, order_by_field="rank"))
    return [*first, *then][:fetch], first_count + then_count


def _order_hits(searcher: tantivy.Searcher, result: tantivy.SearchResult) -> tuple[_Hits, int]:
    """Return hits in order, those whose scores are equal after all by rank, and how many matched."""
    hits = result.hits
    ranks = searcher.fast_field_values("rank", [address for _, address in hits])
    ordered = sorted(zip(hits, ranks, strict=True), key=lambda found: (found[0][0], found[1]), reverse=True)
    matched: int = result.count  # type: ignore[attr-defined]  # the stub lacks it
    return [address for (_, address), _ in ordered], matched


def _thin_hits(searcher: tantivy.Searcher, hits: _Hits, market: Territory) -> _Hits:
    """Return the hits that were ever granted in a market."""
    word, bit = divmod(territory_index(market), 64)
    granted = searcher.fast_field_values(f"markets_{word}", hits)
    return [hit for hit, markets in zip(hits, granted, strict=True) if int(markets or 0) >> bit & 1]
