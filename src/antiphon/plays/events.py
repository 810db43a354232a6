"""Play events: how a client says them, what is refused of them, and how they are kept."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from antiphon.model.availability import Tier
from antiphon.model.errors import Refused
from antiphon.model.territories import Territory, UnknownTerritory, parse_territory
from antiphon.plays.counting import Exclusion

EVENTS_PER_BATCH_MAX = 1_000
"""events; a device that was offline for a week catches up in one or two, and scrobbling clients know this number."""

BATCH_BYTES_MAX = 512 * 1024
"""bytes; a full batch of events as we document them has 200 KB."""

PLAYED_AGE_MAX = timedelta(days=30)
"""How late an event may come: as long as player apps keep tracks for offline use. A day's counts are final after it."""

FUTURE_SKEW_MAX = timedelta(minutes=5)
"""How far a client's clock may be ahead of ours: phones and computers that set their clock stay well within it."""

PLAYED_MS_MAX = 24 * 3600 * 1000
"""milliseconds; the longest recording we expect is half of that, and one event is one play of one track."""

REFUSED_ID_CHARACTERS_MAX = 64
"""characters of a refused event's id that are sent back, since it may be anything."""


class Refusal(StrEnum):
    """Why an event is not kept. Stable words: clients act on them."""

    MALFORMED = "malformed"
    UNKNOWN_MARKET = "unknown_market"
    TOO_OLD = "too_old"
    IN_THE_FUTURE = "in_the_future"
    ID_TAKEN = "id_taken"
    """Another event has this id: the client makes ids that are not random, or sent an event again with changes."""


class PlayEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One play as a client tells it. ``played_at`` is when it began, by the client's clock; ``played_ms`` was heard.

    ``event_id`` has at least 22 characters, which hold 128 random bits: ids are compared across all listeners. Fields
    we do not know are ignored: no play is lost because a client is newer than we are.
    """

    event_id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{22,64}\Z")]
    track_id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z]{1,64}\Z")]
    market: Annotated[str, Meta(max_length=10)]
    played_at: Annotated[datetime, Meta(tz=True)]
    played_ms: Annotated[int, Meta(ge=0, le=PLAYED_MS_MAX)]


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """One play as it is kept. ``recorded_at`` is our clock's; both times are in UTC. ``exclusion`` None: it counts."""

    event_id: str
    track_id: str
    listener_id: str
    market: Territory
    tier: Tier
    played_at: datetime
    played_ms: int
    recorded_at: datetime
    exclusion: Exclusion | None


class RefusedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event that was not kept, and why. ``event_id`` empty: none could be read. ``detail`` is for people."""

    event_id: str
    reason: Refusal
    detail: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch. ``accepted`` events are durable now, ``repeated`` ones were before."""

    accepted: int
    repeated: int
    refused: tuple[RefusedEvent, ...]


class _Batch(msgspec.Struct, frozen=True):
    events: list[msgspec.Raw]


def read_events(body: bytes) -> tuple[tuple[PlayEvent, ...], tuple[RefusedEvent, ...]]:
    """Return the events of a batch in its order, and those that are none, each with the reason.

    Shape: ``{"events": [{"event_id", "track_id", "market", "played_at", "played_ms"}, ...]}``.
    Raises: Refused (the client's fault) for a body that is no batch (NotABatch) or beyond a limit (BatchTooLarge).
    """
    if len(body) > BATCH_BYTES_MAX:
        raise Refused("BatchTooLarge", f"the batch has more than {BATCH_BYTES_MAX} bytes; send it in parts")
    try:
        raw_events = msgspec.json.decode(body, type=_Batch).events
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("NotABatch", f'the body is no batch ({error}); expected {{"events": [...]}}') from error
    if len(raw_events) > EVENTS_PER_BATCH_MAX:
        got = f"the batch has {len(raw_events)} events, expected at most {EVENTS_PER_BATCH_MAX}"
        raise Refused("BatchTooLarge", f"{got}; send it in parts")
    read = [_read_event(raw, f"events[{place}]") for place, raw in enumerate(raw_events)]
    return (
        tuple(event for event in read if isinstance(event, PlayEvent)),
        tuple(event for event in read if isinstance(event, RefusedEvent)),
    )


def find_refusal(event: PlayEvent, now: datetime) -> RefusedEvent | None:
    """Return why an event that we do not know yet cannot be kept at this time; None: it can."""
    began_before = now - event.played_at
    if began_before > PLAYED_AGE_MAX:
        return refuse(event, Refusal.TOO_OLD, f"played_at is {event.played_at.isoformat()}, over 30 days ago")
    if timedelta(milliseconds=event.played_ms) - began_before > FUTURE_SKEW_MAX:
        ends = f"a play of {event.played_ms} ms from {event.played_at.isoformat()} ends after {now.isoformat()}"
        return refuse(event, Refusal.IN_THE_FUTURE, f"{ends}; set the client's clock")
    return None


def refuse(event: PlayEvent, reason: Refusal, detail: str) -> RefusedEvent:
    """Return the refusal of an event."""
    return RefusedEvent(event_id=event.event_id, reason=reason, detail=detail)


def encode_plays(plays: Iterable[Play]) -> bytes:
    """Return plays as JSON lines, in their order."""
    return msgspec.json.Encoder().encode_lines(plays)


def decode_plays(lines: bytes) -> list[Play]:
    """Return the plays ``encode_plays`` wrote."""
    return msgspec.json.Decoder(Play).decode_lines(lines)


def _read_event(raw: msgspec.Raw, place: str) -> PlayEvent | RefusedEvent:
    try:
        event = msgspec.json.decode(raw, type=PlayEvent)
        market = parse_territory(event.market)
    except UnknownTerritory as error:
        detail = f"{place}: got the market {error}; expected an assigned ISO 3166-1 alpha-2 code"
        return RefusedEvent(event_id=event.event_id, reason=Refusal.UNKNOWN_MARKET, detail=detail)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        return RefusedEvent(event_id=_read_id(raw), reason=Refusal.MALFORMED, detail=f"{place}: {error}")
    return msgspec.structs.replace(event, market=market)


class _Named(msgspec.Struct, frozen=True):
    event_id: str = ""


def _read_id(raw: msgspec.Raw) -> str:
    """Return the id a malformed event gives itself, cut, so that its client can tell which it was; empty: none."""
    try:
        return msgspec.json.decode(raw, type=_Named).event_id[:REFUSED_ID_CHARACTERS_MAX]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
