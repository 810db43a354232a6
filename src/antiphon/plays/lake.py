"""The lake: batches of plays go in exactly once, and are read and counted from here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, func, insert, select

from antiphon.blobs import BlobStore
from antiphon.model.availability import Tier
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.plays.counting import find_exclusion
from antiphon.plays.database import batches, open_database, plays
from antiphon.plays.events import (
    Acceptance,
    Play,
    PlayEvent,
    Refusal,
    RefusedEvent,
    decode_plays,
    encode_plays,
    find_refusal,
    refuse,
)
from antiphon.record import reading, writing
from antiphon.record.instants import format_instant

FindDuration = Callable[[str], int | None]
"""Gives a track's duration in ms by its id; None: the catalogue has no such track."""


class PlayBatch(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted batch, with the plays that are its own. ``number`` is the cursor of what was accepted after it."""

    number: int
    plays: tuple[Play, ...]


class _Content(NamedTuple):
    """What makes two events with one id the same event."""

    track_id: str
    played_at: datetime
    played_ms: int


class _Sorted(NamedTuple):
    fresh: tuple[PlayEvent, ...]
    repeated: int
    refused: tuple[RefusedEvent, ...]


class Plays:
    """The play lake. Any number of threads and processes may accept and read at a time."""

    def __init__(self, engine: Engine, blobs: BlobStore, find_duration_ms: FindDuration) -> None:
        self._engine = engine
        self._blobs = blobs
        self._find_duration_ms = find_duration_ms

    def accept(self, events: Sequence[PlayEvent], *, listener_id: str, tier: Tier, now: datetime) -> Acceptance:
        """Keep what is new of a batch, durably, and return what became of each event.

        Who listened and with which tier is what the caller's token says, never what an event says.
        Raises: Transient where store or index are stuck or full; then the batch may be sent again as it is. An error
        after the commit changes nothing about that: what was accepted will be told to be repeated.
        """
        if now.tzinfo is None:
            raise Broken(f"{now.isoformat()} says no zone; times inside are aware")
        with reading(self._engine) as conn:
            first = _sort(events, _find_known(conn, events), now)
        if not first.fresh:
            return Acceptance(accepted=0, repeated=first.repeated, refused=first.refused)
        kept = self._judge(first.fresh, listener_id, tier, now)
        blob = self._blobs.put(encode_plays(kept.values()))
        with writing(self._engine) as conn:
            # Another batch may have brought some of them since we looked; from here on nobody can.
            final = _sort(first.fresh, _find_known(conn, first.fresh), now)
            if final.fresh:
                _add_batch(conn, blob, [kept[event.event_id] for event in final.fresh], now)
        return Acceptance(
            accepted=len(final.fresh),
            repeated=first.repeated + final.repeated,
            refused=first.refused + final.refused,
        )

    def counts_by_track(self, day: date) -> dict[str, int]:
        """Return how many plays of each track count on a UTC day, most played first; tracks without any are absent."""
        count = func.count()
        of_day = (plays.c.day == day.isoformat(), plays.c.exclusion.is_(None))
        query = select(plays.c.track_id, count).where(*of_day).group_by(plays.c.track_id)
        with reading(self._engine) as conn:
            return dict(conn.execute(query.order_by(count.desc(), plays.c.track_id)).all())

    def exclusions_by_reason(self, day: date) -> dict[str, int]:
        """Return how many plays of a UTC day do not count, by reason; reasons without any are absent."""
        of_day = (plays.c.day == day.isoformat(), plays.c.exclusion.is_not(None))
        query = select(plays.c.exclusion, func.count()).where(*of_day).group_by(plays.c.exclusion)
        with reading(self._engine) as conn:
            return dict(conn.execute(query.order_by(plays.c.exclusion)).all())

    def read_batches(self, *, after: int = 0) -> Iterator[PlayBatch]:
        """Yield the batches accepted after one of this number, in order; each accepted play is in exactly one.

        Raises: BlobMissing, BlobCorrupt (both Broken) where the store lost what it had promised to keep.
        """
        while (found := self._find_batch(after)) is not None:
            after, blob, own = found
            kept = tuple(play for play in decode_plays(self._blobs.get(blob)) if play.event_id in own)
            if len(kept) != len(own):
                raise Broken(
                    f"batch {after} has {len(own)} plays in the index and {len(kept)} in blob {blob}: restore it"
                )
            yield PlayBatch(number=after, plays=kept)

    def close(self) -> None:
        """Give the index's files back."""
        self._engine.dispose()

    def _judge(self, events: Iterable[PlayEvent], listener_id: str, tier: Tier, now: datetime) -> dict[str, Play]:
        events = tuple(events)
        durations_ms = {track_id: self._find_duration_ms(track_id) for track_id in {e.track_id for e in events}}
        return {
            event.event_id: Play(
                event_id=event.event_id,
                track_id=event.track_id,
                listener_id=listener_id,
                market=Territory(event.market),
                tier=tier,
                played_at=event.played_at.astimezone(UTC),
                played_ms=event.played_ms,
                recorded_at=now.astimezone(UTC),
                exclusion=find_exclusion(event.played_ms, durations_ms[event.track_id]),
            )
            for event in events
        }

    def _find_batch(self, after: int) -> tuple[int, str, frozenset[str]] | None:
        with reading(self._engine) as conn:
            query = select(batches.c.number, batches.c.blob).where(batches.c.number > after)
            row = conn.execute(query.order_by(batches.c.number).limit(1)).first()
            if row is None:
                return None
            own = conn.execute(select(plays.c.event_id).where(plays.c.batch == row.number)).scalars()
            return row.number, row.blob, frozenset(own)


def open_plays(path: Path, blobs: BlobStore, find_duration_ms: FindDuration) -> Plays:
    """Return the lake whose batches are in ``blobs`` and whose index is the file at ``path``.

    Raises: Refused for an index that a newer version wrote; Transient if another process kept it locked.
    """
    return Plays(open_database(path), blobs, find_duration_ms)


def _sort(events: Iterable[PlayEvent], known: dict[str, _Content], now: datetime) -> _Sorted:
    """Tell new events from repeated and refused ones. An id is looked at before its age: a late repeat is no error."""
    fresh: list[PlayEvent] = []
    refused: list[RefusedEvent] = []
    repeated = 0
    seen = dict(known)
    for event in events:
        content = _Content(event.track_id, event.played_at, event.played_ms)
        if event.event_id not in seen:
            refusal = find_refusal(event, now)
            if refusal is not None:
                refused.append(refusal)
                continue
            seen[event.event_id] = content
            fresh.append(event)
        elif seen[event.event_id] == content:
            repeated += 1
        else:
            detail = "another play has this id; make ids at random, and send an event again only as it was"
            refused.append(refuse(event, Refusal.ID_TAKEN, detail))
    return _Sorted(tuple(fresh), repeated, tuple(refused))


def _find_known(conn: Connection, events: Iterable[PlayEvent]) -> dict[str, _Content]:
    ids = {event.event_id for event in events}
    query = select(plays.c.event_id, plays.c.track_id, plays.c.played_at, plays.c.played_ms)
    rows = conn.execute(query.where(plays.c.event_id.in_(ids)))
    return {row.event_id: _Content(row.track_id, datetime.fromisoformat(row.played_at), row.played_ms) for row in rows}


def _add_batch(conn: Connection, blob: str, kept: Iterable[Play], now: datetime) -> None:
    adding = insert(batches).values(blob=blob, recorded_at=format_instant(now)).returning(batches.c.number)
    number = conn.execute(adding).scalar_one()
    rows = [
        {
            "event_id": play.event_id,
            "batch": number,
            "track_id": play.track_id,
            "played_at": format_instant(play.played_at),
            "played_ms": play.played_ms,
            "day": play.played_at.date().isoformat(),
            "exclusion": play.exclusion,
        }
        for play in kept
    ]
    conn.execute(insert(plays), rows)
