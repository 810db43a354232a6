"""The tables of the record, with its invariants as constraints. ``migrations`` creates them; a test compares the two.

Portable types only: text, numbers, blobs. Times that are compared are instants in UTC of one form
(``2026-11-22T10:00:00.000000Z``), so that text order is time order. Bodies are written and read by ``bodies`` alone.
"""

from collections.abc import Iterable

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
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from antiphon.model.delivery import Stage
from antiphon.model.entities import RECORDED_KINDS
from antiphon.model.findings import Severity
from antiphon.model.statement import MessageKind

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

APPEND_ONLY = (
    "deliveries",
    "delivery_files",
    "arrivals",
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
    "publication_holds",
    "publication_resumes",
    "agreements",
    "waivers",
    "waiver_undos",
    "audit",
    "quality_scores",
    "quality_days",
)
"""Tables whose rows are facts that happened: triggers refuse to change or delete one, whoever asks."""


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return the constraint that a column holds one of the words of an enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


head = Table(
    "head",
    metadata,
    # There is one head row; who changes the catalogue locks it first, and version is the newest change's.
    Column("id", Integer, CheckConstraint("id = 1", name="is_alone"), primary_key=True, autoincrement=False),
    Column("version", BigInteger, CheckConstraint("version >= 0", name="version_counts_up"), nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, CheckConstraint("value >= 0", name="value_counts_up"), nullable=False),
)

providers = Table(
    "providers",
    metadata,
    Column("id", Text, CheckConstraint("id <> ''", name="id_is_given"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

provider_parties = Table(
    "provider_parties",
    metadata,
    # A DPID speaks for one provider, so that a message has one owner at most.
    Column("dpid", Text, primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
)

clients = Table(
    "clients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, CheckConstraint("length(secret_hash) = 64", name="secret_is_hashed"), nullable=False),
    Column("tier", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("provider", Text, ForeignKey("providers.id")),
    Column("is_disabled", Boolean, nullable=False),
    Column("added_at", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
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
    # The same message with the same files is one delivery, however often it arrives.
    UniqueConstraint("provider", "message_id", "content_hash"),
    # A receipt number orders two deliveries that claim one time, so no two have the same.
    UniqueConstraint("receipt"),
    Index("ix_deliveries_provider_receipt", "provider", "receipt"),
)

delivery_files = Table(
    "delivery_files",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("size_bytes", BigInteger, CheckConstraint("size_bytes >= 0", name="size_is_real"), nullable=False),
    # A path names one file of its delivery.
    PrimaryKeyConstraint("delivery_id", "path"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    Column("position", Integer, CheckConstraint("position >= 1", name="position_counts_from_1"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("elapsed_ms", BigInteger),
    Column("detail", Text, nullable=False),
    one_of("stage", Stage),
    # Entries are in the order they happened, without a gap.
    PrimaryKeyConstraint("delivery_id", "position"),
)

findings = Table(
    "findings",
    metadata,
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
    one_of("severity", Severity),
    PrimaryKeyConstraint("delivery_id", "position"),
)

statements = Table(
    "statements",
    metadata,
    # A delivery says one thing.
    Column("delivery_id", Text, ForeignKey("deliveries.id"), primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    # The strongest key in the message; applied_statements says which release it came to be about.
    Column("release_key", Text, CheckConstraint("release_key <> ''", name="release_key_is_given"), nullable=False),
    Column("body_format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_statements_provider_release_key", "provider", "release_key"),
)

applied_statements = Table(
    "applied_statements",
    metadata,
    Column("delivery_id", Text, ForeignKey("statements.delivery_id"), primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("release_key", Text, CheckConstraint("release_key <> ''", name="release_key_is_given"), nullable=False),
    Column("kind", Text, nullable=False),
    # The order of statements about one release: created_at, then arranged_at, then receipt.
    Column("created_at", Text, nullable=False),
    Column("arranged_at", Text, nullable=False),
    Column("receipt", BigInteger, nullable=False),
    one_of("kind", MessageKind),
    # current_statements refers to it, so that what is current for a key is a statement of that key.
    UniqueConstraint("delivery_id", "provider", "release_key"),
    Index("ix_applied_statements_provider_release_key", "provider", "release_key"),
)

current_statements = Table(
    "current_statements",
    metadata,
    Column("provider", Text, nullable=False),
    Column("release_key", Text, nullable=False),
    Column("delivery_id", Text, nullable=False, unique=True),
    # One statement of a provider about a release is current: its newest.
    PrimaryKeyConstraint("provider", "release_key"),
    ForeignKeyConstraint(
        ["delivery_id", "provider", "release_key"],
        ["applied_statements.delivery_id", "applied_statements.provider", "applied_statements.release_key"],
        name="fk_current_statements_applied",
    ),
)

resources = Table(
    "resources",
    metadata,
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    Column("reference", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    # The content hash of the file this delivery brought for the resource; null: it brought none.
    Column("source", Text),
    # A reference names one resource of its message.
    PrimaryKeyConstraint("delivery_id", "reference"),
    Index("ix_resources_provider_anchor", "provider", "anchor"),
    # Which recordings a file's bytes were delivered for.
    Index("ix_resources_source", "source"),
)

media = Table(
    "media",
    metadata,
    # What a file's bytes came to does not depend on who delivered them, so it is kept once.
    Column("source", Text, primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("body_format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("anchor", Text, CheckConstraint("anchor <> ''", name="anchor_is_given"), nullable=False),
    Column("entity_id", Text, CheckConstraint("length(entity_id) = 22", name="entity_id_is_whole"), nullable=False),
    Column("score", Float, CheckConstraint("score > 0 AND score <= 1", name="score_is_a_share"), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("delivery_id", Text, ForeignKey("deliveries.id"), nullable=False),
    # The order of linking, without a gap: given out under the head row's lock.
    Column("position", BigInteger, CheckConstraint("position >= 1", name="position_counts_from_1"), nullable=False),
    UniqueConstraint("position"),
    one_of("kind", RECORDED_KINDS),
    # What one provider means by one anchor is one entity, forever.
    PrimaryKeyConstraint("provider", "kind", "anchor"),
    Index("ix_links_kind_anchor", "kind", "anchor"),
    Index("ix_links_entity_id", "entity_id"),
)

entities = Table(
    "entities",
    metadata,
    # An id means one thing, whatever kind one asks for.
    Column("id", Text, CheckConstraint("length(id) = 22", name="id_is_whole"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("body_format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    one_of("kind", RECORDED_KINDS),
)

album_tracks = Table(
    "album_tracks",
    metadata,
    # A track is on one album.
    Column("track_id", Text, CheckConstraint("length(track_id) = 22", name="track_id_is_whole"), primary_key=True),
    Column("album_id", Text, ForeignKey("entities.id"), nullable=False, index=True),
    Column("recording_id", Text, nullable=False, index=True),
)

contributions = Table(
    "contributions",
    metadata,
    # What an album says of the recordings, works and artists on it; shared entities show the newest of these.
    Column("album_id", Text, ForeignKey("entities.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    # The statement it is from, and its place in the order of statements; whether the album itself is by this artist.
    Column("delivery_id", Text, ForeignKey("applied_statements.delivery_id"), nullable=False),
    Column("statement_order", Text, nullable=False),
    Column("is_leading", Boolean, nullable=False),
    Column("body_format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('recording', 'artist', 'work')", name="kind_is_shared"),
    PrimaryKeyConstraint("album_id", "kind", "entity_id"),
    # The newest of one entity is the last of its own, on however many albums it is.
    Index("ix_contributions_entity_id_statement_order", "entity_id", "statement_order"),
)

identifiers = Table(
    "identifiers",
    metadata,
    # Every identifier of the catalogue, in its normal form, and whom it names: an ISRC names recordings and tracks.
    Column("scheme", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("album_id", Text, ForeignKey("entities.id"), nullable=False, index=True),
    one_of("kind", RECORDED_KINDS),
    PrimaryKeyConstraint("scheme", "value", "kind", "entity_id", "album_id"),
)

changes = Table(
    "changes",
    metadata,
    # Versions count from 1 without a gap: they are given out under the head row's lock.
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
    # What caused the change: a delivery or a decision, never both.
    Column("delivery_id", Text, ForeignKey("deliveries.id"), index=True),
    Column("decision_id", Text, ForeignKey("decisions.id")),
    one_of("kind", (*RECORDED_KINDS, "client")),
    CheckConstraint("delivery_id IS NULL OR decision_id IS NULL", name="has_one_cause"),
)

publications = Table(
    "publications",
    metadata,
    # A version number is announced once: of two publishers with one number, the second is refused.
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
