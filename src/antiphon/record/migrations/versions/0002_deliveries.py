"""What everything a provider can send needs in the record: choreography, agreements, uploads, waivers, indexes.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns, one function per subject."""
    _add_choreography()
    _add_knowledge_indexes()
    _add_agreements()
    _add_goalie()
    _add_turns()
    _add_uploads()


def _add_knowledge_indexes() -> None:
    op.create_index("ix_resources_source", "resources", ["source"])
    op.create_index("ix_statements_provider_release_key", "statements", ["provider", "release_key"])


def _given(column: str) -> CheckConstraint:
    """Return the constraint that a text is not empty."""
    return CheckConstraint(f"{column} <> ''", name=f"{column}_is_given")


def _add_agreements() -> None:
    op.create_table(
        "represented_parties",
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("dpid", Text, _given("dpid"), nullable=False, index=True),
        PrimaryKeyConstraint("provider", "dpid"),
    )
    op.create_table(
        "agreements",
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("version", Integer, CheckConstraint("version >= 1", name="version_counts_from_1"), nullable=False),
        Column("policy", Text, nullable=False),
        Column("decided_by", Text, _given("decided_by"), nullable=False),
        Column("decided_at", Text, nullable=False),
        Column("reason", Text, _given("reason"), nullable=False),
        PrimaryKeyConstraint("provider", "version"),
    )
    _protect_rows("agreements")


def _add_goalie() -> None:
    op.create_table(
        "waivers",
        Column("id", Text, primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
        Column("rule", Text, _given("rule"), nullable=False),
        Column("release_key", Text, nullable=False),
        Column("waived_by", Text, _given("waived_by"), nullable=False),
        Column("waived_at", Text, nullable=False),
        Column("until", Text, nullable=False),
        Column("reason", Text, _given("reason"), nullable=False),
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    )
    op.create_table(
        "waiver_undos",
        Column("waiver_id", Text, ForeignKey("waivers.id"), primary_key=True),
        Column("undone_by", Text, _given("undone_by"), nullable=False),
        Column("undone_at", Text, nullable=False),
    )
    op.create_table(
        "audit",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("done_at", Text, nullable=False),
        Column("done_by", Text, _given("done_by"), nullable=False),
        Column("action", Text, nullable=False),
        Column("provider", Text, nullable=False, index=True),
        Column("subject", Text, nullable=False, index=True),
        Column("detail", Text, nullable=False),
    )
    is_hold = text("stage = 'held'")
    op.create_index("ix_timeline_held", "timeline", ["at"], sqlite_where=is_hold, postgresql_where=is_hold)
    for table in ("waivers", "waiver_undos", "audit"):
        _protect_rows(table)


def _add_turns() -> None:
    op.create_table(
        "turns",
        Column("provider", Text, ForeignKey("providers.id"), primary_key=True),
        Column("newest", BigInteger, CheckConstraint("newest >= 1", name="newest_counts_from_1"), nullable=False),
    )
    op.create_table(
        "update_counts",
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("day", Text, nullable=False),
        Column("updates", BigInteger, CheckConstraint("updates >= 0", name="updates_count_up"), nullable=False),
        PrimaryKeyConstraint("provider", "day"),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('turn', 0)")


def _add_uploads() -> None:
    op.create_table(
        "upload_completions",
        Column("id", Text, primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("answer", Text, nullable=False),
        Column("completed_at", Text, nullable=False),
    )
    op.create_table(
        "uploads",
        Column("id", Text, primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
        Column("client_id", Text, nullable=False),
        Column("path", Text, _given("path"), nullable=False),
        Column("size_bytes", BigInteger, CheckConstraint("size_bytes >= 0", name="size_is_real"), nullable=False),
        Column("sha256", Text, nullable=False),
        Column("created_at", Text, nullable=False),
        Column("expires_at", Text, nullable=False, index=True),
        Column("completion_id", Text, ForeignKey("upload_completions.id")),
    )


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


def _add_choreography() -> None:
    op.create_table(
        "arrivals",
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("is_test", sa.Boolean, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("arrived_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "source", "place"),
    )
    op.create_table(
        "taken_units",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("taken_at", sa.Text, nullable=False),
        sa.Column(
            "problem_count",
            sa.Integer,
            sa.CheckConstraint("problem_count >= 0", name="problems_count_up"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("source", "unit", "fingerprint"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, sa.CheckConstraint("name <> ''", name="name_is_given"), nullable=False),
        sa.Column("delivery_id", sa.Text, sa.ForeignKey("deliveries.id")),
        sa.Column("position", sa.Integer),
        sa.Column("finding_count", sa.Integer),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("queued_at", sa.Text, nullable=False),
        sa.Column("sent_at", sa.Text),
        sa.Column("tries", sa.BigInteger, sa.CheckConstraint("tries >= 0", name="tries_count_up"), nullable=False),
        sa.CheckConstraint("(delivery_id IS NULL) <> (body IS NULL)", name="tells_one_thing"),
        sa.PrimaryKeyConstraint("source", "name"),
        sa.Index("ix_acknowledgements_delivery_id", "delivery_id"),
        sa.Index(
            "ix_acknowledgements_unsent",
            "source",
            "queued_at",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )
