"""How transactions on the record behave."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from antiphon.model.errors import Refused, Transient
from antiphon.record import open_record, reading, writing
from antiphon.record.deliveries import next_receipt
from antiphon.record.engine import BUSY_TIMEOUT_MS
from tests.databases import ON_SQLITE

OPENERS = 4
"""Processes: as many as an installation starts."""


def _fall_over_after(engine: Engine, write: Callable[[Connection], object]) -> None:
    with writing(engine) as conn:
        write(conn)
        raise ZeroDivisionError


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(Refused, match="needs a file"):
        open_record("sqlite://")


def test_a_block_that_raises_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        _fall_over_after(engine, next_receipt)
    with reading(engine) as conn:
        assert conn.execute(text("SELECT value FROM counters WHERE name = 'receipt'")).scalar_one() == 0


def test_schema_changes_roll_back_too(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        _fall_over_after(engine, lambda conn: conn.execute(text("CREATE TABLE half_done (id INTEGER)")))
    with reading(engine) as conn, pytest.raises(DBAPIError, match=r"no such table|does not exist"):
        conn.execute(text("SELECT * FROM half_done"))


@ON_SQLITE
def test_a_writer_holds_the_lock_from_its_first_moment_and_the_next_is_told_to_try_again(engine: Engine) -> None:
    other = open_record(str(engine.url), busy_timeout_ms=0)
    with writing(engine), pytest.raises(Transient, match=r"locked.*try again"), writing(other):
        pass
    other.dispose()


@ON_SQLITE
def test_a_writer_that_meets_a_full_disk_wrote_nothing_and_is_told_to_try_again(engine: Engine) -> None:
    fill = text("CREATE TABLE filling AS SELECT randomblob(100000) AS filling")
    with reading(engine) as conn:
        conn.execute(text("PRAGMA max_page_count = 1"))  # SQLite makes it the pages there are
    with pytest.raises(Transient, match=r"full.*try again"), writing(engine) as conn:
        conn.execute(fill)
    with reading(engine) as conn:
        conn.execute(text("PRAGMA max_page_count = 1000000"))
    with writing(engine) as conn:
        conn.execute(fill)


def test_a_new_record_opens_for_all_processes_that_start_at_once(tmp_path: Path) -> None:
    opening = (
        "import sys; from antiphon.record import migrate, open_record;"
        "print('ready', flush=True); sys.stdin.readline();"
        f"migrate(open_record('sqlite:///{tmp_path / 'record.sqlite'}'))"
    )
    openers = [
        subprocess.Popen([sys.executable, "-c", opening], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(OPENERS)
    ]
    for opener in openers:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    for opener in openers:
        opener.communicate()
    assert [opener.returncode for opener in openers] == [0] * OPENERS


def test_a_record_restored_in_another_mode_is_given_its_own_again(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE restored (id INTEGER)")
    engine = open_record(f"sqlite:///{path}")
    with reading(engine) as conn:
        assert conn.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert conn.execute(text("SELECT count(*) FROM restored")).scalar_one() == 0
    engine.dispose()


def test_a_reader_sees_one_state_while_a_writer_commits(engine: Engine) -> None:
    count = text("SELECT value FROM counters WHERE name = 'receipt'")
    with reading(engine) as reader:
        assert reader.execute(count).scalar_one() == 0
        with writing(engine) as writer:
            next_receipt(writer)
        assert reader.execute(count).scalar_one() == 0
    with reading(engine) as reader:
        assert reader.execute(count).scalar_one() == 1


@ON_SQLITE
def test_a_commit_is_on_disk_when_it_returns_and_references_hold(engine: Engine) -> None:
    with reading(engine) as conn:
        pragmas = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS}


def test_the_folder_of_a_new_record_is_made(tmp_path: Path) -> None:
    engine = open_record(f"sqlite:///{tmp_path / 'a' / 'b' / 'record.sqlite'}")
    with writing(engine):
        pass
    assert (tmp_path / "a" / "b" / "record.sqlite").is_file()
    engine.dispose()
