"""The tables of publication beside ``publications``: what stopped it, who let it go on, and what each version held."""

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table, Text

from antiphon.record.tables import metadata, one_of


class HoldKind(StrEnum):
    """What stopped publication."""

    GATE = "gate"
    """A version that swings too far, or that no node could read."""
    OPERATOR = "operator"
    ROLLBACK = "rollback"
    """Nodes were brought back to an older version, and stay there until somebody has mended what was wrong."""
    RECOVERY = "recovery"
    """The record was older than the store, and what nodes serve is being brought back to what the record holds."""


publication_holds = Table(
    "publication_holds",
    metadata,
    # Holds count from 1 without a gap, and the next begins when the one before was resumed: one holds at a time.
    Column(
        "number",
        Integer,
        CheckConstraint("number >= 1", name="number_counts_from_1"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("kind", Text, nullable=False),
    Column("held_by", Text, CheckConstraint("held_by <> ''", name="held_by_is_given"), nullable=False),
    Column("held_at", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    # The version that was not announced: its number, its segment and what it would have followed. Segment and parent
    # are empty where there is nothing that could be announced as it is.
    Column("version", BigInteger, CheckConstraint("version >= 1", name="version_counts_from_1"), nullable=False),
    Column("segment", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("record_version", BigInteger, nullable=False),
    # What the gate found, as JSON, and what the version's totals would have been.
    Column("report", Text, nullable=False),
    Column("totals", LargeBinary, nullable=False),
    one_of("kind", HoldKind),
)

publication_resumes = Table(
    "publication_resumes",
    metadata,
    # A hold is resumed once.
    Column("hold", Integer, ForeignKey("publication_holds.number"), primary_key=True, autoincrement=False),
    Column("resumed_by", Text, CheckConstraint("resumed_by <> ''", name="resumed_by_is_given"), nullable=False),
    Column("resumed_at", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    # Whether the held version was announced as it was, past the gate.
    Column("is_accepted", Boolean, nullable=False),
)

publication_totals = Table(
    "publication_totals",
    metadata,
    # What the whole catalogue came to with a version: the newest, and one for each ten minutes of the last days.
    Column("version", BigInteger, ForeignKey("publications.version"), primary_key=True, autoincrement=False),
    Column("announced_at", Text, nullable=False, index=True),
    # Whether somebody accepted the version as it is: swings are measured from there on.
    Column("is_accepted", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
