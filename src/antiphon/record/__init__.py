"""The system of record."""

from antiphon.record.engine import open_record, reading, writing
from antiphon.record.migrate import migrate

__all__ = ["migrate", "open_record", "reading", "writing"]
