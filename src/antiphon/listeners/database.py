"""The listeners' database: one SQLite file, its tables with their invariants, and its transactions."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import connect
from tempfile import TemporaryDirectory

from sqlalchemy import (
    URL,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.exc import OperationalError

from antiphon.model.errors import Refused, Transient

SCHEMA_VERSION = 1
"""The form of the tables below, kept in the file as ``user_version``; 0 is a file without tables."""

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for the one before it: far above the longest transaction (some ms), and no longer than a
listener would wait for a star."""

metadata = MetaData()

stars = Table(
    "stars",
    metadata,
    # An id is given, and short enough that nobody keeps anything else in it.
    Column("listener_id", Text, CheckConstraint("length(listener_id) BETWEEN 1 AND 64"), nullable=False),
    Column("number", Integer, CheckConstraint("number >= 1"), nullable=False),
    Column("track_id", Text, CheckConstraint("length(track_id) BETWEEN 1 AND 64"), nullable=False),
    Column("starred_at", Text, nullable=False),
    # A listener's stars are in one order, and a page of them is one range of this key.
    PrimaryKeyConstraint("listener_id", "number"),
    # A listener has starred a track or has not: twice is once.
    UniqueConstraint("listener_id", "track_id"),
)


def open_database(path: Path) -> Engine:
    """Return the engine of the listeners' database; makes the file, its folder and its tables where they are missing.

    Raises: Refused for a file that a newer version wrote; Transient if another process kept it locked.
    """
    _make_file(path)
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _prepare_connection)
    try:
        with writing(engine) as conn:
            _make_tables(conn, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction that may write; it commits when the block ends, or not at all.

    Raises: Transient if the lock was not to be had in time, or the disk is full; nothing was written then.
    """
    with reading(engine) as connection, connection.begin():
        # At once with the write lock: a transaction that comes to it later may fail in its middle.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose queries each see what is committed, and wait for no writer. It must not write.

    Raises: Transient if the file was locked.
    """
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        reason = str(error.orig)
        if "database is locked" not in reason and "disk is full" not in reason:
            raise
        raise Transient(f"the listeners' database did not take it ({reason}); nothing changed; try again") from error


def _make_file(path: Path) -> None:
    """Make the file in WAL mode before it has its name: processes that switch one file at once lock each other out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    with TemporaryDirectory(dir=path.parent) as folder:
        unnamed = Path(folder) / path.name
        with closing(connect(unnamed)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):
            path.hardlink_to(unnamed)


def _make_tables(conn: Connection, path: Path) -> None:
    found = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > SCHEMA_VERSION:
        known = f"this version of Antiphon knows {SCHEMA_VERSION}"
        raise Refused("DatabaseTooNew", f"{path} has schema version {found}; {known}: upgrade Antiphon")
    if found < SCHEMA_VERSION:
        metadata.create_all(conn)
        conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _prepare_connection(connection: SqliteConnection, _record: object) -> None:
    # None: the driver begins no transaction of its own accord; writing says when.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # Already so, unless the file was restored by a tool that makes plain ones.
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on disk when it returns, since the answer that follows is a promise.
    connection.execute("PRAGMA synchronous = FULL")
