"""What was played: accepted once, kept for good, counted by rule. Charts, royalties and reports will be made of it.

A **play event** says that a listener heard so much of a track. Its id is made by the client before it is sent and is
random, so that a client which heard no answer may send the same event again, in any batch, as often as it likes.

**Accepting** (``lake``). Events come in batches. What is new in a batch is written to one immutable blob, a JSON line
per event, and made durable; then one transaction enters the events into the index, keyed by event id; then the client
gets its answer. If we die in between, the blob is an orphan that nothing reads, and the client's next try is the first.
If two copies of an event race, the key lets one in, and readers take each event only from the batch the index names. A
repeated id is the same event or a mistake: the same is acknowledged as *repeated*, another one is refused by name.

**Refusing** (``events``) is for what cannot be kept: malformed, of an unknown market, older than we still take, from
the future. An event is refused alone; its neighbours are not.

**Counting** (``counting``). A play counts from 30 s, or when the whole track was heard if that is shorter. What does
not count is kept too, with its reason, so that every total can be taken apart: accepted = counted + excluded. A play
belongs to the UTC day on which it began; a day is final once the events of it have become too old to be taken.

The lake becomes Parquet, read by DuckDB, in a later step; until then it is the blobs, and the index counts.

>>> from datetime import UTC, date, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> from antiphon.blobs import open_blobs
>>> from antiphon.model.availability import Tier
>>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> body = b'''{"events": [{"event_id": "5f2b7c1e-9a44-4d0e-8f63-0c1d2e3f4a5b", "track_id": "track1", "market": "SE",
...            "played_at": "2026-11-22T11:58:00Z", "played_ms": 45000}]}'''
>>> events, malformed = read_events(body)
>>> with TemporaryDirectory() as folder:
...     plays = open_plays(Path(folder) / "plays.db", open_blobs("memory://"), {"track1": 180_000}.get)
...     first = plays.accept(events, listener_id="ada", tier=Tier.FREE, now=now)
...     again = plays.accept(events, listener_id="ada", tier=Tier.FREE, now=now)
...     counts = plays.counts_by_track(date(2026, 11, 22))
...     plays.close()
>>> (first.accepted, again.accepted, again.repeated, counts)
(1, 0, 1, {'track1': 1})
"""

from antiphon.plays.counting import COUNTS_FROM_MS, Exclusion, find_exclusion
from antiphon.plays.events import BATCH_BYTES_MAX, Acceptance, Play, PlayEvent, Refusal, RefusedEvent, read_events
from antiphon.plays.lake import Plays, open_plays

__all__ = [
    "BATCH_BYTES_MAX",
    "COUNTS_FROM_MS",
    "Acceptance",
    "Exclusion",
    "Play",
    "PlayEvent",
    "Plays",
    "Refusal",
    "RefusedEvent",
    "find_exclusion",
    "open_plays",
    "read_events",
]
