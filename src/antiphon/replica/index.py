"""The index: one folder of Tantivy's, written by the follower alone. It gives candidates only; documents decide.

Texts are folded to words before they get here (``rows``), so Tantivy splits at blanks and nothing else.
"""

import shutil
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import tantivy

from antiphon.model.errors import Refused
from antiphon.replica.rows import DOCUMENTS, build_schema, make_dictionary, make_document
from antiphon.segments import Entry

SCHEMA_FORM = 2
"""Names the index's folder: a node with another schema builds its index anew from the segments."""

WRITER_HEAP_BYTES = 64 << 20
"""What the writer may hold before it writes a piece of index; Tantivy wants 15 MB at least."""

_BULK_HEAP_BYTES = 512 << 20
_BULK_THREADS = 2
"""While an index is filled: pieces of some 500,000 tracks each, since each has a dictionary of its own to be searched,
and as many threads as the smallest node has cores. The memory is given back when it is full."""

_DICTIONARY_WORDS = 1000
"""Of a filled index, kept together in one document. What is written later is kept with the rows."""

_INDEXED_KEYS = frozenset(map(int, DOCUMENTS.values()))
"""The first bytes of the keys of documents that have rows; the others cannot have left one behind."""


def index_path(root: Path) -> Path:
    """Return where a node keeps its index."""
    return root / f"search-{SCHEMA_FORM}"


def has_index(root: Path) -> bool:
    """Tell whether the node has an index of our schema."""
    path = index_path(root)
    return path.is_dir() and tantivy.Index.exists(str(path))


def open_index(root: Path) -> tantivy.Index:
    """Return the node's index for reading; it shows what was committed when ``reload`` was last called."""
    index = tantivy.Index.open(str(index_path(root)))
    index.config_reader("manual")
    return index


class IndexWriter:
    """The one writer of a node's index. An index that is missing or damaged is made anew: ``is_new`` says so."""

    def __init__(self, root: Path) -> None:
        path = index_path(root)
        index = None
        if has_index(root):
            try:
                index = tantivy.Index.open(str(path))
            except ValueError:  # Tantivy's word for files it cannot read: they can be made again from the segments
                shutil.rmtree(path)
        self.is_new = index is None
        self._is_closed = False
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._index = index or tantivy.Index(build_schema(), path=str(path))
        self._writer = self._open_writer(WRITER_HEAP_BYTES, 1)

    def write(self, entries: Iterable[Entry]) -> None:
        """Add, replace and delete rows; ``commit`` makes it visible. Doing it again changes nothing."""
        for entry in entries:
            if entry.key[0] in _INDEXED_KEYS:
                key = entry.key.decode()
                self._writer.delete_documents_by_term("key", key)
                if entry.search is not None:
                    self._writer.add_document(make_document(key, entry.search))

    def fill(self, entries: Iterable[Entry]) -> None:
        """Make the rows of these entries, each key once, the whole index, and commit; readers see the old till then.

        Some 30 microseconds a row on one core, beside Tantivy's threads. If it raises, the index is as it was.
        """
        self._reopen_writer(_BULK_HEAP_BYTES, _BULK_THREADS)
        vocabulary: set[str] = set()
        try:
            self._writer.delete_all_documents()
            for entry in entries:
                if entry.search is not None:
                    self._writer.add_document(make_document(entry.key.decode(), entry.search, vocabulary))
            words = iter(vocabulary)
            while page := list(islice(words, _DICTIONARY_WORDS)):
                self._writer.add_document(make_dictionary(page))
            self._writer.commit()
        finally:
            self._writer.rollback()
            self._reopen_writer(WRITER_HEAP_BYTES, 1)

    def commit(self) -> None:
        """Make what was written durable and visible to readers that reload."""
        self._writer.commit()

    def close(self) -> None:
        """Finish merges and let go of the files; what was not committed is gone. May be called again."""
        if not self._is_closed:
            self._is_closed = True
            self._writer.rollback()
            self._writer.wait_merging_threads()

    def _reopen_writer(self, heap_bytes: int, threads: int) -> None:
        self._writer.rollback()
        self._writer.wait_merging_threads()
        self._writer = self._open_writer(heap_bytes, threads)

    def _open_writer(self, heap_bytes: int, threads: int) -> tantivy.IndexWriter:
        try:
            return self._index.writer(heap_bytes, threads)
        except ValueError as error:
            raise Refused(
                "NodeInUse", f"{self._path} cannot be written: does another follower run here? {error}"
            ) from error
