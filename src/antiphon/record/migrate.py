"""Bring a record's tables to the form this version needs."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from antiphon.record.engine import is_postgresql, reading, writing

MIGRATIONS = Path(__file__).parent / "migrations"

NEWEST_REVISION = "0005"
"""The last of ``migrations/versions``; a test holds the two together. Written here, since every command that opens a
record asks whether there is anything to do, and Alembic alone takes longer to import than most of them run."""

VERSION_TABLE = "record_migrations"
"""Named after the record, since workflow state keeps its own migrations in the same database."""

_MIGRATION_LOCK = 7_201_884_611
"""The PostgreSQL advisory lock of whoever migrates; any number that nothing else in the database takes."""


def migrate(engine: Engine) -> None:
    """Create or upgrade the record's tables in one transaction; nothing is locked or loaded if they are already so.

    Safe to call from several processes at once. Tables that are not the record's are left alone.
    """
    with reading(engine) as connection:
        if schema_version(connection) == NEWEST_REVISION:
            return
    with writing(engine) as connection:
        if is_postgresql(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        _upgrade(connection)


def schema_version(connection: Connection) -> str | None:
    """Return the id of the newest migration applied; None: the database holds no record yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the transaction of the caller."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST_REVISION)
