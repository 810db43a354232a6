"""Bring a record's tables to the form this version needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from antiphon.record.engine import is_postgresql, writing

MIGRATIONS = Path(__file__).parent / "migrations"

VERSION_TABLE = "record_migrations"
"""Named after the record, since workflow state keeps its own migrations in the same database."""

_MIGRATION_LOCK = 7_201_884_611
"""The PostgreSQL advisory lock of whoever migrates; any number that nothing else in the database takes."""


def migrate(engine: Engine) -> None:
    """Create or upgrade the record's tables in one transaction; nothing happens if they are already so.

    Safe to call from several processes at once. Tables that are not the record's are left alone.
    """
    with writing(engine) as connection:
        if is_postgresql(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        command.upgrade(make_config(connection), "head")


def schema_version(connection: Connection) -> str | None:
    """Return the id of the newest migration applied; None: the database holds no record yet."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def make_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection whose transaction the caller owns."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
