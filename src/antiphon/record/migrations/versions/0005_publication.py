"""What publication keeps besides announced versions: see the functions below, one for each subject.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

from antiphon.record.triggers import protect_rows, refuse_rows

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add each subject's tables and columns."""
    _add_publication_control()
    _add_clients()


def _add_publication_control() -> None:
    """Keep what stopped publication, who let it go on, and what the catalogue came to with each version."""
    op.create_table(
        "publication_holds",
        Column(
            "number",
            Integer,
            CheckConstraint("number >= 1", name="number_counts_from_1"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("kind", Text, nullable=False),
        _given("held_by"),
        Column("held_at", Text, nullable=False),
        _given("reason"),
        Column("version", BigInteger, CheckConstraint("version >= 1", name="version_counts_from_1"), nullable=False),
        Column("segment", Text, nullable=False),
        Column("parent", Text, nullable=False),
        Column("record_version", BigInteger, nullable=False),
        Column("report", Text, nullable=False),
        Column("totals", LargeBinary, nullable=False),
        CheckConstraint("kind IN ('gate', 'operator', 'rollback', 'recovery')", name="kind_is_known"),
    )
    op.create_table(
        "publication_resumes",
        Column("hold", Integer, ForeignKey("publication_holds.number"), primary_key=True, autoincrement=False),
        _given("resumed_by"),
        Column("resumed_at", Text, nullable=False),
        _given("reason"),
        Column("is_accepted", Boolean, nullable=False),
    )
    op.create_table(
        "publication_totals",
        Column("version", BigInteger, ForeignKey("publications.version"), primary_key=True, autoincrement=False),
        Column("announced_at", Text, nullable=False, index=True),
        Column("is_accepted", Boolean, nullable=False),
        Column("body", LargeBinary, nullable=False),
    )
    for table in ("publication_holds", "publication_resumes"):
        protect_rows(table)
    refuse_rows(
        "publication_holds",
        "INSERT",
        "NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM publication_resumes WHERE hold = NEW.number - 1)",
        "one hold at a time: the one before was not resumed",
    )
    # Whoever announces, holds or resumes locks this row first.
    op.execute("INSERT INTO counters (name, value) VALUES ('publication', 0)")


def _given(name: str) -> Column[str]:
    return Column(name, Text, CheckConstraint(f"{name} <> ''", name=f"{name}_is_given"), nullable=False)


def _add_clients() -> None:
    """Keep clients' API keys, and let a change of a client be a change like others: so nodes learn of it.

    SQLite cannot change a constraint, and the table has a row for every change there ever was: see 0004.
    """
    op.create_table(
        "api_keys",
        Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
        _given("name"),
        Column("key_hash", Text, CheckConstraint("length(key_hash) = 64", name="key_is_hashed"), nullable=False),
        Column("made_at", Text, nullable=False),
        Column("revoked_at", Text),
        PrimaryKeyConstraint("client_id", "name"),
        UniqueConstraint("key_hash"),
    )
    kept = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("client_id", "name", "key_hash", "made_at"))
    refuse_rows("api_keys", "UPDATE", f"{kept} OR OLD.revoked_at IS NOT NULL", "a key is revoked once, nothing else")
    refuse_rows("api_keys", "DELETE", "TRUE", "a key stays, revoked")
    before = "kind IN ('artist', 'album', 'track', 'recording', 'work')"
    after = "kind IN ('artist', 'album', 'track', 'recording', 'work', 'client')"
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_changes_kind_is_known"), "changes")
        op.create_check_constraint(op.f("ck_changes_kind_is_known"), "changes", after)
        return
    connection = op.get_bind()
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    connection.execute(
        text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = 'changes'"),
        {"before": before, "after": after},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")
