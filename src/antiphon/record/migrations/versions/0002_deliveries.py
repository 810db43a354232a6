"""What everything a provider can send needs in the record: choreography, agreements, uploads, waivers, indexes.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns, one function per subject."""
    _add_knowledge_indexes()


def _add_knowledge_indexes() -> None:
    op.create_index("ix_resources_source", "resources", ["source"])
