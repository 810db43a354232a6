"""The node's files on disk, and the writes of the one process that may write them.

``documents/`` is LMDB; ``search-N/`` is Tantivy, N the form of its schema.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import lmdb

from antiphon.replica.change_list import forget_changes, record_changes
from antiphon.replica.head import HEAD_KEY, OVERLAY_KEY, SEGMENT_KEY, TROUBLE_KEY, Head, pack_head, unpack_head
from antiphon.segments import Entry

MAP_SIZE_BYTES = 64 << 30
"""Address space for the documents, not disk: the file is as large as what is in it. Room for some 20 million documents;
it doubles when they are more."""

MAX_READERS = 1022
"""Read transactions at one time on one machine: LMDB reserves 64 bytes for each."""

FIRST_KEY = b"\x01"
"""Documents' keys begin here; what is before them is the node's own."""

_Result = TypeVar("_Result")


def documents_path(root: Path) -> Path:
    """Return where a node keeps its documents."""
    return root / "documents"


class NodeFiles:
    """The documents and the head, open for writing. One process per node; LMDB's lock keeps a second one waiting."""

    def __init__(self, root: Path, map_size_bytes: int = MAP_SIZE_BYTES) -> None:
        path = documents_path(root)
        path.mkdir(parents=True, exist_ok=True)
        self.environment = lmdb.open(str(path), map_size=map_size_bytes, max_readers=MAX_READERS)
        self.environment.reader_check()  # frees the places of readers that were killed

    def load_head(self) -> Head:
        """Return where the node stands."""
        with self.environment.begin() as transaction:
            return unpack_head(_get(transaction, HEAD_KEY))

    def load_segment(self) -> str:
        """Return the segment of the version the node stands at; "" before the first."""
        with self.environment.begin() as transaction:
            return (_get(transaction, SEGMENT_KEY) or b"").decode()

    def load_overlay(self) -> bytes | None:
        """Return the overlay's bytes as last stored; None: never."""
        with self.environment.begin() as transaction:
            return _get(transaction, OVERLAY_KEY)

    def change_head(self, **changes: int) -> None:
        """Set some fields of the head, durably."""
        self._write(lambda transaction: _update_head(transaction, changes))

    def store_overlay(self, data: bytes, mark: int, read_at_ms: int) -> None:
        """Store the overlay and when it was read, in one transaction."""

        def write(transaction: lmdb.Transaction) -> None:
            transaction.put(OVERLAY_KEY, data)
            _update_head(transaction, {"overlay_mark": mark, "overlay_read_at_ms": read_at_ms})

        self._write(write)

    def apply(self, entries: Sequence[Entry], segment: str, **head: int) -> None:
        """Store the documents of a version, what they change, and the head that names it, in one transaction."""

        def write(transaction: lmdb.Transaction) -> None:
            record_changes(transaction, entries, head["version"], head["announced_at_ms"])
            for entry in entries:
                if entry.document is None:
                    transaction.delete(entry.key)
                else:
                    transaction.put(entry.key, entry.document)
            transaction.put(SEGMENT_KEY, segment.encode())
            _update_head(transaction, head)

        self._write(write)

    def make_equal(
        self, list_documents: Callable[[], Iterator[tuple[bytes, bytes]]], segment: str, **head: int
    ) -> None:
        """Make the documents those that are listed, in order of keys, and the head that of their version.

        One transaction: readers go on with what they have until it ends, and whoever is killed in it has changed
        nothing. Only what differs is written; into an empty file all is appended. The index no longer counts as known.
        Raises: what listing raises, and then nothing has changed either.
        """

        def write(transaction: lmdb.Transaction) -> None:
            forget_changes(transaction)
            with transaction.cursor() as cursor:
                if cursor.set_range(FIRST_KEY):
                    _write_differences(transaction, cursor, list_documents())
                else:
                    cursor.putmulti(list_documents(), append=True)
            transaction.put(SEGMENT_KEY, segment.encode())
            _update_head(transaction, {**head, "search_version": 0})

        self._write(write)

    def load_trouble(self) -> str:
        """Return what kept the node from following, the last time it tried; "": nothing."""
        with self.environment.begin() as transaction:
            return (_get(transaction, TROUBLE_KEY) or b"").decode()

    def note_trouble(self, trouble: str) -> None:
        """Note what keeps the node from following, for whoever asks it; "": nothing does."""
        if trouble != self.load_trouble():
            self._write(lambda transaction: transaction.put(TROUBLE_KEY, trouble.encode()))

    def close(self) -> None:
        """Close the files. Views that are still open must not be used afterwards."""
        self.environment.close()

    def _write(self, write: Callable[[lmdb.Transaction], _Result]) -> _Result:
        while True:
            try:
                with self.environment.begin(write=True) as transaction:
                    return write(transaction)
            except lmdb.MapFullError:
                # The transaction was undone whole, so with more room it can simply be made again.
                self.environment.set_mapsize(2 * self.environment.info()["map_size"])


def _get(transaction: lmdb.Transaction, key: bytes) -> bytes | None:
    data = transaction.get(key)
    return None if data is None else bytes(data)


def _update_head(transaction: lmdb.Transaction, changes: dict[str, int]) -> None:
    head = unpack_head(_get(transaction, HEAD_KEY))
    transaction.put(HEAD_KEY, pack_head(head._replace(**changes)))


def _write_differences(
    transaction: lmdb.Transaction, cursor: lmdb.Cursor, documents: Iterator[tuple[bytes, bytes]]
) -> None:
    """Walk the stored documents and those wanted side by side; put what differs, delete what is not wanted.

    The cursor stands at the first stored document; after each put it is set to where it was.
    """
    stored = bytes(cursor.key())
    for key, document in documents:
        while stored and stored < key:
            cursor.delete()  # and stand at the next
            stored = bytes(cursor.key())
        if stored != key:
            transaction.put(key, document)
            if stored:
                cursor.set_key(stored)
            continue
        if cursor.value() != document:
            transaction.put(key, document)
            cursor.set_key(stored)
        stored = bytes(cursor.key()) if cursor.next() else b""
    while stored:
        cursor.delete()
        stored = bytes(cursor.key())
