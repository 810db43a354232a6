"""The tables of decisions: one for all of them, one of what was taken back, and one of what is still being applied."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint, Table, Text

from antiphon.model.decisions import DecisionKind, TargetKind
from antiphon.record.tables import metadata, one_of

decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False, index=True),
    Column("target_kind", Text, nullable=False),
    # An entity's id or a provider's: what a delivery is about is looked up here.
    Column("target_id", Text, nullable=False, index=True),
    # What a merge or split leads to, for the index; null: it is neither.
    Column("into_id", Text, index=True),
    # JSON: the effect, with all that it names.
    Column("effect", Text, nullable=False),
    # Nobody decides without a name and a reason.
    Column("decided_by", Text, CheckConstraint("decided_by <> ''", name="decided_by_is_given"), nullable=False),
    Column("decided_at", Text, nullable=False, index=True),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    # When it ends by itself, exclusive; null: when it is undone.
    Column("until", Text),
    one_of("kind", DecisionKind),
    one_of("target_kind", TargetKind),
    CheckConstraint("into_id <> target_id", name="means_another"),
    CheckConstraint("(kind IN ('merge', 'split')) = (into_id IS NOT NULL)", name="leads_somewhere"),
    CheckConstraint("until > decided_at", name="ends_later"),
    CheckConstraint("until IS NULL OR kind IN ('takedown', 'geoblock', 'hold')", name="may_end"),
)

decision_undos = Table(
    "decision_undos",
    metadata,
    # A decision is undone once; deciding again is a new decision.
    Column("decision_id", Text, ForeignKey("decisions.id"), primary_key=True),
    Column("undone_by", Text, CheckConstraint("undone_by <> ''", name="undone_by_is_given"), nullable=False),
    Column("undone_at", Text, nullable=False),
)

unfinished_decisions = Table(
    "unfinished_decisions",
    metadata,
    # A decision, or its undo, that bears on more releases than one transaction builds anew.
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False),
    Column("is_undo", Boolean, nullable=False),
    # The last release that is done, in the order of provider and key; and when, so that it is seen to be abandoned.
    Column("provider", Text, nullable=False),
    Column("release_key", Text, nullable=False),
    Column("worked_at", Text, nullable=False),
    PrimaryKeyConstraint("decision_id", "is_undo"),
)
