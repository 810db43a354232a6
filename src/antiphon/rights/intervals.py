"""Deals to intervals: each deal by itself, then what takedowns cut away. Source: formats 3 and 4."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.periods import ValidityPeriod
from antiphon.rights.grants import granted_tiers, granted_uses
from antiphon.rights.instants import Edge, Instants, UnreadableMoment, is_open_end, resolve_moment
from antiphon.rights.territory_bits import WORLD, certainly_named, possibly_named


class _Span(NamedTuple):
    """Territories that share one half-open span of time."""

    starts_at: int | None
    ends_at: int | None
    territories: int


class _Cut(NamedTuple):
    """Territories in which nothing is granted from an instant on; None: nothing at any time."""

    at: int | None
    territories: int


def compute_intervals(deals: Iterable[Deal], *, our_dpids: Iterable[str] = ()) -> tuple[Interval, ...]:
    """Return what some deals come to: one interval per deal, tier, use and span of time that territories share.

    Shape: sorted, the same for every order of the deals; intervals of different deals are never merged, since each
    names its deal; empty: nothing is granted. ``our_dpids`` are the party ids we go by: a deal for distribution
    channels that are not among them is somebody else's.
    Source: ERN 4.3 DealList, ERN 3.8.2 DealList; formats 3, 4.
    """
    ours = frozenset(_party_key(dpid) for dpid in our_dpids)
    addressed = [deal for deal in deals if _is_addressed_to(deal, ours)]
    cuts = sorted((cut for deal in addressed for cut in _cuts(deal)), key=lambda cut: (cut.at is not None, cut.at or 0))
    intervals = {kept for deal in addressed for interval in _grants(deal) for kept in _cut_interval(interval, cuts)}
    return tuple(sorted(intervals, key=_order))


def deal_territories(deal: Deal) -> int:
    """Return the territories a deal grants, exclusions removed, as a bitset; 0: none that can be told for certain.

    ``Worldwide``, or only exclusions: every territory less the excluded ones. An exclusion that cannot be read may mean
    anything, so it leaves nothing.
    """
    named = deal.territories or (("Worldwide",) if deal.excluded_territories else ())
    granted = certainly_named(named, deal.territory_scheme)
    return granted & ~possibly_named(deal.excluded_territories, deal.territory_scheme)


def withheld_territories(deal: Deal) -> int:
    """Return the territories that a deal which takes away may have meant, as a bitset; none named: every one."""
    named = possibly_named(deal.territories or ("Worldwide",), deal.territory_scheme)
    return named & ~certainly_named(deal.excluded_territories, deal.territory_scheme)


def _grants(deal: Deal) -> Iterator[Interval]:
    # RightsClaimPolicy says what becomes of others' uploads, which is no availability (formats 3.9).
    is_grant = deal.has_terms and not (
        deal.is_takedown or deal.is_all_deals_cancelled or deal.is_pre_order or deal.rights_claim_policies
    )
    tiers, uses = granted_tiers(deal.commercial_models), granted_uses(deal.use_types)
    if not (is_grant and tiers and uses):
        return
    territories = deal_territories(deal)
    for span in (span for period in deal.periods for span in _spans(period, territories)):
        for tier in tiers:
            for use in uses:
                yield Interval(
                    tier=tier,
                    use=use,
                    territories=span.territories,
                    starts_at=span.starts_at,
                    ends_at=span.ends_at,
                    deal_line=deal.line,
                    deal_path=deal.path,
                )


def _spans(period: ValidityPeriod, territories: int) -> Iterator[_Span]:
    """Yield the spans of a period; none where a moment cannot be read, since a guess would grant."""
    starts: tuple[tuple[int | None, int], ...] = ((None, WORLD),)
    ends: tuple[tuple[int | None, int], ...] = ((None, WORLD),)
    try:
        if period.start is not None:
            starts = resolve_moment(period.start, Edge.START)
        if period.end is not None and not is_open_end(period.end):
            ends = resolve_moment(period.end, Edge.END)
    except UnreadableMoment:
        return
    for starts_at, starting in starts:
        for ends_at, ending in ends:
            shared = territories & starting & ending
            if shared and (starts_at is None or ends_at is None or starts_at < ends_at):
                yield _Span(starts_at, ends_at, shared)


def _cuts(deal: Deal) -> Iterator[_Cut]:
    """Yield what a takedown cuts, on the side of taking down: what it may have meant, from its first start on."""
    if not deal.is_takedown:
        return
    territories = withheld_territories(deal)
    for period in deal.periods or (ValidityPeriod(),):
        for at, starting in _cut_instants(period):
            if territories & starting:
                yield _Cut(at, territories & starting)


def _cut_instants(period: ValidityPeriod) -> Instants | tuple[tuple[None, int]]:
    if period.start is None:
        return ((None, WORLD),)
    try:
        return resolve_moment(period.start, Edge.START)
    except UnreadableMoment:
        return ((None, WORLD),)


def _cut_interval(interval: Interval, cuts: list[_Cut]) -> Iterator[Interval]:
    """Yield what is left of an interval; ``cuts`` come earliest first, so each territory meets its first cut."""
    left = interval.territories
    for cut in cuts:
        hit = left & cut.territories
        left &= ~hit
        if not hit or cut.at is None or (interval.starts_at is not None and cut.at <= interval.starts_at):
            continue
        ends_at = cut.at if interval.ends_at is None else min(cut.at, interval.ends_at)
        yield msgspec.structs.replace(interval, territories=hit, ends_at=ends_at)
    if left:
        yield msgspec.structs.replace(interval, territories=left)


def _is_addressed_to(deal: Deal, ours: frozenset[str]) -> bool:
    named = {_party_key(channel) for channel in deal.distribution_channels}
    excluded = {_party_key(channel) for channel in deal.excluded_distribution_channels}
    return (not named or bool(named & ours)) and not excluded & ours


def _party_key(dpid: str) -> str:
    return dpid.strip().upper().removeprefix("DPID:").replace("-", "")


_TIER_ORDER = {tier: rank for rank, tier in enumerate(Tier)}
_USE_ORDER = {use: rank for rank, use in enumerate(Use)}
_OPEN = 1 << 62
"""Sorts an open end after, and its negative an open start before, every instant."""


def _order(interval: Interval) -> tuple[int, int, int, int, int, str, int]:
    return (
        _TIER_ORDER[interval.tier],
        _USE_ORDER[interval.use],
        -_OPEN if interval.starts_at is None else interval.starts_at,
        _OPEN if interval.ends_at is None else interval.ends_at,
        interval.deal_line,
        interval.deal_path,
        interval.territories,
    )
