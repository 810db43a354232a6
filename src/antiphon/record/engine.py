"""The record's database: one SQLite file, or PostgreSQL. The only module that knows which of the two it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError

from antiphon.model.errors import Refused, Transient

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for the one before it. Far above the longest transaction (some 10 ms), so that only a
stuck writer is ever reported; the same as DBOS waits in the same file."""

_READS_ONLY = "antiphon_reads_only"


def open_record(url: str) -> Engine:
    """Return the engine of the record at a URL ("sqlite:///var/record.sqlite", "postgresql+psycopg://...").

    Creates the folder of a SQLite file, not the tables: see ``migrate``. Every transaction begun on the engine, also
    by a library, holds SQLite's write lock from its start, unless ``reading`` began it.
    Raises: Refused for a SQLite database in memory, which the processes of an installation could not share.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if not address.database or address.database == ":memory:":
        raise Refused("RecordNotAFile", f"the record needs a file, got {url}: give sqlite:///PATH")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction that may write; it commits when the block ends, or not at all.

    Keep it short: on SQLite all writers wait for it. Raises: Transient if the lock was not to be had in 30 s.
    """
    with _telling_busy(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the record throughout and waits for no writer. It must not write."""
    with _telling_busy(), engine.connect() as plain:
        connection = plain.execution_options(**_reading_options(engine))
        with connection.begin():
            yield connection


def is_postgresql(engine: Engine) -> bool:
    """Tell whether the record is on PostgreSQL."""
    return engine.dialect.name == "postgresql"


def _reading_options(engine: Engine) -> dict[str, Any]:
    if is_postgresql(engine):
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {_READS_ONLY: True}


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    """Set what SQLite keeps per connection, and take transaction control away from Python's driver.

    The driver's own control begins transactions late, deferred, and not before DDL; with ``isolation_level`` None it
    begins none, and ``_begin_sqlite`` says BEGIN.
    """
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on disk when it returns, since "accepted" is a promise.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction: writers at once with the write lock, since a deferred one may fail in its middle."""
    is_reader = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")


@contextmanager
def _telling_busy() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if "database is locked" not in str(error.orig):
            raise
        raise Transient(
            f"the record stayed locked for {BUSY_TIMEOUT_MS} ms: another writer is stuck; try again"
        ) from error
