"""What ``/v1/explain`` and ``antiphon explain`` answer of a track."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import (
    Asked,
    DealPlace,
    ExplainedReason,
    Explanation,
    MarketGroup,
    StandIn,
    explain_track,
    say_instant,
)
from antiphon.model.availability import Tier
from antiphon.model.entities import Album, Track
from antiphon.model.errors import Broken
from antiphon.model.stand_ins import STAND_INS_TRIED
from antiphon.model.territories import Territory
from antiphon.record.catalogue import find_track, load_appearances, load_inputs
from antiphon.record.deliveries import load_delivery
from antiphon.rights import local_time, zone_names


class AnsweredInterval(msgspec.Struct, frozen=True, kw_only=True):
    """A span of time, half-open, as ISO 8601 instants in UTC; None: no bound."""

    starts_at: str | None
    ends_at: str | None


class AnsweredDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that denies the track. ``territories`` empty: everywhere; ``until`` empty: until it is undone."""

    id: str
    kind: str
    target: str
    decided_by: str
    decided_at: str
    until: str
    reason: str
    territories: tuple[str, ...]


class ExplainAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer. ``provider`` and what follows it are left out for everyone but the owner and operators.

    ``at`` is the instant that was asked about, ``local_at`` what the market's clocks show then, and ``zone`` whose time
    that is. ``market_map`` has all 250 markets for each tier that was asked for.
    """

    track_id: str
    album_id: str
    market: str
    tier: str
    at: str
    local_at: str
    zone: str
    is_playable: bool
    reason: str
    sentence: str
    interval: AnsweredInterval | None
    changes_at: str | None
    stand_ins: tuple[StandIn, ...]
    market_map: tuple[MarketGroup, ...]
    provider: str = ""
    delivery_id: str = ""
    deal: DealPlace | None = None
    competing: tuple[DealPlace, ...] = ()
    decisions: tuple[AnsweredDecision, ...] = ()

    def for_everyone(self) -> "ExplainAnswer":
        """Return the answer without what only the owner and operators may know."""
        return msgspec.structs.replace(self, provider="", delivery_id="", deal=None, competing=(), decisions=())


def answer_explanation(
    conn: Connection, track_id: str, *, market: Territory, tier: Tier, at: datetime, mapped: Sequence[Tier] = ()
) -> ExplainAnswer | None:
    """Return why a track is, or is not, playable, with everything the owner may know; None: there is no such track.

    ``mapped``: the tiers of the market map; none: the tier that was asked for.
    """
    found = find_track(conn, track_id)
    if found is None:
        return None
    album, track = found
    inputs = load_inputs(conn, album.provider, album.release_key)
    if inputs is None:
        raise Broken(f"album {album.id} is in the catalogue, and no statement describes it")
    explanation = explain_track(
        *inputs,
        found,
        Asked(market=market, tier=tier, now=at, mapped=tuple(mapped) or (tier,)),
        message_file=load_delivery(conn, album.delivery_id).message.path,
        appearances=load_appearances(conn, track.recording_id, STAND_INS_TRIED, besides=track_id),
    )
    if explanation is None:
        raise Broken(f"track {track_id} is in the catalogue, and its statement does not describe it")
    return write_answer(explanation, found)


def write_answer(explanation: Explanation, named: tuple[Album, Track]) -> ExplainAnswer:
    """Return an explanation in the words of the interface: times as text, decisions by name."""
    album, _ = named
    span, market = explanation.span, explanation.market
    return ExplainAnswer(
        track_id=explanation.track_id,
        album_id=album.id,
        market=market,
        tier=explanation.tier.value,
        at=say_instant(explanation.at) or "",
        local_at=local_time(explanation.at, market).isoformat(),
        zone=zone_names()[market],
        is_playable=explanation.is_playable,
        reason=explanation.reason.value,
        sentence=explanation.sentence,
        interval=AnsweredInterval(starts_at=say_instant(span.starts_at), ends_at=say_instant(span.ends_at))
        if span is not None
        else None,
        changes_at=say_instant(explanation.changes_at),
        stand_ins=explanation.stand_ins,
        market_map=explanation.market_map,
        provider=album.provider,
        # Until a new owner delivers, the current delivery is the last one's.
        delivery_id=album.delivery_id if explanation.reason is not ExplainedReason.TRANSFERRED else "",
        deal=explanation.deal,
        competing=explanation.competing,
        decisions=tuple(
            AnsweredDecision(
                id=decision.id,
                kind=decision.kind.value,
                target=f"{decision.target_kind} {decision.target_id}",
                decided_by=decision.decided_by,
                decided_at=decision.decided_at,
                until=decision.until,
                reason=decision.reason,
                territories=decision.territories,
            )
            for decision in explanation.decisions
        ),
    )
