"""The order of a provider's statements about one release: the last one counts."""

import re
from datetime import UTC, datetime

import msgspec

from antiphon.model.delivery import Delivery
from antiphon.model.statement import Statement

_TIMESTAMP = re.compile(r"(?<![0-9])(?:20[0-9]{12})(?:[0-9]{3})?$")
"""A batch or folder timestamp, YYYYMMDDhhmmss with or without milliseconds, at the end of a name. Source: formats 6."""


class StatementOrder(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What two statements about one release are compared by; the greater one is newer.

    ``created_at``: when the sender says the message was made, an instant in UTC; ``arranged_at``: the timestamp of its
    batch or folder, digits, empty if there is none; ``receipt``: in which order we accepted them.
    """

    created_at: str
    arranged_at: str
    receipt: int

    @property
    def digits(self) -> str:
        """The same as digits of one length: as text they sort as statements do, in any database and collation."""
        created = "".join(filter(str.isdigit, self.created_at))
        return f"{created:0<20}{self.arranged_at:0<17}{self.receipt:019}"


def order_statement(statement: Statement, delivery: Delivery) -> StatementOrder:
    """Return a statement's place in the order of its release.

    A creation time without a zone counts as UTC; where there is none that can be read, the time of receipt counts.
    Source: formats 4.
    """
    created = statement.header.created
    created_at = _read_instant(created.text) if created is not None else None
    return StatementOrder(
        created_at=created_at or _read_instant(delivery.received_at) or "",
        arranged_at=_find_timestamp(delivery),
        receipt=delivery.receipt,
    )


def _read_instant(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (ValueError, OverflowError):
        return None


def _find_timestamp(delivery: Delivery) -> str:
    """Return the timestamp of the batch, else of the release folder, padded to milliseconds; empty: neither has one."""
    folder = delivery.message.path.rpartition("/")[0].rpartition("/")[2]
    for name in (delivery.batch, folder):
        found = _TIMESTAMP.search(name)
        if found:
            return found[0].ljust(17, "0")
    return ""
