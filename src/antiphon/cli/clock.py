"""The only clock there is. Everything below the shell is given the time."""

import time
from datetime import UTC, datetime


def read_clock() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


read_seconds = time.time
"""Returns the time now in seconds since the epoch: for a node's reads, which have no time for a calendar."""
