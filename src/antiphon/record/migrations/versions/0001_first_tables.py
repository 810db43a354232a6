"""The first tables of the record, its one head row and its receipt counter, and the triggers of append-only tables.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

APPEND_ONLY = (
    "timeline",
    "findings",
    "statements",
    "applied_statements",
    "resources",
    "links",
    "decisions",
    "decision_undos",
    "changes",
    "publications",
)


def upgrade() -> None:
    """Give the record everything a delivery needs on its way in, and a publication on its way out."""
    create_head()
    create_callers()
    create_deliveries()
    create_timeline()
    create_statements()
    create_links()
    create_catalogue()
    create_decisions()
    create_changes()
    op.execute("INSERT INTO head (id, version) VALUES (1, 0)")
    op.execute("INSERT INTO counters (name, value) VALUES ('receipt', 0)")
    for table in APPEND_ONLY:
        protect_rows(table)


def one_of(column: str, values: str) -> CheckConstraint:
    """Return the constraint that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values.split())
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def protect_rows(table: str) -> None:
    """Let triggers refuse every change and deletion of a table's rows."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
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


def create_head() -> None:
    """Create the tables of what the writers lock and count with."""
    op.create_table(
        "head",
        Column("id", Integer, CheckConstraint("id = 1", name="is_alone"), primary_key=True, autoincrement=False),
        Column("version", BigInteger, CheckConstraint("version >= 0", name="version_counts_up"), nullable=False),
    )
    op.create_table(
        "counters",
        Column("name", Text, primary_key=True),
        Column("value", BigInteger, CheckConstraint("value >= 0", name="value_counts_up"), nullable=False),
    )


def create_callers() -> None:
    """Create the tables of who delivers and who calls."""
    op.create_table(
        "providers",
        Column("id", Text, CheckConstraint("id <> ''", name="id_is_given"), primary_key=True),
        Column("name", Text, nullable=False),
        Column("added_at", Text, nullable=False),
    )
    op.create_table(
        "provider_parties",
        Column("dpid", Text, primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
    )
    op.create_table(
        "clients",
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column(
            "secret_hash", Text, CheckConstraint("length(secret_hash) = 64", name="secret_is_hashed"), nullable=False
        ),
        Column("tier", Text, nullable=False),
        Column("roles", Text, nullable=False),
        Column("provider", Text, ForeignKey("providers.id")),
        Column("is_disabled", Boolean, nullable=False),
        Column("added_at", Text, nullable=False),
    )


def create_deliveries() -> None:
    """Create the tables of deliveries."""
    op.create_table(
        "deliveries",
        Column("id", Text, primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("batch", Text, nullable=False),
        Column("message_id", Text, nullable=False),
        Column("message_created", Text, nullable=False),
        Column("content_hash", Text, nullable=False),
        Column("message_path", Text, nullable=False),
        Column("message_blob", Text, nullable=False),
        Column("message_size_bytes", BigInteger, nullable=False),
        Column("received_at", Text, nullable=False),
        Column("receipt", BigInteger, CheckConstraint("receipt >= 1", name="receipt_counts_from_1"), nullable=False),
        UniqueConstraint("provider", "message_id", "content_hash"),
        UniqueConstraint("receipt"),
        Index("ix_deliveries_provider_receipt", "provider", "receipt"),
    )
    op.create_table(
        "delivery_files",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
        Column("path", Text, nullable=False),
        Column("blob", Text, nullable=False),
        Column("size_bytes", BigInteger, CheckConstraint("size_bytes >= 0", name="size_is_real"), nullable=False),
        PrimaryKeyConstraint("delivery_id", "path"),
    )


def create_timeline() -> None:
    """Create the tables of how deliveries fare."""
    op.create_table(
        "timeline",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
        Column("position", Integer, CheckConstraint("position >= 1", name="position_counts_from_1"), nullable=False),
        Column("stage", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("elapsed_ms", BigInteger),
        Column("detail", Text, nullable=False),
        one_of("stage", "accepted read checked rendered committed live held rejected superseded"),
        PrimaryKeyConstraint("delivery_id", "position"),
    )
    op.create_table(
        "findings",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
        Column("position", Integer, nullable=False),
        Column("rule", Text, nullable=False),
        Column("severity", Text, nullable=False),
        Column("file", Text, nullable=False),
        Column("line", Integer, nullable=False),
        Column("path", Text, nullable=False),
        Column("got", Text, nullable=False),
        Column("expected", Text, nullable=False),
        Column("fix", Text, nullable=False),
        Column("message", Text, nullable=False),
        one_of("severity", "fatal hold warn note"),
        PrimaryKeyConstraint("delivery_id", "position"),
    )


def create_statements() -> None:
    """Create the tables of what deliveries say."""
    op.create_table(
        "statements",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("release_key", Text, CheckConstraint("release_key <> ''", name="release_key_is_given"), nullable=False),
        Column("body_format", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
    )
    op.create_table(
        "applied_statements",
        Column("delivery_id", Text, ForeignKey("statements.delivery_id"), primary_key=True),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("release_key", Text, CheckConstraint("release_key <> ''", name="release_key_is_given"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("created_at", Text, nullable=False),
        Column("arranged_at", Text, nullable=False),
        Column("receipt", BigInteger, nullable=False),
        one_of("kind", "new_release purge"),
        UniqueConstraint("delivery_id", "provider", "release_key"),
        Index("ix_applied_statements_provider_release_key", "provider", "release_key"),
    )
    op.create_table(
        "current_statements",
        Column("provider", Text, nullable=False),
        Column("release_key", Text, nullable=False),
        Column("delivery_id", Text, nullable=False, unique=True),
        PrimaryKeyConstraint("provider", "release_key"),
        ForeignKeyConstraint(
            ["delivery_id", "provider", "release_key"],
            ["applied_statements.delivery_id", "applied_statements.provider", "applied_statements.release_key"],
            name="fk_current_statements_applied",
        ),
    )


def create_links() -> None:
    """Create the tables of what deliveries brought and what it means."""
    op.create_table(
        "resources",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
        Column("reference", Text, nullable=False),
        Column("provider", Text, nullable=False),
        Column("anchor", Text, nullable=False),
        Column("source", Text),
        PrimaryKeyConstraint("delivery_id", "reference"),
        Index("ix_resources_provider_anchor", "provider", "anchor"),
    )
    op.create_table(
        "media",
        Column("source", Text, primary_key=True),
        Column("policy_version", Integer, nullable=False),
        Column("body_format", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
    )
    op.create_table(
        "links",
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("anchor", Text, CheckConstraint("anchor <> ''", name="anchor_is_given"), nullable=False),
        Column("entity_id", Text, CheckConstraint("length(entity_id) = 22", name="entity_id_is_whole"), nullable=False),
        Column("score", Float, CheckConstraint("score > 0 AND score <= 1", name="score_is_a_share"), nullable=False),
        Column("reasons", Text, nullable=False),
        Column("policy_version", Integer, nullable=False),
        Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
        Column("position", BigInteger, CheckConstraint("position >= 1", name="position_counts_from_1"), nullable=False),
        UniqueConstraint("position"),
        one_of("kind", "artist album track recording"),
        PrimaryKeyConstraint("provider", "kind", "anchor"),
        Index("ix_links_kind_anchor", "kind", "anchor"),
        Index("ix_links_entity_id", "entity_id"),
    )


def create_catalogue() -> None:
    """Create the tables of what the catalogue function made of it."""
    op.create_table(
        "entities",
        Column("id", Text, CheckConstraint("length(id) = 22", name="id_is_whole"), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("body_format", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        one_of("kind", "artist album track recording"),
    )
    op.create_table(
        "album_tracks",
        Column("track_id", Text, CheckConstraint("length(track_id) = 22", name="track_id_is_whole"), primary_key=True),
        Column("album_id", Text, ForeignKey("entities.id"), nullable=False, index=True),
        Column("recording_id", Text, nullable=False, index=True),
    )
    op.create_table(
        "contributions",
        Column("album_id", Text, ForeignKey("entities.id"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("entity_id", Text, nullable=False),
        Column("delivery_id", Text, ForeignKey("applied_statements.delivery_id"), nullable=False),
        Column("is_leading", Boolean, nullable=False),
        Column("body_format", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        CheckConstraint("kind IN ('recording', 'artist')", name="kind_is_shared"),
        PrimaryKeyConstraint("album_id", "kind", "entity_id"),
        Index("ix_contributions_entity_id", "entity_id"),
    )
    op.create_table(
        "identifiers",
        Column("scheme", Text, nullable=False),
        Column("value", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("entity_id", Text, nullable=False),
        Column("album_id", Text, ForeignKey("entities.id"), nullable=False, index=True),
        one_of("kind", "artist album track recording"),
        PrimaryKeyConstraint("scheme", "value", "kind", "entity_id", "album_id"),
    )


def create_decisions() -> None:
    """Create the tables of what was decided by hand."""
    op.create_table(
        "decisions",
        Column("id", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("target_kind", Text, nullable=False),
        Column("target_id", Text, nullable=False, index=True),
        Column("territories", Text, nullable=False),
        Column("decided_by", Text, CheckConstraint("decided_by <> ''", name="decided_by_is_given"), nullable=False),
        Column("decided_at", Text, nullable=False),
        Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
        one_of("kind", "takedown"),
        one_of("target_kind", "artist album track recording"),
    )
    op.create_table(
        "decision_undos",
        Column("decision_id", Text, ForeignKey("decisions.id"), primary_key=True),
        Column("undone_by", Text, CheckConstraint("undone_by <> ''", name="undone_by_is_given"), nullable=False),
        Column("undone_at", Text, nullable=False),
    )


def create_changes() -> None:
    """Create the tables of what changed and what was announced."""
    op.create_table(
        "changes",
        Column(
            "version",
            BigInteger,
            CheckConstraint("version >= 1", name="version_counts_from_1"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("kind", Text, nullable=False),
        Column("entity_id", Text, nullable=False, index=True),
        Column("changed_at", Text, nullable=False),
        Column("delivery_id", Text, ForeignKey("deliveries.id"), index=True),
        Column("decision_id", Text, ForeignKey("decisions.id")),
        one_of("kind", "artist album track recording"),
        CheckConstraint("delivery_id IS NULL OR decision_id IS NULL", name="has_one_cause"),
    )
    op.create_table(
        "publications",
        Column(
            "version",
            BigInteger,
            CheckConstraint("version >= 1", name="version_counts_from_1"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("segment", Text, nullable=False),
        Column("parent", Text, nullable=False),
        Column("record_version", BigInteger, nullable=False),
        Column("announced_at", Text, nullable=False),
    )
