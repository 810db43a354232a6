"""The table of erasures: which deliveries are to be destroyed, by which decision, and when they were."""

from sqlalchemy import Column, ForeignKey, Table, Text

from antiphon.record.tables import metadata

erasures = Table(
    "erasures",
    metadata,
    # A delivery is erased once. Its row is what lets the body of its statement be emptied, and nothing else of it.
    Column("delivery_id", Text, ForeignKey("deliveries.id"), primary_key=True),
    Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False),
    # When its bytes were gone; null: they are still to be destroyed.
    Column("erased_at", Text),
)
