"""What the catalogue keeps besides entities: see the functions below, one for each subject.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add each subject's tables and columns."""
