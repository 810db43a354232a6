"""The tables of corrections: what people decided about who is who."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text

from antiphon.record.tables import metadata

corrections = Table(
    "corrections",
    metadata,
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
    # JSON: what a split moves, provider and anchor of each.
    Column("anchors", Text, nullable=False),
    Column("decided_by", Text, CheckConstraint("decided_by <> ''", name="decided_by_is_given"), nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    CheckConstraint("target_id <> into_id", name="means_another"),
)

correction_undos = Table(
    "correction_undos",
    metadata,
    # A correction is undone once; correcting again is a new one.
    Column("correction_id", Text, ForeignKey("corrections.id"), primary_key=True),
    Column("undone_by", Text, CheckConstraint("undone_by <> ''", name="undone_by_is_given"), nullable=False),
    Column("undone_at", Text, nullable=False),
)
