"""Stars belong to one listener, count once, and are listed newest first."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from antiphon.listeners import STARS_PER_LISTENER_MAX, Stars, open_stars
from antiphon.listeners.database import BUSY_TIMEOUT_MS, SCHEMA_VERSION, open_database, stars, writing
from antiphon.model.errors import Broken, Refused, Transient

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "listeners.db"


@pytest.fixture
def kept(path: Path) -> Iterator[Stars]:
    """Return stars on a file of their own."""
    kept = open_stars(path)
    yield kept
    kept.close()


def read_ids(kept: Stars, listener_id: str = "ada") -> list[str]:
    return [star.track_id for star in kept.list_stars(listener_id, limit=100)]


def test_a_file_that_a_newer_version_wrote_is_refused_and_left_alone(path: Path) -> None:
    open_stars(path).close()
    with sqlite3.connect(path) as conn:
        conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(Refused, match="upgrade Antiphon"):
        open_stars(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("wrong", ["", "a b", "a\n", "../a", "a" * 65, "ä", "a\0"])
def test_what_is_no_id_is_refused(kept: Stars, wrong: str) -> None:
    for listener_id, track_id in (("ada", wrong), (wrong, "track1")):
        with pytest.raises(Refused, match="expected 1 to 64"):
            kept.star(listener_id, track_id, NOW)
        with pytest.raises(Refused):
            kept.unstar(listener_id, track_id)
        with pytest.raises(Refused):
            kept.find_star(listener_id, track_id)
    assert read_ids(kept) == []


def test_a_time_without_a_zone_is_our_fault(kept: Stars) -> None:
    with pytest.raises(Broken, match="no zone"):
        kept.star("ada", "track1", NOW.replace(tzinfo=None))


def test_a_listener_cannot_star_without_end(path: Path) -> None:
    engine = open_database(path)
    rows = [
        {"listener_id": "ada", "number": n, "track_id": f"track{n}", "starred_at": "2026-11-22T12:00:00.000000Z"}
        for n in range(1, STARS_PER_LISTENER_MAX + 1)
    ]
    with writing(engine) as conn:
        conn.execute(insert(stars), rows)
    kept = Stars(engine)
    with pytest.raises(Refused, match="unstar some first"):
        kept.star("ada", "one-more", NOW)
    assert not kept.star("ada", "track1", NOW), "what is starred already is no addition"
    assert kept.star("bob", "one-more", NOW)
    assert kept.unstar("ada", "track1")
    assert kept.star("ada", "one-more", NOW)
    kept.close()


@pytest.mark.parametrize(
    "row",
    [
        {"listener_id": "ada", "number": 1, "track_id": "other"},
        {"listener_id": "ada", "number": 2, "track_id": "track1"},
        {"listener_id": "ada", "number": 0, "track_id": "other"},
        {"listener_id": "", "number": 1, "track_id": "other"},
        {"listener_id": "ada", "number": 2, "track_id": "x" * 65},
    ],
)
def test_the_file_itself_holds_what_must_hold(path: Path, row: dict[str, object]) -> None:
    engine = open_database(path)
    Stars(engine).star("ada", "track1", NOW)
    with pytest.raises(IntegrityError), writing(engine) as conn:
        conn.execute(insert(stars).values(starred_at="2026-11-22T12:00:00.000000Z", **row))
    engine.dispose()


def test_a_stuck_writer_is_told_apart_and_leaves_readers_alone(
    path: Path, kept: Stars, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.star("ada", "track1", NOW)
    monkeypatch.setattr("antiphon.listeners.database.BUSY_TIMEOUT_MS", 0)
    other = Stars(open_database(path))
    with sqlite3.connect(path, isolation_level=None) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(Transient, match="try again"):
            other.star("ada", "track2", NOW)
        assert read_ids(other) == ["track1"]
        stuck.execute("ROLLBACK")
    stuck.close()
    assert other.star("ada", "track2", NOW)
    other.close()


def test_twice_is_once_and_keeps_its_time_and_place(kept: Stars) -> None:
    assert kept.star("ada", "track1", NOW)
    assert kept.star("ada", "track2", NOW)
    assert not kept.star("ada", "track1", NOW + timedelta(hours=1))
    assert read_ids(kept) == ["track2", "track1"]
    star = kept.find_star("ada", "track1")
    assert star is not None
    assert star.starred_at == "2026-11-22T12:00:00.000000Z"


def test_unstarring_is_idempotent_and_starring_again_puts_first(kept: Stars) -> None:
    for track_id in ("track1", "track2", "track3"):
        kept.star("ada", track_id, NOW)
    assert kept.unstar("ada", "track1")
    assert not kept.unstar("ada", "track1")
    assert kept.find_star("ada", "track1") is None
    kept.star("ada", "track1", NOW)
    assert read_ids(kept) == ["track1", "track3", "track2"]


def test_a_listener_sees_and_touches_only_its_own_stars(kept: Stars) -> None:
    kept.star("ada", "track1", NOW)
    assert not kept.unstar("bob", "track1")
    assert kept.find_star("bob", "track1") is None
    kept.star("bob", "track2", NOW)
    assert (read_ids(kept, "ada"), read_ids(kept, "bob")) == (["track1"], ["track2"])


def test_pages_neither_skip_nor_repeat_while_stars_come_and_go(kept: Stars) -> None:
    for n in range(7):
        kept.star("ada", f"track{n}", NOW)
    first = kept.list_stars("ada", limit=3)
    kept.star("ada", "new", NOW)
    kept.unstar("ada", "track6")
    second = kept.list_stars("ada", limit=3, before=first[-1].number)
    third = kept.list_stars("ada", limit=3, before=second[-1].number)
    assert [star.track_id for star in first + second + third] == [f"track{n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    assert kept.list_stars("ada", limit=3, before=third[-1].number) == ()


def test_a_new_file_opens_for_all_who_open_it_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for n in range(5):
            for kept in pool.map(open_stars, [tmp_path / f"{n}.db"] * 8):
                kept.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.db" for n in range(5)]


def test_one_star_comes_of_many_at_once_from_many_processes(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        each = list(pool.map(lambda _: open_stars(path), range(8)))
        added = list(pool.map(lambda kept: [kept.star("ada", f"track{n}", NOW) for n in range(5)], each))
    assert [sum(column) for column in zip(*added, strict=True)] == [1] * 5
    assert sorted(read_ids(each[0])) == [f"track{n}" for n in range(5)]
    for kept in each:
        kept.close()


def test_stars_outlive_the_process_and_are_on_disk_when_answered(path: Path) -> None:
    first = open_stars(path)
    first.star("ada", "track1", NOW)
    first.close()
    engine = open_database(path)
    with writing(engine) as conn:
        pragmas = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "user_version")
        ]
    assert pragmas == ["wal", 2, BUSY_TIMEOUT_MS, SCHEMA_VERSION]
    assert read_ids(Stars(engine)) == ["track1"]
    engine.dispose()
