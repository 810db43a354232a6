"""The one form a time has in the record: text that sorts as time does."""

from datetime import UTC, datetime

from antiphon.model.errors import Broken


def format_instant(moment: datetime) -> str:
    """Return an aware time as "2026-11-22T10:00:00.000000Z". Raises: Broken for a time without a zone (ours to fix)."""
    if moment.tzinfo is None:
        raise Broken(f"{moment.isoformat()} says no zone; times inside are aware")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
