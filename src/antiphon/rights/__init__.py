"""Rights: deals to intervals, and the one evaluator of them.

The policy, in prose. No deal, no availability. Values inside a deal multiply and deals unite, so each deal becomes
one interval per (tier, use, span of time), and a listener may where any interval of the own tier and use covers market
and instant.

*What grants.* A deal grants where it names both a commercial model and a use type we read (``grants``), a territory
and a validity period. Pre-orders, rights claims, cancellations and deals for other parties' channels grant nothing; a
channel is ours where it is whom the message is addressed to, and it is addressed to nobody else.
Tiers stand alone: a premium listener may what subscription deals grant and does not fall back on
advertising-supported deals, since the design unites nothing across tiers and a licensor who sold the one did not sell
the other.

*Where.* ``Worldwide`` is the 250 territories; exclusions are taken away. Where a code is doubtful we read it against
availability: a list of what is granted counts what it names for certain, a list of what is withheld counts all it may
have meant (``territory_bits``). So a TIS code grants nothing, and an excluded TIS code voids the deal.

*When.* Dates are local in each territory, and a date as end is inclusive (``instants``); each territory keeps the
clock of one zone (``zones``). No start: already valid. No end, or one in the year 9999: until further notice. A date
that cannot be read, or no validity period at all, grants nothing. A takedown (ERN 3) cuts its territories from its
start on, out of every deal.

*Which deals are a track's* is said in ``track_deals``: those of its track release; those of the product where the
product is the track; and a product's streaming deals where the message streams no track by a deal of its own.

A worked example. One deal, subscription, on demand, everywhere but Sweden, from the first of December::

    Deal(commercial_models=(Role(value="SubscriptionModel"),), use_types=(Role(value="OnDemandStream"),),
         excluded_territories=("SE",), periods=(ValidityPeriod(start=Moment("2026-12-01", MomentKind.DATE)),))

comes to 28 intervals of (premium, stream), one for each instant at which it is midnight somewhere in the 249
territories: the one for NZ (with FJ and others) starts on 30 November at 11:00 UTC, that for DE at 23:00 UTC, that
for US on 1 December at 05:00 UTC. ``evaluate`` for DE, premium, stream, at 22:59:59 answers ``not_yet`` and changes
at 23:00:00; for SE it answers ``not_in_market``; for the free tier in DE ``no_deal`` until the others may, and
``tier`` from then on.
"""

from antiphon.rights.evaluation import Reason, Span, Verdict, available_territories, evaluate
from antiphon.rights.grants import granted_tiers, granted_uses
from antiphon.rights.instants import UnreadableMoment, instant_in
from antiphon.rights.intervals import compute_intervals, deal_territories, withheld_territories
from antiphon.rights.territory_bits import WORLD, bitset_of, territories_of, territory_index
from antiphon.rights.track_deals import AlbumStreamDeal, deals_for_track, list_addressees
from antiphon.rights.zones import clocks_at, local_time, utc_time, zone_names, zone_rules_version

__all__ = [
    "WORLD",
    "AlbumStreamDeal",
    "Reason",
    "Span",
    "UnreadableMoment",
    "Verdict",
    "available_territories",
    "bitset_of",
    "clocks_at",
    "compute_intervals",
    "deal_territories",
    "deals_for_track",
    "evaluate",
    "granted_tiers",
    "granted_uses",
    "instant_in",
    "list_addressees",
    "local_time",
    "territories_of",
    "territory_index",
    "utc_time",
    "withheld_territories",
    "zone_names",
    "zone_rules_version",
]
