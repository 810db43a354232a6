"""What has been announced to nodes: the compare-and-set that makes the order of versions, and what stops it."""

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from antiphon.model.errors import Broken, Refused
from antiphon.record.publication_holds import find_hold
from antiphon.record.tables import changes, counters, publications

_LOCK = update(counters).where(counters.c.name == "publication").values(value=counters.c.value)
_NEWEST = select(publications).order_by(publications.c.version.desc())
_ANNOUNCE = insert(publications)


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


def lock_publication(conn: Connection) -> None:
    """Lock what announces, holds and resumes until the transaction ends: whoever does any of them does this first."""
    if conn.execute(_LOCK).rowcount != 1:
        raise Broken("the record has no lock of publication; it was not made by this program's migrations")


def announced_head(conn: Connection) -> Announced | None:
    """Return the newest announced version; None: nothing was announced yet."""
    return next(iter(list_publications(conn, 1)), None)


def find_publication(conn: Connection, version: int) -> Announced | None:
    """Return an announced version; None: there is none of this number."""
    row = conn.execute(select(publications).where(publications.c.version == version)).one_or_none()
    return _read_announced(row) if row is not None else None


def list_publications(conn: Connection, limit: int) -> tuple[Announced, ...]:
    """Return announced versions, newest first, at most ``limit``."""
    return tuple(_read_announced(row) for row in conn.execute(_NEWEST.limit(limit)))


def list_publications_after(conn: Connection, version: int, limit: int) -> tuple[Announced, ...]:
    """Return the announced versions after one, oldest first, at most ``limit``."""
    query = select(publications).where(publications.c.version > version).order_by(publications.c.version).limit(limit)
    return tuple(_read_announced(row) for row in conn.execute(query))


def deliveries_between(conn: Connection, after: int, through: int) -> tuple[str, ...]:
    """Return the deliveries whose last change is one of those after a change and up to another, in order."""
    last = func.max(changes.c.version)
    query = (
        select(changes.c.delivery_id)
        .where(changes.c.version > after, changes.c.version <= through, changes.c.delivery_id.is_not(None))
        .group_by(changes.c.delivery_id)
        .order_by(last)
    )
    # Changes of one delivery stand together, so that the next change says whether one goes on.
    following = select(changes.c.delivery_id).where(changes.c.version == through + 1)
    goes_on = conn.execute(following).scalar_one_or_none()
    return tuple(delivery for delivery in conn.execute(query).scalars() if delivery != goes_on)


def announce(conn: Connection, announced: Announced, *, under_hold: int = 0) -> None:
    """Announce a version, if its number and parent still follow the newest one, and nothing holds publication.

    ``under_hold`` is the number of a hold that is to let it through.
    Raises: Refused where another publisher was faster (look at the new head and begin again), or publication is held.
    """
    lock_publication(conn)
    hold = find_hold(conn)
    if hold is not None and hold.number != under_hold:
        raise Refused(
            "PublicationHeld",
            f"publication is held by {hold.held_by} since {hold.held_at[:19]}Z: {hold.reason}; "
            "`antiphon publication status` says more, `antiphon publication resume` ends it",
        )
    newest = announced_head(conn)
    expected = (newest.version + 1, newest.segment) if newest is not None else (1, "")
    if (announced.version, announced.parent) != expected:
        raise Refused(
            "PublicationOvertaken",
            f"version {announced.version} does not follow the newest one, whose successor is {expected[0]}; look again",
        )
    conn.execute(_ANNOUNCE, msgspec.structs.asdict(announced))


def adopt(conn: Connection, announced: Announced) -> None:
    """Add a version that the store has announced already, as it is there: the record had lost it.

    Raises: Refused where it does not follow the newest one the record has.
    """
    newest = announced_head(conn)
    expected = (newest.version + 1, newest.segment) if newest is not None else (1, "")
    if (announced.version, announced.parent) != expected:
        raise Refused(
            "StoreForked",
            f"version {announced.version} in the store follows segment {announced.parent[:12]!r}; the record's version "
            f"{expected[0] - 1} is segment {expected[1][:12]!r}: the two belong to different installations; "
            "check ANTIPHON_BLOBS_URL and which record was restored",
        )
    conn.execute(_ANNOUNCE, msgspec.structs.asdict(announced))


def _read_announced(row: Row[tuple[int, str, str, int, str]]) -> Announced:
    return Announced(
        version=row.version,
        segment=row.segment,
        parent=row.parent,
        record_version=row.record_version,
        announced_at=row.announced_at,
    )
