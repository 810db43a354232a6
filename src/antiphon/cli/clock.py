"""The only clock there is. Everything below the shell is given the time."""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)
