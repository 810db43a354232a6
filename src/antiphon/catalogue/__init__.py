"""The catalogue function: current statements, links and decisions in, entities out. Pure, so it can always be redone.

**What is current.** Of a provider's statements about a release the newest is current, by (created, batch or folder
timestamp, receipt): ``ordering``. It replaces the ones before it whole; only their files are still used, where it
brings none of its own. A message that names no deals, or a purge, leaves the album in place with nothing granted: an id
that was once given out keeps meaning the same release.

**What an album says** comes from its owner's current statement alone (``albums``, ``tracks``): titles with their
version, artists by sequence, discs from the nested groups, dates with their precision as given. What is not known is
left empty.

**What is granted** is what the owner's deals come to, less what takedowns take away (``takedowns``): a takedown of an
artist, album or recording holds for every track it is on. Rights are never united across providers.

**What is shared.** A recording, its work (``works``) or an artist may be on albums of several providers. Each
album contributes what it says of them, and the contribution of the newest statement is what the entity shows
(``ordering``), whatever arrived first.

**Where from**: every value is chosen together with the element, file or decision it is taken from (``choices``), so
``provenance`` can name the sources of any field without a second look at how it was chosen.

**Why** is answered by ``explain`` from the same inputs by the same evaluator that serving uses. One judgement
(``judgement``) answers a question, each track of an album and every market of the world (``market_map``), so that none
of these can say otherwise than the others.

A worked example. North's statement of 1 March has "Harbour Light" with subtitle "Acoustic Version", a deal for the
world without SE, and its recording R. The album's track is "Harbour Light (Acoustic Version)", playable in 249
territories. A takedown of R in NO leaves 248. South's compilation of 2 March calls R "Harbour Light": the *recording*
is now shown by South's title, North's *track* by its own. North's message of 3 March without deals ends North's track
only.
"""

from antiphon.catalogue.albums import BuiltRelease, ChosenRelease, Identifier, build_album, choose_release
from antiphon.catalogue.conflicts import (
    Conflict,
    ConflictReport,
    ConflictState,
    IdentifierClaim,
    claim_held,
    find_conflicts,
    report_conflict,
)
from antiphon.catalogue.corrections import correct_links, follow_merges, plan_split, resolve_merges
from antiphon.catalogue.current import CurrentStatement, Links, needed_links, withdraw_deals
from antiphon.catalogue.explain import Asked, DealPlace, Explanation, explain_track
from antiphon.catalogue.judgement import Bearings, ExplainedReason, Judgement, Question, find_bearings, judge
from antiphon.catalogue.listings import listed_form
from antiphon.catalogue.market_map import MarketGroup, say_instant
from antiphon.catalogue.ordering import StatementOrder, order_statement
from antiphon.catalogue.overrides import OVERRIDABLE, read_override
from antiphon.catalogue.ownership import has_changed_hands, list_owners
from antiphon.catalogue.provenance import ElementPlace, GivenField, fields_of, trace_fields
from antiphon.catalogue.sentences import say_judgement
from antiphon.catalogue.stand_ins import StandIn
from antiphon.catalogue.takedowns import denied_span
from antiphon.identity import MAX_CANDIDATES, SONG, Link, artist_anchors, find_isrc, sketch_resource, song_key

__all__ = [
    "MAX_CANDIDATES",
    "OVERRIDABLE",
    "SONG",
    "Asked",
    "Bearings",
    "BuiltRelease",
    "ChosenRelease",
    "Conflict",
    "ConflictReport",
    "ConflictState",
    "CurrentStatement",
    "DealPlace",
    "ElementPlace",
    "ExplainedReason",
    "Explanation",
    "GivenField",
    "Identifier",
    "IdentifierClaim",
    "Judgement",
    "Link",
    "Links",
    "MarketGroup",
    "Question",
    "StandIn",
    "StatementOrder",
    "artist_anchors",
    "build_album",
    "choose_release",
    "claim_held",
    "correct_links",
    "denied_span",
    "explain_track",
    "fields_of",
    "find_bearings",
    "find_conflicts",
    "find_isrc",
    "follow_merges",
    "has_changed_hands",
    "judge",
    "list_owners",
    "listed_form",
    "needed_links",
    "order_statement",
    "plan_split",
    "read_override",
    "report_conflict",
    "resolve_merges",
    "say_instant",
    "say_judgement",
    "sketch_resource",
    "song_key",
    "trace_fields",
    "withdraw_deals",
]
