"""What has been announced to nodes: the compare-and-set that makes the order of versions."""

import msgspec
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from antiphon.model.errors import Refused
from antiphon.record.tables import publications


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """One announced version. ``parent`` is the segment of the version before, empty for the first.

    ``record_version`` is the change up to which the version holds everything. The bytes nodes read are determined by
    these fields, so anybody may write them again.
    """

    version: int
    segment: str
    parent: str
    record_version: int
    announced_at: str


def announced_head(conn: Connection) -> Announced | None:
    """Return the newest announced version; None: nothing was announced yet."""
    return next(iter(list_publications(conn, 1)), None)


def list_publications(conn: Connection, limit: int) -> tuple[Announced, ...]:
    """Return announced versions, newest first, at most ``limit``."""
    query = select(publications).order_by(publications.c.version.desc()).limit(limit)
    return tuple(_read_announced(row) for row in conn.execute(query))


def announce(conn: Connection, announced: Announced) -> None:
    """Announce a version, if its number and parent still follow the newest one.

    Raises: Refused where another publisher was faster: look at the new head and begin again.
    """
    newest = announced_head(conn)
    expected = (newest.version + 1, newest.segment) if newest is not None else (1, "")
    if (announced.version, announced.parent) != expected:
        raise _overtaken(announced, expected[0])
    try:
        with conn.begin_nested():
            conn.execute(insert(publications).values(msgspec.structs.asdict(announced)))
    except IntegrityError as error:
        raise _overtaken(announced, expected[0]) from error


def _overtaken(announced: Announced, expected: int) -> Refused:
    return Refused(
        "PublicationOvertaken",
        f"version {announced.version} does not follow the newest one, whose successor is {expected}; look again",
    )


def _read_announced(row: Row[tuple[int, str, str, int, str]]) -> Announced:
    return Announced(
        version=row.version,
        segment=row.segment,
        parent=row.parent,
        record_version=row.record_version,
        announced_at=row.announced_at,
    )
