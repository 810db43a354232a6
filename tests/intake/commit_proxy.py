"""A proxy in front of PostgreSQL that cuts a connection at COMMIT: before the server hears it, or before we do."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator
from enum import Enum

COMMIT = b"COMMIT\0"
"""How a client commits: the text of a simple query. Source: PostgreSQL frontend/backend protocol 3, Query."""

COMMITTED = b"C\0\0\0\x0bCOMMIT\0"
"""How the server says that it did: CommandComplete."""

PIECE_BYTES = 65_536


class Cut(Enum):
    """Where a commit is cut off."""

    BEFORE = "the server never hears of it"
    AFTER = "it is done, and nobody is told"


class CommitProxy:
    """Asks ``choose`` at each commit of a transaction that wrote ``written``; None lets it through."""

    def __init__(self, server: tuple[str, int], written: bytes, choose: Callable[[], Cut | None]) -> None:
        self._server = server
        self._written = written
        self._choose = choose
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """Listen on a port of loopback while the block runs; give the port."""
        with socket.create_server(("127.0.0.1", 0)) as door:
            threading.Thread(target=self._welcome, args=(door,), daemon=True).start()
            yield door.getsockname()[1]
            door.shutdown(socket.SHUT_RDWR)

    def _welcome(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = door.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        seen = bytearray()
        with client, socket.create_connection(self._server) as server, contextlib.suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    piece = source.recv(PIECE_BYTES)
                    if not piece:
                        return
                    if source is client:
                        seen += piece
                        if seen.endswith(COMMIT) and self._cuts(bytes(seen), piece, server):
                            return
                        if seen.endswith(COMMIT):
                            seen.clear()
                    (server if source is client else client).sendall(piece)

    def _cuts(self, seen: bytes, piece: bytes, server: socket.socket) -> bool:
        """Tell whether the connection is to be cut now; the server has then been told what it is to know."""
        if self._written not in seen:
            return False
        with self._lock:
            cut = self._choose()
        if cut is Cut.AFTER:
            server.sendall(piece)
            answer = b""
            while COMMITTED not in answer:
                answer += server.recv(PIECE_BYTES)
        return cut is not None
