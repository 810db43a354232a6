"""What happened in an installation, asked of its database in plain SQL: shares no code with what is checked."""

import contextlib
import sqlite3
from collections import Counter
from typing import Any

import psycopg
from sqlalchemy import Engine


def ask(record: Engine, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, over a connection of its own; the workflow engine's tables go by bare names."""
    if record.dialect.name == "sqlite":
        with contextlib.closing(sqlite3.connect(str(record.url.database), isolation_level=None)) as file:
            return file.execute(sql).fetchall()
    address = record.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, options="-c search_path=public,dbos") as server:
        cursor = server.execute(sql)
        return cursor.fetchall() if cursor.description is not None else []


def ask_column(record: Engine, sql: str) -> set[Any]:
    """Return the distinct values of a query's one column."""
    return {value for (value,) in ask(record, sql)}


def effects_of(record: Engine) -> dict[str, object]:
    """Return what happened, without what differs from run to run (times, order). Versions of changes have no gap."""
    changes = ask(record, "SELECT version, kind, entity_id, delivery_id FROM changes ORDER BY version")
    assert [row[0] for row in changes] == list(range(1, len(changes) + 1))
    return {
        "changes": Counter(row[1:] for row in changes),
        "entities": sorted(ask(record, "SELECT kind, id FROM entities")),
        "timeline": Counter(ask(record, "SELECT delivery_id, stage FROM timeline")),
        "findings": Counter(ask(record, "SELECT delivery_id, rule, file, line, got FROM findings")),
        "media": sorted(ask(record, "SELECT source, body FROM media")),
    }
