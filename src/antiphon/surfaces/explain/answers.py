"""What ``/v1/explain`` and ``antiphon explain`` answer."""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import DealPlace, Explanation, explain_track
from antiphon.model.availability import Tier, Use
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.record.catalogue import find_track, load_inputs, tracks_of_recording
from antiphon.record.deliveries import load_delivery


class AnsweredInterval(msgspec.Struct, frozen=True, kw_only=True):
    """A span of time, half-open, as ISO 8601 instants in UTC; None: no bound."""

    starts_at: str | None
    ends_at: str | None


class AnsweredDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that denies the track. ``territories`` empty: everywhere."""

    id: str
    kind: str
    decided_by: str
    decided_at: str
    reason: str
    territories: tuple[str, ...]


class ExplainAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer. ``delivery_id`` and what follows it are left out for everyone but the owner and operators."""

    track_id: str
    market: str
    tier: str
    at: str
    is_playable: bool
    reason: str
    sentence: str
    interval: AnsweredInterval | None
    changes_at: str | None
    available_markets: tuple[str, ...]
    alternatives: tuple[str, ...]
    provider: str = ""
    delivery_id: str = ""
    deal: DealPlace | None = None
    competing: tuple[DealPlace, ...] = ()
    decisions: tuple[AnsweredDecision, ...] = ()

    def facts(self) -> list[tuple[str, str]]:
        """Return what is known beside the sentence, as (name, value) for people; what is absent is left out."""
        facts = [("verdict", "playable" if self.is_playable else "not playable"), ("reason", self.reason)]
        if self.interval is not None:
            facts.append(
                ("interval", f"{self.interval.starts_at or 'always'} to {self.interval.ends_at or 'further notice'}")
            )
        if self.changes_at:
            facts.append(("changes", self.changes_at))
        facts.append(("plays in", f"{len(self.available_markets)} markets"))
        facts += [("instead", track_id) for track_id in self.alternatives]
        if self.deal is not None:
            facts.append(("deal", say_place(self.deal)))
        facts += [("also", say_place(place)) for place in self.competing]
        facts += [("decision", f"{d.id} by {d.decided_by}: {d.reason}") for d in self.decisions]
        if self.delivery_id:
            facts.append(("delivery", f"{self.delivery_id} of {self.provider}"))
        return facts

    def for_everyone(self) -> "ExplainAnswer":
        """Return the answer without what only the owner and operators may know."""
        return msgspec.structs.replace(self, provider="", delivery_id="", deal=None, competing=(), decisions=())


def answer_explanation(
    conn: Connection, track_id: str, *, market: Territory, tier: Tier, at: datetime
) -> ExplainAnswer | None:
    """Return why a track is, or is not, playable, with everything the owner may know; None: there is no such track."""
    found = find_track(conn, track_id)
    if found is None:
        return None
    album, track = found
    inputs = load_inputs(conn, album.provider, album.release_key)
    if inputs is None:
        raise Broken(f"album {album.id} is in the catalogue, and no statement describes it")
    explanation = explain_track(
        *inputs,
        track_id,
        market=market,
        tier=tier,
        use=Use.STREAM,
        now=at,
        message_file=load_delivery(conn, album.delivery_id).message.path,
        alternatives=tracks_of_recording(conn, track.recording_id),
    )
    if explanation is None:
        raise Broken(f"track {track_id} is in the catalogue, and its statement does not describe it")
    return write_answer(explanation, provider=album.provider, delivery_id=album.delivery_id)


def write_answer(explanation: Explanation, *, provider: str, delivery_id: str) -> ExplainAnswer:
    """Return an explanation in the words of the interface: times as text, decisions by name."""
    interval = explanation.interval
    return ExplainAnswer(
        track_id=explanation.track_id,
        market=explanation.market,
        tier=explanation.tier.value,
        at=say_instant(explanation.at) or "",
        is_playable=explanation.is_playable,
        reason=explanation.reason.value,
        sentence=explanation.sentence,
        interval=AnsweredInterval(starts_at=say_instant(interval.starts_at), ends_at=say_instant(interval.ends_at))
        if interval is not None
        else None,
        changes_at=say_instant(explanation.changes_at),
        available_markets=explanation.markets,
        alternatives=explanation.alternatives,
        provider=provider,
        delivery_id=delivery_id,
        deal=explanation.deal,
        competing=explanation.competing,
        decisions=tuple(
            AnsweredDecision(
                id=decision.id,
                kind=decision.kind.value,
                decided_by=decision.decided_by,
                decided_at=decision.decided_at,
                reason=decision.reason,
                territories=decision.territories,
            )
            for decision in explanation.decisions
        ),
    )


def say_instant(at: int | None) -> str | None:
    """Return an instant as ISO 8601 text in UTC; None stays None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def say_place(place: DealPlace) -> str:
    """Return where a deal stands, in the form editors jump to."""
    return f"{place.message}:{place.line}  {place.path}"
