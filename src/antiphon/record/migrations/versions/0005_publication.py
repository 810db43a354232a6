"""What publication keeps besides announced versions: see the functions below, one for each subject.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add each subject's tables and columns."""
