"""The tables of what was agreed with providers: parties, policies, waivers, turns; and of who did what by hand."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from antiphon.record.tables import metadata, timeline

represented_parties = Table(
    "represented_parties",
    metadata,
    # A party's DPID, which its provider may name as SentOnBehalfOf. A label may be with two distributors at a time.
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("dpid", Text, CheckConstraint("dpid <> ''", name="dpid_is_given"), nullable=False, index=True),
    PrimaryKeyConstraint("provider", "dpid"),
)

agreements = Table(
    "agreements",
    metadata,
    # Every version of a provider's policy, as JSON of the room of rules; the newest holds.
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("version", Integer, CheckConstraint("version >= 1", name="version_counts_from_1"), nullable=False),
    Column("policy", Text, nullable=False),
    Column("decided_by", Text, CheckConstraint("decided_by <> ''", name="decided_by_is_given"), nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    PrimaryKeyConstraint("provider", "version"),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
    Column("rule", Text, CheckConstraint("rule <> ''", name="rule_is_given"), nullable=False),
    # Empty: whatever the provider's deliveries are about.
    Column("release_key", Text, nullable=False),
    Column("waived_by", Text, CheckConstraint("waived_by <> ''", name="waived_by_is_given"), nullable=False),
    Column("waived_at", Text, nullable=False),
    # Exclusive; empty: until it is undone.
    Column("until", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_is_given"), nullable=False),
    # The held delivery that was the occasion.
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
)

waiver_undos = Table(
    "waiver_undos",
    metadata,
    # A waiver is undone once; waiving again is a new waiver.
    Column("waiver_id", Text, ForeignKey("waivers.id"), primary_key=True),
    Column("undone_by", Text, CheckConstraint("undone_by <> ''", name="undone_by_is_given"), nullable=False),
    Column("undone_at", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Who did what by hand, in the order it was done.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("done_at", Text, nullable=False),
    Column("done_by", Text, CheckConstraint("done_by <> ''", name="done_by_is_given"), nullable=False),
    Column("action", Text, nullable=False),
    # Whom it concerns, and what: the id of a delivery, a client, a waiver, or a version of an agreement.
    Column("provider", Text, nullable=False, index=True),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", Text, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    # The newest turn a provider's deliveries have in the queue; the counter "turn" says how far the queue has come.
    Column("provider", Text, ForeignKey("providers.id"), primary_key=True),
    Column("newest", BigInteger, CheckConstraint("newest >= 1", name="newest_counts_from_1"), nullable=False),
)

update_counts = Table(
    "update_counts",
    metadata,
    # How many messages a provider sent on a day (UTC) about releases that were known already.
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("day", Text, nullable=False),
    Column("updates", BigInteger, CheckConstraint("updates >= 0", name="updates_count_up"), nullable=False),
    PrimaryKeyConstraint("provider", "day"),
)

Index(
    # Small, since few are held: the list of what waits for a person is asked for often.
    "ix_timeline_held",
    timeline.c.at,
    sqlite_where=text("stage = 'held'"),
    postgresql_where=text("stage = 'held'"),
)
