"""The tables of how deliveries came and what their senders are told: arrivals, what sources gave, acknowledgements."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from antiphon.record.tables import metadata

arrivals = Table(
    "arrivals",
    metadata,
    # Where a delivery came from, once for each place it lay at: one that is sent again is answered there too.
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("place", Text, nullable=False),
    # In which words its sender is answered, and whether its batch says that it is only a test.
    Column("generation", Text, nullable=False),
    Column("is_test", Boolean, nullable=False),
    # What is known of its batch, as JSON of the room of rules; empty: it came without one.
    Column("facts", Text, nullable=False),
    Column("arrived_at", Text, nullable=False),
    PrimaryKeyConstraint("delivery_id", "source", "place"),
)

taken_units = Table(
    "taken_units",
    metadata,
    # A batch or release folder of a source, as it lay there when all of it was accepted or refused.
    Column("source", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("taken_at", Text, nullable=False),
    Column("problem_count", Integer, CheckConstraint("problem_count >= 0", name="problems_count_up"), nullable=False),
    # One that changed since is looked at again; one that did not is taken once.
    PrimaryKeyConstraint("source", "unit", "fingerprint"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    # An answer that a sender is owed, queued in the transaction of what it tells.
    Column("source", Text, nullable=False),
    Column("name", Text, CheckConstraint("name <> ''", name="name_is_given"), nullable=False),
    # What it tells: a delivery as its timeline stood then, or bytes, where a delivery never came about.
    Column("delivery_id", Text, ForeignKey("deliveries.id")),
    Column("position", Integer),
    Column("finding_count", Integer),
    Column("generation", Text, nullable=False),
    Column("body", LargeBinary),
    Column("queued_at", Text, nullable=False),
    Column("sent_at", Text),
    Column("tries", BigInteger, CheckConstraint("tries >= 0", name="tries_count_up"), nullable=False),
    CheckConstraint("(delivery_id IS NULL) <> (body IS NULL)", name="tells_one_thing"),
    # A name is used once in a source, so that writing it again after a crash replaces the same answer by itself.
    PrimaryKeyConstraint("source", "name"),
    Index("ix_acknowledgements_delivery_id", "delivery_id"),
    Index(
        "ix_acknowledgements_unsent",
        "source",
        "queued_at",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
)
