"""Which blobs deliveries brought: the only bytes in a store that others choose."""

from collections.abc import Collection
from itertools import islice

from sqlalchemy import Connection, select

from antiphon.record.tables import deliveries, delivery_files

BLOBS_AT_ONCE = 500
"""How many blobs one query names: below every limit of either database."""


def find_delivered(conn: Connection, blobs: Collection[str]) -> set[str]:
    """Return those of some blobs that a delivery brought, as a file or as its message."""
    left, found = iter(sorted(blobs)), set[str]()
    while asked := list(islice(left, BLOBS_AT_ONCE)):
        found.update(conn.execute(select(delivery_files.c.blob).where(delivery_files.c.blob.in_(asked))).scalars())
        found.update(
            conn.execute(select(deliveries.c.message_blob).where(deliveries.c.message_blob.in_(asked))).scalars()
        )
    return found
