"""The bell that rings when a delivery was put into the queue, so that a worker need not ask all the time.

The workflow engine looks into a queue at an interval and cannot be told to look now. Looking often keeps an idle
machine busy; looking seldom makes every sender wait. So the engine's loop is given this to wait on: with deliveries in
hand it looks often, for there may be more; otherwise it sleeps until the database says that something was written.
SQLite tells by a counter that is read without a transaction, PostgreSQL by a notification that comes with the commit.
Should the bell be broken the loop still looks at its interval, so a delivery is late and never forgotten.
"""

import contextlib
import select
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import psycopg
from sqlalchemy import Connection, Engine, text

from antiphon.record.engine import is_postgresql

CHANNEL = "antiphon_deliveries"
"""The channel of PostgreSQL on which deliveries are announced."""

BUSY_INTERVAL_S = 0.05
"""How often a worker with deliveries in hand looks for more: as two of those it has in hand take, so that it does not
run out and yet takes up two at a time. A look costs as much as a tenth of a delivery."""

LOOK_INTERVAL_S = 0.02
"""How often an idle worker reads SQLite's counter of changes: some microseconds each time."""


def ring_bell(connection: Connection) -> None:
    """Announce, if the caller's transaction commits, that a delivery was put into the queue."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Bell(threading.Event):
    """An event that is set when the worker is to stop; ``wait`` also returns, with False, when a delivery may wait.

    Whoever waits does so on one thread, within ``listening``. ``is_busy`` tells whether deliveries are in hand.
    """

    def __init__(self, engine: Engine, is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._engine = engine
        self._is_busy = is_busy
        self._listener: _Listener | None = None
        self._sleeper, self._waker = socket.socketpair()
        self._sleeper.settimeout(0)
        self._waker.settimeout(0)

    def set(self) -> None:
        """Say that the worker is to stop, and end the wait."""
        super().set()
        self.wake()

    def wake(self) -> None:
        """End a wait, so that the queue is looked into."""
        with contextlib.suppress(BlockingIOError, OSError):
            self._waker.send(b"!")

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen to the database while the block runs."""
        try:
            yield
        finally:
            self._stop_listening()
            self._sleeper.close()
            self._waker.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until there may be work, the worker is to stop, or the time (seconds) is up; tell whether to stop."""
        if self._is_busy():
            return super().wait(BUSY_INTERVAL_S)
        deadline_s = time.monotonic() + (timeout or 0.0)
        while not self.is_set() and (left_s := deadline_s - time.monotonic()) > 0:
            if self._sleep(left_s):
                break
        return self.is_set()

    def _sleep(self, seconds: float) -> bool:
        """Sleep for a while; tell whether there is a reason to look into the queue, such as beginning to listen."""
        try:
            listener = self._listener
            if listener is None:
                self._listener = _listen(self._engine)
                return True
            select.select([self._sleeper.fileno(), *listener.sockets], [], [], min(seconds, listener.interval_s))
            return listener.has_rung() or self._was_woken()
        except (sqlite3.Error, psycopg.Error):
            self._stop_listening()
            return super().wait(seconds)

    def _was_woken(self) -> bool:
        try:
            return bool(self._sleeper.recv(64))
        except BlockingIOError:
            return False

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class _Listener(Protocol):
    """What a database tells of deliveries. ``sockets`` become readable when it has something to say."""

    sockets: tuple[int, ...]
    interval_s: float

    def has_rung(self) -> bool:
        """Tell whether something was written since this was asked the last time, or since listening began."""
        ...

    def close(self) -> None: ...


class _FileListener:
    """Reads the counter of a SQLite file that changes with each commit of another connection."""

    sockets: tuple[int, ...] = ()
    interval_s = LOOK_INTERVAL_S

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._seen = self._read_version()

    def has_rung(self) -> bool:
        before, self._seen = self._seen, self._read_version()
        return self._seen != before

    def close(self) -> None:
        self._connection.close()

    def _read_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class _ServerListener:
    """Listens to PostgreSQL's notifications on a connection of its own."""

    interval_s = 3_600.0

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")
        self.sockets: tuple[int, ...] = (self._connection.fileno(),)

    def has_rung(self) -> bool:
        return len(list(self._connection.notifies(timeout=0))) > 0

    def close(self) -> None:
        self._connection.close()


def _listen(engine: Engine) -> _Listener:
    if is_postgresql(engine):
        return _ServerListener(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    return _FileListener(engine.url.database or "")
