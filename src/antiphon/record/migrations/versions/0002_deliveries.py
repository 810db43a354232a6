"""What everything a provider can send needs in the record: choreography, agreements, uploads, waivers, indexes.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and columns, one function per subject."""
