"""Triggers, for migrations: what the database refuses, whoever asks, where a column's own constraint cannot say it.

Both functions say the same to SQLite and to PostgreSQL, whose refusals reach the caller alike, as integrity errors.
Migrations that were released call them: what they make may be added to, and never changes.
"""

from alembic import op


def protect_rows(table: str) -> None:
    """Let triggers refuse every change and deletion of a table's rows.

    PostgreSQL has the function of 0001, whose refusal was no integrity error yet.
    """
    if _is_postgresql():
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        protect_table(table)
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def protect_table(table: str) -> None:
    """Let a trigger refuse that PostgreSQL empties a table at once, which asks no row's trigger."""
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def refuse_rows(table: str, action: str, when: str, told: str) -> None:
    """Let a trigger refuse an INSERT, UPDATE or DELETE of the rows of which ``when`` holds, and say ``told``.

    ``when`` is an SQL condition on ``NEW`` and ``OLD``. It may ask tables, and sees the rows that the same statement
    has written already. One trigger for an action of a table: put what is to be refused together with OR.
    """
    name = f"{table}_checks_{action.lower()}"
    if not _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{told}'); END"
        )
        return
    row = "OLD" if action == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
        f"RAISE EXCEPTION '{told}' USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
