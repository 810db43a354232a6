"""What people decide about who is who: merges and splits of artists and recordings, and their undoing.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables of corrections, whose rows never change."""
    op.create_table(
        "corrections",
        Column("id", Text, primary_key=True),
        Column("kind", Text, CheckConstraint("kind IN ('merge', 'split')", name="kind_is_known"), nullable=False),
        Column(
            "target_kind",
            Text,
            CheckConstraint("target_kind IN ('artist', 'recording')", name="target_kind_is_shared"),
            nullable=False,
        ),
        Column("target_id", Text, nullable=False, index=True),
        Column("into_id", Text, nullable=False, index=True),
        Column("anchors", Text, nullable=False),
        _given("decided_by"),
        Column("decided_at", Text, nullable=False),
        _given("reason"),
        CheckConstraint("target_id <> into_id", name="means_another"),
    )
    op.create_table(
        "correction_undos",
        Column("correction_id", Text, ForeignKey("corrections.id"), primary_key=True),
        _given("undone_by"),
        Column("undone_at", Text, nullable=False),
    )
    for table in ("corrections", "correction_undos"):
        _protect_rows(table)


def _given(column: str) -> Column[str]:
    return Column(column, Text, CheckConstraint(f"{column} <> ''", name=f"{column}_is_given"), nullable=False)


def _protect_rows(table: str) -> None:
    """Let triggers refuse every change and deletion of a table's rows; PostgreSQL has the function of 0001."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
