"""The tables of uploads: files a provider is sending in pieces, and what became of them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Table, Text

from antiphon.record.tables import metadata

upload_completions = Table(
    "upload_completions",
    metadata,
    # Follows from the uploads it names, so that a repeated completion is the same one.
    Column("id", Text, primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    # What the provider was told, as JSON.
    Column("answer", Text, nullable=False),
    Column("completed_at", Text, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False, index=True),
    Column("client_id", Text, nullable=False),
    # Where the file belongs in its delivery; how long it is; its SHA-256 in hex, empty where the sender gave none.
    Column("path", Text, CheckConstraint("path <> ''", name="path_is_given"), nullable=False),
    Column("size_bytes", BigInteger, CheckConstraint("size_bytes >= 0", name="size_is_real"), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    # Every byte that arrives puts it off; what lies here longer is abandoned, and its bytes go.
    Column("expires_at", Text, nullable=False, index=True),
    # Null until it is part of a delivery; its bytes in the staging folder are then no longer needed.
    Column("completion_id", Text, ForeignKey("upload_completions.id")),
)
