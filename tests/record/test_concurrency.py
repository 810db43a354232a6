"""Writers at once: the change log has no gap for whoever follows it, and nothing comes to be twice."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from antiphon.intake import commit
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Transient
from antiphon.record import open_record, reading, writing
from antiphon.record.changes import Cause, Change, append_changes, changes_after, head_version, lock_head
from antiphon.record.engine import is_postgresql
from antiphon.record.links import RecordedLinks
from antiphon.record.rebuild import recompute
from antiphon.record.tables import (
    album_tracks,
    applied_statements,
    changes,
    contributions,
    current_statements,
    entities,
    identifiers,
    links,
)
from tests.databases import ON_POSTGRESQL
from tests.record.deliveries import NOW
from tests.record.writers import (
    FAULTY_SHARE,
    KILLED,
    Faults,
    Sighting,
    accept_deliveries,
    apply_all,
    fall_over,
    write_and_follow,
)

WRITERS = 4
PROCESSES = 2
SEEDS = (1, 2)
TABLES = (applied_statements, current_statements, links, entities, album_tracks, contributions, identifiers, changes)


def see_record(engine: Engine) -> dict[str, set[tuple[object, ...]]]:
    """Return all that deliveries came to, row by row."""
    with reading(engine) as conn:
        assert recompute(conn) == []
        return {table.name: {tuple(row) for row in conn.execute(select(table))} for table in TABLES}


def apply_alone(path: Path, order: Iterable[str]) -> dict[str, set[tuple[object, ...]]]:
    """Return what deliveries come to where one writer applies them one after the other, in a new record."""
    engine = open_record(f"sqlite:///{path}")
    accept_deliveries(engine)
    apply_all(engine, order, lambda _: None)
    seen = see_record(engine)
    engine.dispose()
    return seen


def check_sightings(engine: Engine, sightings: Iterable[Sighting]) -> None:
    """Check that a reader saw every change there is, in order, and never one before those it follows."""
    followed: list[Change] = []
    for sighting in sightings:
        followed += sighting.found
        assert [change.version for change in followed] == list(range(1, len(followed) + 1))
        assert len(followed) <= sighting.head
    with reading(engine) as conn:
        assert followed == changes_after(conn, 0, 100_000)
        assert len(followed) == head_version(conn)


@pytest.fixture
def alone(migrated: Path, tmp_path: Path) -> Path:
    """Return the file of another record, which no other writer has."""
    return Path(shutil.copy(migrated, tmp_path / "alone.sqlite"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reader_sees_each_change_once_in_order_and_all_is_as_if_one_writer_had_done_it(
    engine: Engine, seed: int, alone: Path
) -> None:
    course = write_and_follow(engine, engine, accept_deliveries(engine), seed, WRITERS)
    check_sightings(engine, course.sightings)
    assert see_record(engine) == apply_alone(alone, course.order)


@pytest.mark.parametrize("seed", SEEDS)
def test_transactions_that_fall_over_anywhere_leave_no_trace(
    engine: Engine, record_url: str, seed: int, alone: Path
) -> None:
    failing = open_record(record_url)
    ids = accept_deliveries(engine)
    Faults(failing, seed, FAULTY_SHARE, fall_over)
    course = write_and_follow(failing, engine, ids, seed, WRITERS)
    failing.dispose()
    check_sightings(engine, course.sightings)
    assert see_record(engine) == apply_alone(alone, course.order)


@ON_POSTGRESQL
@pytest.mark.process
def test_processes_that_are_killed_anywhere_leave_no_trace(
    engine: Engine, record_url: str, alone: Path, tmp_path: Path
) -> None:
    ids, notes = accept_deliveries(engine), tmp_path / "notes"

    def run(seed: int, share: float) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.record.writers", record_url, str(notes), str(seed), str(share), *ids]
        return subprocess.Popen(command)

    killed = [run(seed, FAULTY_SHARE) for seed in range(PROCESSES)]
    assert KILLED in [process.wait() for process in killed]
    spared = [run(seed, 0) for seed in range(PROCESSES)]
    assert [process.wait() for process in spared] == [0] * PROCESSES
    assert see_record(engine) == apply_alone(alone, notes.read_text().split())


def lock_at_once(engine: Engine) -> None:
    """Lock the head, or give up: SQLite does where it was opened so, PostgreSQL where it is told."""
    with writing(engine) as conn:
        if is_postgresql(engine):
            conn.execute(text("SET LOCAL lock_timeout = '1ms'"))
        lock_head(conn)


def test_who_would_change_the_catalogue_waits_for_the_transaction_in_flight(engine: Engine, record_url: str) -> None:
    impatient = open_record(record_url, busy_timeout_ms=0)
    with writing(engine) as conn:
        lock_head(conn)
        append_changes(conn, [(EntityKind.ALBUM, "a")], Cause(at=NOW))
        with pytest.raises(Transient):
            lock_at_once(impatient)
        with reading(impatient) as other:
            assert (head_version(other), changes_after(other, 0, 10)) == (0, [])
    with writing(impatient) as other:
        assert lock_head(other) == 1
    impatient.dispose()


@ON_POSTGRESQL
def test_without_the_lock_two_workers_would_make_one_entity_twice_and_the_database_refuses_the_second(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, add_links = threading.Barrier(2, timeout=30), RecordedLinks.add_links

    def add_together(links: RecordedLinks, *arguments: Any) -> object:
        both.wait()
        return add_links(links, *arguments)

    monkeypatch.setattr(commit, "lock_head", head_version)
    monkeypatch.setattr(RecordedLinks, "add_links", add_together)
    ids = accept_deliveries(engine)
    with ThreadPoolExecutor(2) as threads:
        tries = [threads.submit(apply_all, engine, [delivery_id], str) for delivery_id in (ids[0], ids[1])]
    failures = [error for error in (attempt.exception() for attempt in tries) if error is not None]
    assert [type(error) for error in failures] == [IntegrityError]
