"""Each play is accepted durably and exactly once, whatever is repeated, raced or killed on the way."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from antiphon.blobs import BlobMissing, FolderBlobs, StoreFull
from antiphon.model.availability import Tier
from antiphon.model.errors import Broken, Refused, Transient
from antiphon.plays import Acceptance, Play, PlayEvent, Plays, Refusal, open_plays
from antiphon.plays.database import SCHEMA_VERSION, batches, open_database, plays
from antiphon.record import writing
from tests.plays.events import NOW, an_event, event_id, open_lake, stored_blobs

TODAY = date(2026, 11, 22)


def accept(lake: Plays, *events: PlayEvent, listener_id: str = "ada", now: datetime = NOW) -> Acceptance:
    return lake.accept(events, listener_id=listener_id, tier=Tier.PREMIUM, now=now)


def read_plays(lake: Plays) -> list[Play]:
    """Return every play of the lake, read from its blobs."""
    return [play for batch in lake.read_batches() for play in batch.plays]


def test_an_index_that_a_newer_version_wrote_is_refused(tmp_path: Path) -> None:
    open_lake(tmp_path).close()
    with sqlite3.connect(tmp_path / "plays.db") as conn:
        conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    conn.close()
    with pytest.raises(Refused, match="upgrade Antiphon"):
        open_lake(tmp_path)


def test_an_event_that_is_refused_is_kept_nowhere_and_sinks_no_neighbour(lake: Plays, tmp_path: Path) -> None:
    old = an_event(1, played_at=NOW - timedelta(days=31))
    ahead = an_event(2, played_at=NOW + timedelta(hours=1))
    answer = accept(lake, old, ahead)
    assert [refusal.reason for refusal in answer.refused] == [Refusal.TOO_OLD, Refusal.IN_THE_FUTURE]
    assert stored_blobs(tmp_path) == []
    answer = accept(lake, old, an_event(3), ahead)
    assert (answer.accepted, len(answer.refused)) == (1, 2)
    assert [play.event_id for play in read_plays(lake)] == [event_id(3)]


@pytest.mark.parametrize(
    "other",
    [{"track_id": "other"}, {"played_ms": 45_001}, {"played_at": NOW - timedelta(minutes=11)}],
    ids=lambda changed: next(iter(changed)),
)
def test_another_play_under_a_taken_id_is_refused_and_not_swallowed(lake: Plays, other: dict[str, Any]) -> None:
    first, taken = an_event(), an_event(**other)
    in_one = accept(lake, first, taken)
    later = accept(lake, taken)
    assert [refusal.reason for refusal in in_one.refused + later.refused] == [Refusal.ID_TAKEN] * 2
    assert lake.counts_by_track(TODAY) == {"song": 1}


def test_a_time_without_a_zone_is_our_fault(lake: Plays) -> None:
    with pytest.raises(Broken, match="no zone"):
        accept(lake, an_event(), now=NOW.replace(tzinfo=None))


def test_nothing_is_acknowledged_when_the_store_is_full(tmp_path: Path) -> None:
    class FullBlobs(FolderBlobs):
        def put(self, data: bytes) -> str:
            raise StoreFull("the store", "no space")

    lake = open_plays(tmp_path / "plays.db", FullBlobs(tmp_path / "blobs"), {"song": 180_000}.get)
    with pytest.raises(Transient):
        accept(lake, an_event())
    lake.close()
    after = open_lake(tmp_path)
    assert accept(after, an_event()).accepted == 1
    after.close()


def test_nothing_is_acknowledged_when_the_index_is_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_lake(tmp_path).close()
    monkeypatch.setattr("antiphon.plays.database.BUSY_TIMEOUT_MS", 0)
    with sqlite3.connect(tmp_path / "plays.db", isolation_level=None) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(Transient, match="try again"):
            open_lake(tmp_path)
        stuck.execute("ROLLBACK")
        lake = open_lake(tmp_path)
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(Transient, match="try again"):
            accept(lake, an_event())
        stuck.execute("ROLLBACK")
    stuck.close()
    assert accept(lake, an_event()) == Acceptance(accepted=1, repeated=0, refused=())
    lake.close()


def test_a_lost_blob_is_told_and_not_skipped(lake: Plays, tmp_path: Path) -> None:
    accept(lake, an_event())
    stored_blobs(tmp_path)[0].unlink()
    with pytest.raises(BlobMissing):
        read_plays(lake)


@pytest.mark.parametrize("wrong", [{"event_id": event_id(1)}, {"day": "2026-11-23"}, {"batch": 7}, {"exclusion": "?"}])
def test_the_index_itself_holds_what_must_hold(tmp_path: Path, wrong: dict[str, object]) -> None:
    engine = open_database(tmp_path / "index.db")
    row = {
        "batch": 1,
        "track_id": "song",
        "played_at": "2026-11-22T11:50:00.000000Z",
        "played_ms": 1,
        "day": "2026-11-22",
    }
    with writing(engine) as conn:
        conn.execute(batches.insert().values(blob="0" * 64, recorded_at="2026-11-22T12:00:00.000000Z"))
        conn.execute(plays.insert().values(event_id=event_id(1), **row))
    with pytest.raises(IntegrityError), writing(engine) as conn:
        conn.execute(plays.insert().values({"event_id": event_id(2), **row, **wrong}))
    engine.dispose()


def test_what_was_accepted_is_kept_as_it_was_said_with_who_when_and_why_not(lake: Plays) -> None:
    in_stockholm = datetime.fromisoformat("2026-11-22T12:30:00+01:00")
    events = (
        an_event(1, played_at=in_stockholm),
        an_event(2, played_ms=29_999),
        an_event(3, track_id="jingle", played_ms=20_000),
        an_event(4, track_id="nowhere"),
    )
    assert accept(lake, *events) == Acceptance(accepted=4, repeated=0, refused=())
    kept = read_plays(lake)
    assert kept[0] == Play(
        event_id=event_id(1),
        track_id="song",
        listener_id="ada",
        market=kept[0].market,
        tier=Tier.PREMIUM,
        played_at=in_stockholm.astimezone(UTC),
        played_ms=45_000,
        recorded_at=NOW,
        exclusion=None,
    )
    assert [play.exclusion for play in kept] == [None, "too_short", None, "unknown_track"]
    assert lake.counts_by_track(TODAY) == {"jingle": 1, "song": 1}
    assert lake.exclusions_by_reason(TODAY) == {"too_short": 1, "unknown_track": 1}


def test_a_play_belongs_to_the_utc_day_on_which_it_began(lake: Plays) -> None:
    late = datetime(2026, 11, 21, 23, 59, 50, tzinfo=UTC)
    accept(lake, an_event(1, played_at=late), an_event(2, played_at=late + timedelta(seconds=10)))
    accept(lake, an_event(3, played_at=datetime.fromisoformat("2026-11-22T00:30:00+01:00")))
    assert lake.counts_by_track(date(2026, 11, 21)) == {"song": 2}
    assert lake.counts_by_track(TODAY) == {"song": 1}
    assert lake.counts_by_track(date(2026, 11, 20)) == {}


def test_the_most_played_track_comes_first(lake: Plays) -> None:
    accept(lake, *(an_event(n, track_id="other" if n < 3 else "song") for n in range(5)))
    assert list(lake.counts_by_track(TODAY).items()) == [("other", 3), ("song", 2)]


def test_a_repeated_event_counts_once_in_the_same_batch_in_another_and_when_it_has_become_old(lake: Plays) -> None:
    assert accept(lake, an_event(1), an_event(1)) == Acceptance(accepted=1, repeated=1, refused=())
    again = accept(lake, an_event(1), an_event(2), listener_id="ada-with-a-new-token", now=NOW + timedelta(days=1))
    assert again == Acceptance(accepted=1, repeated=1, refused=())
    assert accept(lake, an_event(1), now=NOW + timedelta(days=60)).repeated == 1
    assert lake.counts_by_track(TODAY) == {"song": 2}
    assert [play.listener_id for play in read_plays(lake)] == ["ada", "ada-with-a-new-token"]


def test_batches_are_read_in_the_order_they_were_accepted_from_any_number_on(lake: Plays) -> None:
    for n in range(4):
        accept(lake, an_event(n))
    numbers = [batch.number for batch in lake.read_batches()]
    assert numbers == sorted(numbers)
    rest = [play.event_id for batch in lake.read_batches(after=numbers[1]) for play in batch.plays]
    assert rest == [event_id(2), event_id(3)]


def test_copies_that_race_are_accepted_once(tmp_path: Path) -> None:
    events = [an_event(n) for n in range(50)]
    with ThreadPoolExecutor(6) as pool:
        lakes = list(pool.map(lambda _: open_lake(tmp_path), range(6)))
        # Overlapping parts, at six moments of our clock, so that each try writes a blob of its own.
        tries = [(lake, events[5 * n :], NOW + timedelta(seconds=n)) for n, lake in enumerate(lakes)]
        answers = list(pool.map(lambda each: accept(each[0], *each[1], now=each[2]), tries))
    assert sum(answer.accepted for answer in answers) == 50
    assert sum(answer.accepted + answer.repeated for answer in answers) == sum(len(part) for _, part, _ in tries)
    assert sorted(play.event_id for play in read_plays(lakes[0])) == [event.event_id for event in events]
    assert lakes[0].counts_by_track(TODAY) == {"song": 50}
    for lake in lakes:
        lake.close()


def test_a_loser_of_a_race_leaves_a_blob_that_nobody_reads(tmp_path: Path) -> None:
    rival = open_lake(tmp_path)

    class SlowBlobs(FolderBlobs):
        """Between its blob and its row, another process accepts the first of its two events."""

        def put(self, data: bytes) -> str:
            blob = super().put(data)
            accept(rival, an_event(1), now=NOW + timedelta(seconds=1))
            return blob

    slow = open_plays(tmp_path / "plays.db", SlowBlobs(tmp_path / "blobs"), {"song": 180_000}.get)
    assert accept(slow, an_event(1), an_event(2)) == Acceptance(accepted=1, repeated=1, refused=())
    assert [[play.event_id for play in batch.plays] for batch in rival.read_batches()] == [[event_id(1)], [event_id(2)]]
    slow.close()
    rival.close()


DYING = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from antiphon.blobs import FolderBlobs
from antiphon.model.availability import Tier
from antiphon.plays import Plays
from antiphon.plays.database import open_database
from tests.plays.events import NOW, an_event

root, moment = Path(sys.argv[1]), sys.argv[2]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Blobs(FolderBlobs):
    def put(self, data):
        blob = super().put(data)
        if moment == "between":
            die()
        return blob

engine = open_database(root / "plays.db")
lake = Plays(engine, Blobs(root / "blobs"), {"song": 180_000}.get)
if moment == "inside":
    event.listen(engine, "commit", lambda conn: conn.get_execution_options() or die())
lake.accept([an_event(1), an_event(2)], listener_id="ada", tier=Tier.PREMIUM, now=NOW)
if moment == "after":
    die()
"""


@pytest.mark.process
@pytest.mark.parametrize(("moment", "accepted"), [("between", 2), ("inside", 2), ("after", 0)])
def test_a_batch_whose_process_was_killed_is_accepted_once_by_the_next_try(
    tmp_path: Path, moment: str, accepted: int
) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    killed = subprocess.run([sys.executable, "-c", DYING, str(tmp_path), moment], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(stored_blobs(tmp_path)) == 1, "the blob was there before the row"
    lake = open_lake(tmp_path)
    assert len(read_plays(lake)) == 2 - accepted
    later = NOW + timedelta(minutes=1)
    assert accept(lake, an_event(1), an_event(2), now=later) == Acceptance(
        accepted=accepted, repeated=2 - accepted, refused=()
    )
    assert [play.event_id for play in read_plays(lake)] == [event_id(1), event_id(2)]
    assert lake.counts_by_track(TODAY) == {"song": 2}
    lake.close()


def test_the_count_is_exact_when_each_event_comes_one_to_five_times_in_any_order(lake: Plays) -> None:
    seed = 19
    print(f"seed {seed}")
    chance = random.Random(seed)
    tracks = ("song", "jingle", "other")
    events = [an_event(n, track_id=chance.choice(tracks), played_ms=chance.randint(0, 60_000)) for n in range(1_000)]
    sent = [event for event in events for _ in range(chance.randint(1, 5))]
    chance.shuffle(sent)
    answers = [
        accept(lake, *sent[start : start + 150], now=NOW + timedelta(seconds=start))
        for start in range(0, len(sent), 150)
    ]
    # Told apart by another rule than the lake's own: a list of what must count, made while the events were.
    least_ms = {"song": 30_000, "jingle": 20_000, "other": 30_000}
    expected = Counter(event.track_id for event in events if event.played_ms >= least_ms[event.track_id])
    assert sum(answer.accepted for answer in answers) == len(events)
    assert sum(answer.repeated for answer in answers) == len(sent) - len(events)
    assert lake.counts_by_track(TODAY) == expected
    assert sum(expected.values()) + sum(lake.exclusions_by_reason(TODAY).values()) == len(events)
    assert sorted(play.event_id for play in read_plays(lake)) == [event.event_id for event in events]
