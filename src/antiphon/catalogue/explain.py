"""Why a track is, or is not, playable for somebody: from the inputs of the catalogue, by the evaluator serving uses."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.judgement import ExplainedReason, Judgement, Question, find_bearings, judge
from antiphon.catalogue.market_map import MarketGroup, map_markets
from antiphon.catalogue.sentences import say_judgement
from antiphon.catalogue.stand_ins import StandIn, StandIns
from antiphon.model.availability import Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision
from antiphon.model.entities import Album, Track
from antiphon.model.territories import Territory
from antiphon.rights import Span, deal_territories, granted_tiers, granted_uses, territory_index


class DealPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deal stands: the message file, the line of the Deal element in it, its path."""

    message: str
    line: int
    path: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "may they play it, and why". ``at`` and ``changes_at`` are seconds since the epoch, UTC.

    ``sentence`` says all in one sentence. ``span`` is the unbroken time it is granted for that bears on the verdict.
    ``market_map`` has every market, for the tiers that were asked for. ``stand_ins`` are other tracks of the same
    recording that these listeners may play. ``deal`` decided; ``competing`` are the others of the track, in message
    order. ``decisions`` are those that deny the track, here or elsewhere. ``deal``, ``competing`` and ``decisions`` are
    for the owning provider and operators alone.
    """

    track_id: str
    market: Territory
    tier: Tier
    use: Use
    at: int
    is_playable: bool
    reason: ExplainedReason
    sentence: str
    span: Span | None = None
    changes_at: int | None = None
    market_map: tuple[MarketGroup, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    deal: DealPlace | None = None
    competing: tuple[DealPlace, ...] = ()
    decisions: tuple[Decision, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: for whom, where, what for and when; ``mapped``: the tiers to answer for in every market."""

    market: Territory
    tier: Tier
    use: Use = Use.STREAM
    now: datetime
    mapped: tuple[Tier, ...] = ()


def explain_track(
    current: CurrentStatement,
    links: Links,
    decisions: Iterable[Decision],
    named: tuple[Album, Track],
    asked: Asked,
    *,
    message_file: str = "",
    appearances: Iterable[tuple[Album, Track]] = (),
) -> Explanation | None:
    """Return why a track of an album, both as built, is or is not playable; None: its statement does not describe it.

    ``message_file`` is the path of the current delivery's message; ``appearances`` are the other tracks of the
    recording with their albums, as built.
    """
    album, track = named
    bearings = find_bearings(current, links, decisions, album, track)
    if bearings is None:
        return None
    question = Question(asked.market, asked.tier, asked.use, asked.now)
    judgement = judge(bearings, question)
    stand_ins = StandIns(bearings, appearances, tiers=(asked.tier, *asked.mapped), use=asked.use, now=asked.now)
    deciding = _find_deciding(bearings.deals, judgement, question)
    bearing_first = sorted(bearings.denials, key=lambda denial: denial not in judgement.denials)
    is_playable = judgement.reason is ExplainedReason.AVAILABLE
    return Explanation(
        track_id=track.id,
        market=asked.market,
        tier=asked.tier,
        use=asked.use,
        at=int(asked.now.timestamp()),
        is_playable=is_playable,
        reason=judgement.reason,
        sentence=say_judgement(judgement, question, bearings, current, named),
        span=judgement.bearing.span,
        changes_at=judgement.changes_at,
        market_map=map_markets(bearings, stand_ins, tiers=asked.mapped, use=asked.use, now=asked.now),
        stand_ins=() if is_playable else stand_ins.list_playable(asked.market, asked.tier),
        deal=_place(deciding, message_file) if deciding is not None else None,
        competing=tuple(_place(deal, message_file) for deal in bearings.deals if deal is not deciding),
        decisions=tuple(bearing_first),
    )


def _find_deciding(deals: Sequence[Deal], judgement: Judgement, question: Question) -> Deal | None:
    """Return the deal that decided; None: there is none.

    Where no deal covers the market, it is the first that would grant this use to this tier elsewhere: the one that
    leaves the market out.
    """
    if judgement.taking is not None:
        return judgement.taking
    interval = judgement.bearing.interval
    if interval is not None:
        named = (deal for deal in deals if (deal.line, deal.path) == (interval.deal_line, interval.deal_path))
    else:
        bit = 1 << territory_index(question.market)
        named = (deal for deal in deals if _grants(deal, question) and not deal_territories(deal) & bit)
    return next(named, None)


def _grants(deal: Deal, question: Question) -> bool:
    return question.tier in granted_tiers(deal.commercial_models) and question.use in granted_uses(deal.use_types)


def _place(deal: Deal, message_file: str) -> DealPlace:
    return DealPlace(message=message_file, line=deal.line, path=deal.path)
