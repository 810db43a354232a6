"""What earlier deliveries of a release brought, for rules that cannot judge a message by itself."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from antiphon.identity import match_release, release_keys
from antiphon.model.delivery import Delivery
from antiphon.model.statement import Statement
from antiphon.record.links import RecordedLinks
from antiphon.record.tables import deliveries, delivery_files, statements


class EarlierDeliveries(msgspec.Struct, frozen=True, kw_only=True):
    """Whether other deliveries of the release were read, and the files they brought (path -> size in bytes)."""

    is_known_release: bool
    files: Mapping[str, int]


def find_earlier(connection: Connection, delivery: Delivery, statement: Statement) -> EarlierDeliveries:
    """Return what the provider's other deliveries of the same release brought; of two files of one path, the newest.

    Deliveries that were read count, applied or not: two of one release may be in hand at a time, in any order.
    """
    keys = {match_release(delivery.provider, statement, RecordedLinks(connection)), *release_keys(statement)}
    query = (
        select(deliveries.c.id, delivery_files.c.path, delivery_files.c.size_bytes)
        .join(statements, statements.c.delivery_id == deliveries.c.id)
        .outerjoin(delivery_files, delivery_files.c.delivery_id == deliveries.c.id)
        .where(
            statements.c.provider == delivery.provider,
            statements.c.release_key.in_(sorted(keys)),
            statements.c.delivery_id != delivery.id,
        )
        .order_by(deliveries.c.receipt)
    )
    rows = connection.execute(query).all()
    return EarlierDeliveries(
        is_known_release=bool(rows), files={row.path: row.size_bytes for row in rows if row.path is not None}
    )
