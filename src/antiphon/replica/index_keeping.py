"""The index, kept at the version of the documents: by each version, by those it lacks, or anew from a snapshot.

A large index is filled by a process of its own: it takes a million tracks most of a minute, in which the follower goes
on reading the overlay and applying versions to the documents. Readers see the old index until the new one is whole.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import NodeFiles
from antiphon.replica.index import IndexWriter
from antiphon.segments import Entry, decode_segment
from antiphon.segments.log import load_segment, load_version
from antiphon.segments.snapshot import Snapshot, load_snapshot
from antiphon.segments.state import AnotherLog, list_bases, open_state

VERSIONS_PER_COMMIT = 100
"""How many versions the index takes in one commit when it catches up: each commit costs some 10 ms."""

ENTRIES_BETWEEN = 10_000
"""How many entries an index is filled with between two looks at what else there is: a fifth of a second."""

APART_ENTRIES = 50_000
"""From how many on a process of its own fills the index: below, it would take longer to start than to fill."""


class IndexFilling:
    """An index being filled by a process of its own. Nobody else may have the index open for writing till it ends."""

    def __init__(self, blobs: BlobStore, root: Path, version: int, segment: str) -> None:
        self.version = version
        arguments = (blobs, root, version, segment, os.getpid())
        self._process = multiprocessing.get_context("spawn").Process(target=_fill_apart, args=arguments, daemon=True)
        self._process.start()

    @property
    def is_running(self) -> bool:
        """Tell whether it goes on."""
        return self._process.is_alive()

    def finish(self) -> None:
        """Return once it has ended. Raises: Broken where the index was not filled."""
        self._process.join()
        if self._process.exitcode:
            raise Broken(
                f"the index was not filled for version {self.version}: its process ended with "
                f"{self._process.exitcode}, after saying why"
            )

    def stop(self) -> None:
        """End it; the index is as it was."""
        self._process.terminate()
        self._process.join()


class IndexKeeper:
    """The index of one node, open for writing, here or in the process that fills it.

    Raises: Refused if another follower has the folder.
    """

    def __init__(self, blobs: BlobStore, files: NodeFiles, root: Path) -> None:
        self._blobs = blobs
        self._files = files
        self._root = root
        self._writer = IndexWriter(root)
        self._filling: IndexFilling | None = None
        if self._writer.is_new:
            files.change_head(search_version=0)

    @property
    def is_filling(self) -> bool:
        """Tell whether a process of its own fills the index, or has and was not looked after since."""
        return self._filling is not None

    def write(self, entries: Sequence[Entry], version: int) -> None:
        """Write the rows of a version, if the index is at the one before: else it is left to ``mend``."""
        if self._filling is None and self._files.load_head().search_version == version - 1:
            self._writer.write(entries)
            self._writer.commit()
            self._files.change_head(search_version=version)

    def mend(self, scratch: Path, between: Callable[[], object]) -> None:
        """Bring the index to the version of the documents, or see to it that it is being brought there.

        ``between`` is called every so often meanwhile. Raises: Broken where the log no longer leads to that version, or
        filling failed; the index is as it was, and documents are served all the same.
        """
        if self._filling is not None:
            if self._filling.is_running:
                return
            self._take_back()
        head = self._files.load_head()
        is_level = head.search_version == head.version
        if is_level or (head.search_version and catch_up_index(self._blobs, self._files, self._writer)):
            return
        segment = self._files.load_segment()
        if _load_large(self._blobs, list_bases(self._blobs, head.version)[0]) is not None:
            self._fill_apart(head.version, segment)
        else:
            fill_index(self._blobs, self._writer, scratch, head.version, segment, between)
            self._files.change_head(search_version=head.version)

    def fill_ahead(self, version: int) -> None:
        """Begin to fill the index for a snapshot that the documents are about to become those of, if it is large."""
        self.abandon()
        snapshot = _load_large(self._blobs, version)
        if snapshot is not None:
            self._fill_apart(version, snapshot.version.segment)

    def abandon(self) -> None:
        """End what fills the index; it is as it was, and mended later."""
        if self._filling is not None:
            self._filling.stop()
            self._filling = None
            self._writer = IndexWriter(self._root)

    def close(self) -> None:
        """Let go of the index. May be called again."""
        if self._filling is not None:
            self._filling.stop()
        self._writer.close()

    def _fill_apart(self, version: int, segment: str) -> None:
        self._writer.close()
        self._filling = IndexFilling(self._blobs, self._root, version, segment)

    def _take_back(self) -> None:
        filling, self._filling = self._filling, None
        self._writer = IndexWriter(self._root)
        if filling is not None:
            filling.finish()
            self._files.change_head(search_version=filling.version)


def fill_index(
    blobs: BlobStore, index: IndexWriter, scratch: Path, version: int, segment: str, between: Callable[[], object]
) -> None:
    """Make the index hold the rows of a version, whose segment is named, alone. ``between`` is called meanwhile.

    Raises: Broken where the log no longer leads to that version; the index is as it was then.
    """
    failure: Broken | None = None
    for base in list_bases(blobs, version):
        try:
            with open_state(blobs, scratch, base, version) as state:
                if state.version.segment != segment:
                    raise AnotherLog(f"version {version} of the store is not the one this node has")
                index.fill(_with_pauses(iter(state), between))
                return
        except Broken as error:
            failure = failure or error
    raise failure or Broken("there is no log")


def catch_up_index(blobs: BlobStore, files: NodeFiles, index: IndexWriter) -> bool:
    """Write the rows of the versions the index lacks; False: not all of them are there any more."""
    head = files.load_head()
    for number in range(head.search_version + 1, head.version + 1):
        try:
            version = load_version(blobs, number)
            if version is None:
                return False
            entries = decode_segment(load_segment(blobs, version))
        except Broken:
            return False
        index.write(entries)
        if number % VERSIONS_PER_COMMIT == 0 or number == head.version:
            index.commit()
            files.change_head(search_version=number)
    return True


def _load_large(blobs: BlobStore, version: int) -> Snapshot | None:
    """Return a snapshot if filling an index from it is worth a process. One that is damaged is found out elsewhere."""
    try:
        snapshot = load_snapshot(blobs, version) if version else None
    except Broken:
        return None
    return snapshot if snapshot is not None and snapshot.entries >= APART_ENTRIES else None


def _fill_apart(blobs: BlobStore, root: Path, version: int, segment: str, parent: int) -> None:
    def check_parent() -> None:
        if os.getppid() != parent:
            raise SystemExit("the follower is gone, and its successor needs the index")

    index = IndexWriter(root)
    try:
        fill_index(blobs, index, root / "scratch", version, segment, check_parent)
    finally:
        index.close()


def _with_pauses(entries: Iterator[Entry], between: Callable[[], object]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, 1):
        yield entry
        if number % ENTRIES_BETWEEN == 0:
            between()
