"""Stars: set, taken away, listed newest first."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine, delete, func, insert, select

from antiphon.listeners.database import open_database, reading, stars, writing
from antiphon.model.errors import Broken, Refused

STARS_PER_LISTENER_MAX = 10_000
"""stars; a lifetime's favourites, and 1 MB at most for whoever stars by machine."""

_ID = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)


class Star(msgspec.Struct, frozen=True, kw_only=True):
    """One star. ``starred_at`` is an ISO 8601 instant in UTC. ``number`` is the cursor of the page after it."""

    track_id: str
    starred_at: str
    number: int


class Stars:
    """The stars of all listeners, on one database. Any number of threads and processes may use it at a time.

    Every method raises Refused (the caller's fault) for what is no id; Transient where the database is stuck or full.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def star(self, listener_id: str, track_id: str, now: datetime) -> bool:
        """Star a track and tell whether it was not starred before; if it was, nothing changes.

        Raises: Refused (the listener's fault) beyond ``STARS_PER_LISTENER_MAX``.
        """
        _check_ids(listener_id, track_id)
        if now.tzinfo is None:
            raise Broken(f"{now.isoformat()} says no zone; times inside are aware")
        with writing(self._engine) as conn:
            of_listener = stars.c.listener_id == listener_id
            if conn.execute(select(stars.c.number).where(of_listener, stars.c.track_id == track_id)).first():
                return False
            count, newest = conn.execute(select(func.count(), func.max(stars.c.number)).where(of_listener)).one()
            if count >= STARS_PER_LISTENER_MAX:
                raise Refused("TooManyStars", f"{count} tracks are starred, the most there can be; unstar some first")
            conn.execute(
                insert(stars).values(
                    listener_id=listener_id,
                    number=(newest or 0) + 1,
                    track_id=track_id,
                    starred_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                )
            )
        return True

    def unstar(self, listener_id: str, track_id: str) -> bool:
        """Take a star away and tell whether there was one."""
        _check_ids(listener_id, track_id)
        with writing(self._engine) as conn:
            of_track = (stars.c.listener_id == listener_id, stars.c.track_id == track_id)
            return conn.execute(delete(stars).where(*of_track)).rowcount == 1

    def find_star(self, listener_id: str, track_id: str) -> Star | None:
        """Return the listener's star on a track; None: there is none."""
        _check_ids(listener_id, track_id)
        of_track = (stars.c.listener_id == listener_id, stars.c.track_id == track_id)
        with reading(self._engine) as conn:
            row = conn.execute(select(stars.c.track_id, stars.c.starred_at, stars.c.number).where(*of_track)).first()
        return _read_star(row.track_id, row.starred_at, row.number) if row is not None else None

    def list_stars(self, listener_id: str, *, limit: int, before: int | None = None) -> tuple[Star, ...]:
        """Return a listener's stars, newest first, at most ``limit``. ``before``: only those of a lower number."""
        _check_ids(listener_id)
        query = select(stars.c.track_id, stars.c.starred_at, stars.c.number).where(stars.c.listener_id == listener_id)
        if before is not None:
            query = query.where(stars.c.number < before)
        with reading(self._engine) as conn:
            rows = conn.execute(query.order_by(stars.c.number.desc()).limit(limit)).all()
        return tuple(_read_star(row.track_id, row.starred_at, row.number) for row in rows)

    def close(self) -> None:
        """Give the database's files back."""
        self._engine.dispose()


def open_stars(path: Path) -> Stars:
    """Return the stars kept in the listeners' database at ``path``. Raises: Refused, Transient as ``open_database``."""
    return Stars(open_database(path))


def _check_ids(*ids: str) -> None:
    wrong = next((text for text in ids if not _ID.fullmatch(text)), None)
    if wrong is not None:
        raise Refused("InvalidId", f"got the id {wrong[:64]!r}; expected 1 to 64 letters, digits, dots, - or _")


def _read_star(track_id: str, starred_at: str, number: int) -> Star:
    return Star(track_id=track_id, starred_at=starred_at, number=number)
