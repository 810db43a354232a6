"""The verdict on one listener at one instant, by all that bears on it: deals, what they grant, and what takes away."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.catalogue.takedowns import (
    album_subjects_of,
    denials_of,
    denied_span,
    denied_territories,
    subjects_of,
    subtract_denials,
)
from antiphon.catalogue.withdrawals import find_taking_deal
from antiphon.identity import track_anchors
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import Album, EntityKind, Track
from antiphon.model.territories import Territory
from antiphon.rights import (
    Reason,
    Verdict,
    compute_intervals,
    deals_for_track,
    evaluate,
    list_addressees,
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
    GEOBLOCKED = "geoblocked"
    """Deals grant it, and the law or a licence keeps it out of the market."""
    WITHDRAWN = "withdrawn"
    """A deal of the provider's newest message takes it down, or cancels all deals."""
    PURGED = "purged"
    """The provider purged the release."""
    TRANSFERRED = "transferred"
    """The release was given to another provider, which has not delivered it yet."""
    NO_AUDIO = "no_audio"
    """Deals grant it, and no audio of it was ever delivered."""


class Question(msgspec.Struct, frozen=True):
    """For whom, where, what for and when."""

    market: Territory
    tier: Tier
    use: Use
    now: datetime

    def evaluate(self, intervals: Iterable[Interval]) -> Verdict:
        """Return the evaluator's answer."""
        return evaluate(intervals, market=self.market, tier=self.tier, use=self.use, now=self.now)


class Bearings(msgspec.Struct, frozen=True, kw_only=True):
    """All that bears on whether anybody may use a track, worked out once for every question about it.

    ``deals``: the track's, in message order. ``granted``: what they come to; ``untaken``: what they would, without
    those that take down. ``kept``: what the ``denials``, which are decisions, leave of what is granted. Where a release
    ``is_transferred`` to a provider who has not delivered it yet, nothing is granted and no deal counts.
    """

    deals: tuple[Deal, ...]
    granted: tuple[Interval, ...]
    untaken: tuple[Interval, ...]
    kept: tuple[Interval, ...]
    denials: tuple[Decision, ...]
    has_audio: bool
    is_purged: bool
    is_transferred: bool = False


class Judgement(NamedTuple):
    """A verdict with its reason. ``bearing``: the evaluation that shows it, of what was granted or of what is kept.

    ``changes_at``: when it turns by time alone, in seconds since the epoch; None: never. ``denials`` are the decisions,
    and ``taking`` the provider's own deal, that took away, where one did.
    """

    reason: ExplainedReason
    bearing: Verdict
    changes_at: int | None
    denials: tuple[Decision, ...] = ()
    taking: Deal | None = None


_OPEN = (Reason.AVAILABLE, Reason.TIER, Reason.NOT_YET)
"""Reasons that only a decision takes away: deals grant it, to somebody or from some day on."""


def find_bearings(
    current: CurrentStatement, links: Links, decisions: Iterable[Decision], album: Album, track: Track
) -> Bearings | None:
    """Return what bears on a track of an album, both as built; None: the current statement has no such track."""
    anchors = track_anchors(current.statement, current.release_key)
    reference = next(
        (place.resource_reference for place, anchor in anchors if links.get((EntityKind.TRACK, anchor)) == track.id),
        None,
    )
    if reference is None:
        return None
    deals = deals_for_track(current.statement, reference) if not current.owner else ()
    ours = list_addressees(current.statement)
    granted = compute_intervals(deals, our_dpids=ours)
    takes = any(deal.is_takedown for deal in deals)
    denials = denials_of(subjects_of(track) | album_subjects_of(album.artists, album.provider), decisions)
    return Bearings(
        deals=deals,
        granted=granted,
        untaken=compute_intervals((d for d in deals if not d.is_takedown), our_dpids=ours) if takes else granted,
        kept=subtract_denials(granted, denials),
        denials=denials,
        has_audio=bool(track.renditions),
        is_purged=current.is_purged,
        is_transferred=bool(current.owner),
    )


def judge(bearings: Bearings, question: Question) -> Judgement:
    """Return whether a track may be used, and the one cause: the first in the way from the deal to the listener."""
    kept = question.evaluate(bearings.kept)
    changes_at = kept.changes_at if bearings.has_audio else None
    if kept.is_available:
        reason = ExplainedReason.AVAILABLE if bearings.has_audio else ExplainedReason.NO_AUDIO
        return Judgement(reason, kept, changes_at)
    granted = question.evaluate(bearings.granted) if bearings.denials else kept
    if bearings.is_transferred or bearings.is_purged:
        reason = ExplainedReason.TRANSFERRED if bearings.is_transferred else ExplainedReason.PURGED
        return Judgement(reason, granted, changes_at)
    if granted.reason in _OPEN:
        if granted.reason is kept.reason:
            return Judgement(ExplainedReason(kept.reason.value), kept, changes_at)
        denials = _find_denials(bearings.denials, question, granted)
        is_geoblock = bool(denials) and all(denial.kind is DecisionKind.GEOBLOCK for denial in denials)
        reason = ExplainedReason.GEOBLOCKED if is_geoblock else ExplainedReason.TAKEN_DOWN
        return Judgement(reason, granted, changes_at, denials)
    taking = _find_taking(bearings, question, granted)
    if taking is not None:
        return Judgement(ExplainedReason.WITHDRAWN, granted, changes_at, taking=taking)
    return Judgement(ExplainedReason(granted.reason.value), granted, changes_at)


def _find_denials(denials: Sequence[Decision], question: Question, granted: Verdict) -> tuple[Decision, ...]:
    """Return the denials that hold in the market when it would be playable: now, or once its deal starts."""
    is_coming = granted.reason is Reason.NOT_YET and granted.changes_at is not None
    at = granted.changes_at if is_coming and granted.changes_at is not None else int(question.now.timestamp())
    bit = 1 << territory_index(question.market)
    found = []
    for denial in denials:
        starts_at, ends_at = denied_span(denial)
        if denied_territories(denial) & bit and starts_at <= at and (ends_at is None or at < ends_at):
            found.append(denial)
    return tuple(found)


def _find_taking(bearings: Bearings, question: Question, granted: Verdict) -> Deal | None:
    """Return the provider's deal that takes away; None: there is none, or what was granted here is over anyway."""
    if granted.reason is Reason.ENDED:
        if not question.evaluate(bearings.untaken).is_available:
            return None
        return find_taking_deal((deal for deal in bearings.deals if deal.is_takedown), question.market)
    return find_taking_deal(bearings.deals, question.market)
