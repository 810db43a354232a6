"""The index of the play lake: one SQLite file of its own, and its tables with their invariants."""

from pathlib import Path

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
)

from antiphon.model.errors import Refused
from antiphon.plays.counting import Exclusion
from antiphon.record import open_record, writing

SCHEMA_VERSION = 1
"""The form of the tables below, kept in the file as ``user_version``; 0 is a file without tables."""

BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for the one before it: a full batch takes some 20 ms; a client that is told to try again
loses nothing."""

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
    engine = open_record(URL.create("sqlite", database=str(path)), busy_timeout_ms=BUSY_TIMEOUT_MS)
    try:
        with writing(engine) as conn:
            _make_tables(conn, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make_tables(conn: Connection, path: Path) -> None:
    found = conn.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > SCHEMA_VERSION:
        known = f"this version of Antiphon knows {SCHEMA_VERSION}"
        raise Refused("DatabaseTooNew", f"{path} has schema version {found}; {known}: upgrade Antiphon")
    if found < SCHEMA_VERSION:
        metadata.create_all(conn)
        conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
