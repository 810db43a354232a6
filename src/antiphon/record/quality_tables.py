"""The tables of data quality: the score of each release whenever it changed, and what they came to each day."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from antiphon.record.tables import metadata

quality_scores = Table(
    "quality_scores",
    metadata,
    # No reference to the album: what its quality was stays, whatever becomes of it.
    Column("album_id", Text, CheckConstraint("length(album_id) = 22", name="album_id_is_whole"), nullable=False),
    Column("number", Integer, CheckConstraint("number >= 1", name="number_counts_from_1"), nullable=False),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    Column("release_key", Text, nullable=False),
    # The delivery that made it so; null: a decision did.
    Column("delivery_id", Text, ForeignKey("deliveries.id")),
    Column("measured_at", Text, nullable=False),
    # The day it counts from: that of measured_at, but never one that is over in quality_days.
    Column("day", Text, nullable=False, index=True),
    Column("policy_version", Integer, nullable=False),
    # False: the release was purged, and counts no more.
    Column("is_counted", Boolean, nullable=False),
    Column(
        "score_bp", Integer, CheckConstraint("score_bp BETWEEN 0 AND 10000", name="score_is_a_share"), nullable=False
    ),
    # JSON: of each dimension how many are there, of how many, and the basis points lost.
    Column("counts", Text, nullable=False),
    # The score of a release now is the one of its highest number.
    PrimaryKeyConstraint("album_id", "number"),
    Index("ix_quality_scores_provider_score_bp", "provider", "score_bp"),
)

quality_days = Table(
    "quality_days",
    metadata,
    Column("day", Text, nullable=False),
    Column("provider", Text, ForeignKey("providers.id"), nullable=False),
    # The day after, which is the first that is still open.
    Column("next_day", Text, CheckConstraint("next_day > day", name="next_day_follows"), nullable=False),
    Column("releases", BigInteger, CheckConstraint("releases >= 0", name="releases_are_counted"), nullable=False),
    Column(
        "points_bp", BigInteger, CheckConstraint("points_bp <= releases * 10000", name="points_fit"), nullable=False
    ),
    Column("counts", Text, nullable=False),
    # What a provider's releases came to when a day was over.
    PrimaryKeyConstraint("day", "provider"),
)
