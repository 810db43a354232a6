"""The table of clients' API keys, beside that of the clients."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from antiphon.record.tables import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("client_id", Text, ForeignKey("clients.id"), nullable=False),
    Column("name", Text, CheckConstraint("name <> ''", name="name_is_given"), nullable=False),
    Column("key_hash", Text, CheckConstraint("length(key_hash) = 64", name="key_is_hashed"), nullable=False),
    Column("made_at", Text, nullable=False),
    # Null: it holds. Once revoked, nothing of a key changes any more, and its name is not given again.
    Column("revoked_at", Text),
    PrimaryKeyConstraint("client_id", "name"),
    UniqueConstraint("key_hash"),
)
