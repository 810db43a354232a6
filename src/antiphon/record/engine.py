"""The record's database: one SQLite file, or PostgreSQL. The only module that knows which of the two it is."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, connect
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from antiphon.model.errors import Refused, Transient

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for the one before it. Far above the longest transaction (some 10 ms), so that only a
stuck writer is ever reported; the same as DBOS waits in the same file."""

LOCK_INTERVAL_S = 0.001
"""How often a writer asks for SQLite's write lock while another has it: a small part of a transaction."""

CONNECTIONS_KEPT = 16
"""Connections a process keeps open once it has needed them: more than a worker has deliveries in hand. One that is
opened for a single transaction costs more than the transaction, and forgets every statement it had prepared."""

IDLE_S = 1.0
"""How long a connection to PostgreSQL may rest before it is asked whether it lives; a server restarts no faster."""

PAGES_KEPT_BYTES = 16 << 20
"""What a connection to SQLite keeps of the file's pages: the upper levels of the indexes of a million tracks. SQLite's
own 2 MB hold those of a tenth."""

_USED_AT_S = "antiphon_used_at_s"
_READS_ONLY = "antiphon_reads_only"

_TRANSIENT_REASONS = ("database is locked", "disk is full")
"""What SQLite says when it did not take a transaction, and would take it once somebody has made way or room."""

_TRANSIENT_STATES = ("08", "40", "53", "55P03", "57P")
"""How the codes begin by which PostgreSQL says the same: connection, rollback, resources, lock, shutdown."""


def open_record(url: str | URL, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """Return the engine of the record at a URL ("sqlite:///var/record.sqlite", "postgresql+psycopg://...").

    Creates a SQLite file and its folder, not the tables: see ``migrate``. Every transaction begun on the engine, also
    by a library, holds SQLite's write lock from its start, unless ``reading`` began it; it waits ``busy_timeout_ms``
    for the lock. Any number of processes may open a new record at once.
    Raises: Refused for a SQLite database in memory, which the processes of an installation could not share.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = create_engine(address, pool_size=CONNECTIONS_KEPT)
        # Rows of one table go in one statement: the driver would send one for each, at nearly twice the time.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _asking_whether_alive(engine))
        return engine
    if not address.database or address.database == ":memory:":
        raise Refused("RecordNotAFile", f"the record needs a file, got {url}: give sqlite:///PATH")
    _make_file(Path(address.database))
    engine = create_engine(address, pool_size=CONNECTIONS_KEPT)
    event.listen(engine, "connect", _preparing_sqlite(busy_timeout_ms))
    event.listen(engine, "begin", _beginning_sqlite(busy_timeout_ms))
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in one transaction that may write; it commits when the block ends, or not at all.

    Keep it short: on SQLite all writers wait for it. Raises: Transient if the lock was not to be had in time, or the
    disk is full; nothing was written then.
    """
    with telling_transients(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the record throughout and waits for no writer. It must not write."""
    with telling_transients(engine), engine.connect() as plain:
        connection = plain.execution_options(**_reading_options(engine))
        with connection.begin():
            yield connection


def keep_pages(conn: Connection, size_bytes: int) -> None:
    """Let a connection that is about to write much keep so much of a SQLite file in memory.

    A page that does not fit is written before the transaction ends, and again whenever it changes.
    """
    if not is_postgresql(conn.engine):
        conn.exec_driver_sql(f"PRAGMA cache_size = -{size_bytes // 1024}")


def is_postgresql(engine: Engine) -> bool:
    """Tell whether the record is on PostgreSQL."""
    return engine.dialect.name == "postgresql"


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT_S] = monotonic()


def _asking_whether_alive(engine: Engine) -> Callable[[Any, ConnectionPoolEntry, object], None]:
    """Return what asks a connection that was idle for a while whether its server still knows it.

    Asking each time would cost a round trip for each transaction, a third of what a short one takes.
    """

    def ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() - record.info.get(_USED_AT_S, monotonic()) < IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return ask


def _reading_options(engine: Engine) -> dict[str, Any]:
    if is_postgresql(engine):
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {_READS_ONLY: True}


def _make_file(path: Path) -> None:
    """Make the file in WAL mode before it has its name.

    Processes that switch one file at once lock each other out, however long SQLite was told to wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    with TemporaryDirectory(dir=path.parent) as folder:
        unnamed = Path(folder) / path.name
        with closing(connect(unnamed)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):
            path.hardlink_to(unnamed)


def _preparing_sqlite(busy_timeout_ms: int) -> Callable[[SqliteConnection, object], None]:
    """Return what sets all that SQLite keeps per connection, and takes transaction control away from Python's driver.

    The driver's own control begins transactions late, deferred, and not before DDL; with ``isolation_level`` None it
    begins none, and ``_begin_sqlite`` says BEGIN.
    """

    def prepare(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
        # Already so, unless the file was restored by a tool that makes plain ones.
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit is on disk when it returns, since "accepted" is a promise.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Else INSERT OR REPLACE would delete a row whose table refuses deletions.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute(f"PRAGMA cache_size = -{PAGES_KEPT_BYTES // 1024}")

    return prepare


def _beginning_sqlite(busy_timeout_ms: int) -> Callable[[Connection], None]:
    """Return what begins a transaction: writers at once with the write lock, since a deferred one may fail later.

    SQLite sleeps longer each time it finds the lock taken, up to 100 ms, while others take it; so we ask ourselves.
    """

    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if connection.get_execution_options().get(_READS_ONLY, False):
            driver.execute("BEGIN")
            return
        driver.execute("PRAGMA busy_timeout = 0")
        try:
            _wait_for_lock(driver, monotonic() + busy_timeout_ms / 1000)
            if not driver.in_transaction:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            driver.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")

    return begin


def _wait_for_lock(driver: SqliteConnection, deadline_s: float) -> None:
    """Begin as soon as nobody else writes; not at all in time, or where something else is wrong."""
    while not driver.in_transaction:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except SqliteError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or monotonic() >= deadline_s:
                return
            sleep(LOCK_INTERVAL_S)


@contextmanager
def telling_transients(engine: Engine) -> Iterator[None]:
    """Turn what a database says that may pass into Transient; for those who use the engine without ``writing``."""
    try:
        yield
    except OperationalError as error:
        name, reason = Path(engine.url.database or "").name, str(error.orig)
        if is_postgresql(engine) and _is_cut(error):
            # Nobody knows how a commit ended whose answer was cut off. Whatever is written has a key of its own.
            told = f"the connection to {name} was cut ({reason}); try again, what was written is not written twice"
            raise Transient(told) from error
        if not _is_transient(error):
            raise
        raise Transient(f"{name} did not take a transaction ({reason}); nothing changed; try again") from error


def _is_cut(error: OperationalError) -> bool:
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None


def _is_transient(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(_TRANSIENT_STATES) or any(known in str(error.orig) for known in _TRANSIENT_REASONS)
