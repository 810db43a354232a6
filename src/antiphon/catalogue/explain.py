"""Why a track is, or is not, playable for somebody: from the inputs of the catalogue, by the evaluator serving uses."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from antiphon.catalogue.albums import build_album
from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.takedowns import album_subjects_of, denials_of, is_denial, subjects_of, subtract_denials
from antiphon.catalogue.withdrawals import Withdrawal, find_taking_deal, say_missing_deals
from antiphon.identity import track_anchors
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision
from antiphon.model.entities import Album, EntityKind, Track
from antiphon.model.territories import Territory
from antiphon.rights import (
    Verdict,
    available_territories,
    compute_intervals,
    deal_territories,
    deals_for_track,
    evaluate,
    territories_of,
    territory_index,
)


class ExplainedReason(StrEnum):
    """The reasons of ``rights.Reason``, and those that lie outside deals."""

    AVAILABLE = "available"
    TIER = "tier"
    NOT_YET = "not_yet"
    ENDED = "ended"
    NOT_IN_MARKET = "not_in_market"
    NO_DEAL = "no_deal"
    TAKEN_DOWN = "taken_down"
    """Deals grant it, and a decision takes it away."""
    WITHDRAWN = "withdrawn"
    """A deal of the provider's newest message takes it down, or cancels all deals."""
    PURGED = "purged"
    """The provider purged the release."""
    NO_AUDIO = "no_audio"
    """Deals grant it, and no audio of it was ever delivered."""


class DealPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deal stands: the message file, the line of the Deal element in it, its path."""

    message: str
    line: int
    path: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "may they play it, and why". ``at`` and ``changes_at`` are seconds since the epoch, UTC.

    ``sentence`` says all in one sentence. ``deal`` decided; ``competing`` are the others of the track, in message
    order. ``markets`` are the territories where this tier may make this use at ``at``. ``alternatives`` are other
    tracks of the same recording that these listeners may play. ``deal``, ``competing`` and ``decisions`` are for the
    owning provider and operators alone.
    """

    track_id: str
    market: Territory
    tier: Tier
    use: Use
    at: int
    is_playable: bool
    reason: ExplainedReason
    sentence: str
    interval: Interval | None = None
    changes_at: int | None = None
    markets: tuple[Territory, ...] = ()
    alternatives: tuple[str, ...] = ()
    deal: DealPlace | None = None
    competing: tuple[DealPlace, ...] = ()
    decisions: tuple[Decision, ...] = ()


_NOT_GRANTED = (ExplainedReason.ENDED, ExplainedReason.NOT_IN_MARKET, ExplainedReason.NO_DEAL)
"""Reasons behind which there may be a deal that took away what was granted."""


class _Question(msgspec.Struct, frozen=True):
    """For whom, where, what for and when."""

    market: Territory
    tier: Tier
    use: Use
    now: datetime

    def evaluate(self, intervals: Iterable[Interval]) -> Verdict:
        """Return the evaluator's answer."""
        return evaluate(intervals, market=self.market, tier=self.tier, use=self.use, now=self.now)


def explain_track(
    current: CurrentStatement,
    links: Links,
    decisions: Sequence[Decision],
    track_id: str,
    *,
    market: Territory,
    tier: Tier,
    use: Use,
    now: datetime,
    message_file: str = "",
    alternatives: Iterable[Track] = (),
) -> Explanation | None:
    """Return why a track is, or is not, playable; None: the release has no such track.

    ``message_file`` is the path of the current delivery's message; ``alternatives`` are other tracks of the recording,
    as built, of which the playable ones are named.
    """
    album = build_album(current, links, [decision for decision in decisions if not is_denial(decision)]).album
    track = next((track for track in album.tracks if track.id == track_id), None)
    if track is None:
        return None
    question = _Question(market, tier, use, now)
    takedowns = denials_of(subjects_of(track) | album_subjects_of(album.artists, album.provider), decisions)
    kept = subtract_denials(track.intervals, takedowns)
    granted, verdict = question.evaluate(track.intervals), question.evaluate(kept)
    deals = deals_for_track(current.statement, _find_reference(current, links, track_id))
    withdrawal = find_taking_deal(deals, market) if not granted.is_available else None
    reason = _find_reason(track, granted, verdict)
    if current.is_purged or (withdrawal is not None and reason in _NOT_GRANTED):
        reason = ExplainedReason.PURGED if current.is_purged else ExplainedReason.WITHDRAWN
    bearing = granted if reason is ExplainedReason.TAKEN_DOWN else verdict
    deciding, competing = _sort_deals(deals, bearing, question)
    if reason is ExplainedReason.WITHDRAWN and withdrawal is not None:
        deciding, competing = withdrawal.deal, tuple(deal for deal in deals if deal is not withdrawal.deal)
    playable = reason is ExplainedReason.AVAILABLE
    bits = available_territories(kept, tier=tier, use=use, now_s=int(now.timestamp())) if track.renditions else 0
    return Explanation(
        track_id=track_id,
        market=market,
        tier=tier,
        use=use,
        at=int(now.timestamp()),
        is_playable=playable,
        reason=reason,
        sentence=_say(
            _Told(reason, question, bearing, takedowns, withdrawal, "" if deals else say_missing_deals(current)),
            track,
            album,
        ),
        interval=bearing.interval,
        changes_at=verdict.changes_at,
        markets=territories_of(bits),
        alternatives=() if playable else _list_playable(alternatives, track_id, question),
        deal=_place(deciding, message_file) if deciding is not None else None,
        competing=tuple(_place(deal, message_file) for deal in competing),
        decisions=takedowns,
    )


def _find_reason(track: Track, granted: Verdict, verdict: Verdict) -> ExplainedReason:
    if granted.is_available and not verdict.is_available:
        return ExplainedReason.TAKEN_DOWN
    if verdict.is_available and not track.renditions:
        return ExplainedReason.NO_AUDIO
    return ExplainedReason(verdict.reason.value)


def _find_reference(current: CurrentStatement, links: Links, track_id: str) -> str:
    return next(
        place.resource_reference
        for place, anchor in track_anchors(current.statement, current.release_key)
        if links.get((EntityKind.TRACK, anchor)) == track_id
    )


def _sort_deals(deals: Sequence[Deal], verdict: Verdict, question: _Question) -> tuple[Deal | None, tuple[Deal, ...]]:
    """Return the deal that decided, and the others.

    Where no deal covers the market, the one that decided is the first that would grant this use to this tier elsewhere:
    it is the one that leaves the market out.
    """
    interval = verdict.interval
    if interval is not None:
        deciding = [deal for deal in deals if (deal.line, deal.path) == (interval.deal_line, interval.deal_path)]
    else:
        bit = 1 << territory_index(question.market)
        deciding = [d for d in deals if not deal_territories(d) & bit and _grants(d, question.tier, question.use)]
    if not deciding:
        return None, tuple(deals)
    return deciding[0], tuple(deal for deal in deals if deal is not deciding[0])


def _grants(deal: Deal, tier: Tier, use: Use) -> bool:
    return any(interval.tier is tier and interval.use is use for interval in compute_intervals([deal]))


def _place(deal: Deal, message_file: str) -> DealPlace:
    return DealPlace(message=message_file, line=deal.line, path=deal.path)


def _list_playable(tracks: Iterable[Track], track_id: str, question: _Question) -> tuple[str, ...]:
    others = (track for track in tracks if track.id != track_id and track.renditions)
    return tuple(track.id for track in others if question.evaluate(track.intervals).is_available)


class _Told(NamedTuple):
    """What a sentence is made of. ``missing``: what it means that there is no deal; empty where there is one."""

    reason: ExplainedReason
    question: _Question
    verdict: Verdict
    takedowns: Sequence[Decision]
    withdrawal: Withdrawal | None
    missing: str


def _say(told: _Told, track: Track, album: Album) -> str:
    reason, question, verdict, takedowns, withdrawal, missing = told
    listeners = f"{question.tier} listeners in {question.market}"
    interval = verdict.interval
    starts = _instant(interval.starts_at if interval is not None else None)
    ends = _instant(interval.ends_at if interval is not None else None)
    target = takedowns[0].target_kind if takedowns else "track"
    tails = {
        ExplainedReason.AVAILABLE: f"may be used ({question.use}) by {listeners}" + (f" until {ends}" if ends else ""),
        ExplainedReason.TIER: f"is granted in {question.market} now, but not to {question.tier} listeners",
        ExplainedReason.NOT_YET: f"becomes available ({question.use}) to {listeners} at {starts}",
        ExplainedReason.ENDED: f"was available ({question.use}) to {listeners} until {ends}",
        ExplainedReason.NOT_IN_MARKET: f"has deals for {question.tier} listeners, but none covers {question.market}",
        ExplainedReason.NO_DEAL: missing
        or f"has no deal that grants this use ({question.use}) to {question.tier} listeners",
        ExplainedReason.WITHDRAWN: withdrawal.said if withdrawal is not None else "",
        ExplainedReason.PURGED: "was purged by its provider",
        ExplainedReason.TAKEN_DOWN: f"is taken down for {listeners} by a decision on the {target}",
        ExplainedReason.NO_AUDIO: f"is granted to {listeners}, but its audio has not been delivered",
    }
    return f"“{track.title}” on “{album.title}” {tails[reason]}."


def _instant(at: int | None) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
