"""The index of the play lake: one SQLite file, its tables with their invariants, and its transactions."""

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
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import OperationalError

from antiphon.model.errors import Refused, Transient
from antiphon.plays.counting import Exclusion

SCHEMA_VERSION = 1
"""The form of the tables below, kept in the file as ``user_version``; 0 is a file without tables."""

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for the one before it: a full batch takes some 20 ms; a client that is told to try again
loses nothing."""

_READS_ONLY = "antiphon_reads_only"

metadata = MetaData()

batches = Table(
    "batches",
    metadata,
    # Batches are numbered in the order they were committed, so a reader that remembers a number misses none.
    Column("number", Integer, primary_key=True),
    # A batch is one blob, durable before its row is.
    Column("blob", Text, CheckConstraint("length(blob) = 64"), nullable=False, unique=True),
    Column("recorded_at", Text, nullable=False),
    sqlite_autoincrement=True,
)

_REASONS = ", ".join(f"'{reason}'" for reason in Exclusion)

plays = Table(
    "plays",
    metadata,
    # An event is accepted once, however often it is sent.
    Column("event_id", Text, primary_key=True),
    # It lies in exactly one batch that counts; a copy of it in another blob is nobody's.
    Column("batch", Integer, ForeignKey("batches.number"), nullable=False, index=True),
    Column("track_id", Text, nullable=False),
    Column("played_at", Text, nullable=False),
    Column("played_ms", Integer, CheckConstraint("played_ms >= 0"), nullable=False),
    # A play belongs to the UTC day on which it began, which is how its time starts.
    Column("day", Text, CheckConstraint("day = substr(played_at, 1, 10)"), nullable=False),
    # It counts, or has one of the reasons we name.
    Column("exclusion", Text, CheckConstraint(f"exclusion IN ({_REASONS})")),
    Index("ix_plays_day", "day", "exclusion", "track_id"),
    sqlite_with_rowid=False,
)


def open_database(path: Path) -> Engine:
    """Return the engine of the index; makes the file, its folder and its tables where they are missing.

    Raises: Refused for a file that a newer version wrote; Transient if another process kept it locked.
    """
    _make_file(path)
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
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
    with _telling_transients(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state throughout and waits for no writer. It must not write."""
    with _telling_transients(), engine.connect() as plain:
        connection = plain.execution_options(**{_READS_ONLY: True})
        with connection.begin():
            yield connection


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
    # None: the driver begins no transaction of its own accord; _begin says when.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit is on disk when it returns, since the answer that follows is a promise.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Begin a transaction: writers at once with the write lock, since a deferred one may fail in its middle."""
    is_reader = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")


@contextmanager
def _telling_transients() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "database is locked" not in reason and "disk is full" not in reason:
            raise
        raise Transient(f"the index of plays did not take it ({reason}); nothing changed; try again") from error
