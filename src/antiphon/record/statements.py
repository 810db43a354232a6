"""What deliveries say: every statement as it was read, the order they were applied in, and the current ones."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, bindparam, desc, insert, select, update

from antiphon.catalogue import CurrentStatement, StatementOrder, withdraw_deals
from antiphon.model.errors import Broken
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.media import resolve_media
from antiphon.record.tables import applied_statements, current_statements, deliveries, statements

_NEWEST_FIRST = (
    desc(applied_statements.c.created_at),
    desc(applied_statements.c.arranged_at),
    desc(applied_statements.c.receipt),
)

# Built once, since every delivery makes them: see ``entries``.
_IS_KEPT = select(statements.c.delivery_id).where(statements.c.delivery_id == bindparam("delivery_id"))
_KEEP = insert(statements).from_select(
    list(statements.c), select(*(bindparam(c.name, type_=c.type) for c in statements.c)).where(~_IS_KEPT.exists())
)
_APPLY, _ADD_CURRENT = insert(applied_statements), insert(current_statements)
_FIND = select(statements.c.body, statements.c.body_format).where(statements.c.delivery_id == bindparam("delivery"))
_APPLIED_KEY = select(applied_statements.c.release_key).where(applied_statements.c.delivery_id == bindparam("delivery"))
_IS_APPLIED = (
    applied_statements.c.provider == bindparam("of_provider"),
    applied_statements.c.release_key == bindparam("of_key"),
)
_IS_CURRENT = (
    current_statements.c.provider == bindparam("of_provider"),
    current_statements.c.release_key == bindparam("of_key"),
)
_NEWEST = (
    select(applied_statements.c.delivery_id, current_statements.c.delivery_id.label("current"))
    .outerjoin(
        current_statements,
        (current_statements.c.provider == applied_statements.c.provider)
        & (current_statements.c.release_key == applied_statements.c.release_key),
    )
    .where(*_IS_APPLIED)
    .order_by(*_NEWEST_FIRST)
    .limit(1)
)
_CHANGE_CURRENT = update(current_statements).where(*_IS_CURRENT).values(delivery_id=bindparam("newest"))
_SAID = select(applied_statements, statements.c.body, statements.c.body_format).join(
    statements, statements.c.delivery_id == applied_statements.c.delivery_id
)
_CURRENT = _SAID.join(current_statements, current_statements.c.delivery_id == applied_statements.c.delivery_id).where(
    *_IS_CURRENT
)
_NEWEST_OF_KIND = (
    _SAID.where(*_IS_APPLIED, applied_statements.c.kind == bindparam("of_kind")).order_by(*_NEWEST_FIRST).limit(1)
)
_CURRENT_CREATED = (
    select(deliveries.c.message_created)
    .join(current_statements, current_statements.c.delivery_id == deliveries.c.id)
    .where(*_IS_CURRENT)
)


def store_statement(conn: Connection, delivery_id: str, provider: str, release_key: str, statement: Statement) -> bool:
    """Keep what a delivery says; False: it was kept before, and stays as it was.

    ``release_key`` is the strongest key in the message.
    """
    row = {"delivery_id": delivery_id, "provider": provider, "release_key": release_key}
    return conn.execute(_KEEP, row | {"body_format": BODY_FORMAT, "body": encode_body(statement)}).rowcount == 1


def load_statement(conn: Connection, delivery_id: str) -> Statement:
    """Return what a delivery says. Raises: Broken if its message was not read yet."""
    statement = find_statement(conn, delivery_id)
    if statement is None:
        raise Broken(f"delivery {delivery_id} has no statement; it is used before it was read")
    return statement


def find_statement(conn: Connection, delivery_id: str) -> Statement | None:
    """Return what a delivery says; None: its message was not read, or could not be."""
    row = conn.execute(_FIND, {"delivery": delivery_id}).one_or_none()
    return decode_body(row.body, row.body_format, Statement) if row is not None and row.body else None


def add_applied(
    conn: Connection, delivery_id: str, provider: str, release_key: str, kind: MessageKind, order: StatementOrder
) -> None:
    """Record that a delivery's statement is about a release, and where it stands in the order of its statements."""
    row = {"delivery_id": delivery_id, "provider": provider, "release_key": release_key, "kind": kind.value}
    conn.execute(_APPLY, row | msgspec.structs.asdict(order))


def find_applied_key(conn: Connection, delivery_id: str) -> str | None:
    """Return the key of the release a delivery was applied to; None: it was not applied yet."""
    return conn.execute(_APPLIED_KEY, {"delivery": delivery_id}).scalar_one_or_none()


def choose_current(conn: Connection, provider: str, release_key: str) -> str:
    """Make the newest applied statement of a release its current one and return the delivery it is from."""
    release = {"of_provider": provider, "of_key": release_key}
    found = conn.execute(_NEWEST, release).one_or_none()
    if found is None:
        raise Broken(f"no statement was applied to {release_key} of {provider}; there is none to choose")
    newest: str = found.delivery_id
    if found.current is None:
        conn.execute(_ADD_CURRENT, {"provider": provider, "release_key": release_key, "delivery_id": newest})
    elif found.current != newest:
        conn.execute(_CHANGE_CURRENT, release | {"newest": newest})
    return newest


def load_current(conn: Connection, provider: str, release_key: str) -> CurrentStatement | None:
    """Return what counts for a release now, with its media; None: nothing describes it (it was purged before it came,
    or is erased).

    After a purge the newest description counts with nothing granted, in the name of the purge's delivery.
    """
    release = {"of_provider": provider, "of_key": release_key}
    row = conn.execute(_CURRENT, release).one_or_none()
    if row is None:
        return None
    is_purged = row.kind == MessageKind.PURGE
    newest = release | {"of_kind": MessageKind.NEW_RELEASE.value}
    described = conn.execute(_NEWEST_OF_KIND, newest).one_or_none() if is_purged else row
    if described is None or not described.body:
        return None
    statement = decode_body(described.body, described.body_format, Statement)
    return CurrentStatement(
        provider=provider,
        release_key=release_key,
        delivery_id=row.delivery_id,
        order=StatementOrder(created_at=row.created_at, arranged_at=row.arranged_at, receipt=row.receipt),
        statement=withdraw_deals(statement) if is_purged else statement,
        media=resolve_media(conn, provider, described.delivery_id),
        is_purged=is_purged,
        described_by=described.delivery_id,
    )


def find_current_created(conn: Connection, provider: str, release_key: str) -> str:
    """Return when the message that counts for a release now says it was created, as written; empty: none counts yet."""
    return conn.execute(_CURRENT_CREATED, {"of_provider": provider, "of_key": release_key}).scalar_one_or_none() or ""


def list_current_keys(conn: Connection) -> Iterator[tuple[str, str]]:
    """Yield the (provider, release key) of every release that has a current statement, in order."""
    query = select(current_statements.c.provider, current_statements.c.release_key).order_by(
        current_statements.c.provider, current_statements.c.release_key
    )
    for row in conn.execute(query).all():
        yield row.provider, row.release_key
