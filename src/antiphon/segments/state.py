"""States: every document as of one version, read from the log: a snapshot, and the segments announced since.

What the builder of snapshots, a node that recovers and whoever goes back to a version have in common. A segment is
read whole and compared with its hash before any of its entries is used; the chain from the snapshot to the version is
followed link by link.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.entry import Entry
from antiphon.segments.log import list_snapshots, load_segment, load_version
from antiphon.segments.runs import ChangeRuns
from antiphon.segments.segment import NO_PARENT, iter_segment
from antiphon.segments.snapshot import Chunk, Snapshot, iter_chunk, load_snapshot
from antiphon.segments.version import VersionRecord

READ_AHEAD_CHUNKS = 4
"""How many chunks are asked for before they are needed: an object store answers in tens of milliseconds, and a node
that starts reads a thousand of them. Packed they are some hundred kilobytes each."""

NOTHING = Snapshot(
    version=VersionRecord(version=0, segment=NO_PARENT, parent=NO_PARENT, record_version=0, announced_at="")
)
"""What a log begins with."""


class AnotherLog(Broken):
    """A version does not follow what we have: one of the two is of another log."""


class State:
    """Every document of ``version``, in the order of keys: ``base`` with ``changes`` laid over it.

    ``trouble`` says why it goes no further, where more versions were announced than could be read.
    """

    def __init__(self, blobs: BlobStore, base: Snapshot, changes: ChangeRuns) -> None:
        self._blobs = blobs
        self.base = base
        self.changes = changes
        self.version = base.version
        self.trouble: Broken | None = None

    def __iter__(self) -> Iterator[Entry]:
        return lay_over(iter_chunks(self._blobs, self.base.chunks), iter(self.changes))

    def follow(self, upto: int | None) -> None:
        """Take in the versions after ours, to ``upto`` or as far as there are any that are sound."""
        try:
            while self.version.version != upto:
                following = load_version(self._blobs, self.version.version + 1)
                if following is None:
                    break
                check_follows(following, self.version.segment)
                self.changes.add(iter_segment(load_segment(self._blobs, following)))
                self.version = following
        except Broken as error:
            self.trouble = error


def list_bases(blobs: BlobStore, upto: int | None = None) -> tuple[int, ...]:
    """Return what a state can be built on, the best first: the snapshots up to a version, then 0, the log's beginning.

    Whoever finds one damaged goes on with the next.
    """
    return (*(number for number in reversed(list_snapshots(blobs)) if upto is None or number <= upto), 0)


@contextmanager
def open_state(blobs: BlobStore, scratch: Path, base: int, upto: int | None = None) -> Iterator[State]:
    """Return the state at version ``upto``, or at the newest that can be reached from a base; for a ``with`` block.

    ``scratch`` takes what does not fit in memory. Raises: Broken where the base is damaged or gone, or ``upto`` cannot
    be reached from it; iterating raises Broken for a damaged chunk.
    """
    snapshot = _load_base(blobs, base)
    with ChangeRuns(scratch) as changes:
        state = State(blobs, snapshot, changes)
        state.follow(upto)
        if upto is not None and state.version.version != upto:
            raise state.trouble or Broken(
                f"version {upto} cannot be reached: from snapshot {base} the log goes to version "
                f"{state.version.version}; versions and snapshots that old are no longer kept, or it is yet to come"
            )
        yield state


def check_follows(version: VersionRecord, segment: str) -> None:
    """Check that a version follows a segment. Raises: AnotherLog."""
    if version.parent != segment:
        raise AnotherLog(
            f"version {version.version} follows segment {version.parent or 'none'}; the version before it here has "
            f"{segment or 'none'}: another log"
        )


def iter_chunks(blobs: BlobStore, chunks: Iterable[Chunk]) -> Iterator[Entry]:
    """Yield the entries of chunks in order, some chunks read ahead. Raises: Broken for one that is damaged."""
    left = iter(chunks)
    last = b""
    with ThreadPoolExecutor(READ_AHEAD_CHUNKS) as readers:

        def ask(chunk: Chunk) -> tuple[Chunk, Future[bytes]]:
            return chunk, readers.submit(blobs.get, chunk.blob)

        ahead = deque(ask(chunk) for chunk in islice(left, READ_AHEAD_CHUNKS))
        while ahead:
            chunk, data = ahead.popleft()
            ahead.extend(ask(following) for following in islice(left, 1))
            if chunk.first <= last:
                raise Broken(f"chunk {chunk.blob} begins with {chunk.first!r}; the one before it ends with {last!r}")
            for entry in iter_chunk(chunk, data.result()):
                yield entry
                last = entry.key


def lay_over(entries: Iterable[Entry], changes: Iterator[Entry]) -> Iterator[Entry]:
    """Yield entries with changes laid over them, both in order of keys: what is gone is left out."""
    change = next(changes, None)
    for entry in entries:
        while change is not None and change.key < entry.key:
            if change.document is not None:
                yield change
            change = next(changes, None)
        if change is None or change.key != entry.key:
            yield entry
            continue
        if change.document is not None:
            yield change
        change = next(changes, None)
    if change is not None and change.document is not None:
        yield change
    yield from (entry for entry in changes if entry.document is not None)


def _load_base(blobs: BlobStore, base: int) -> Snapshot:
    if not base:
        return NOTHING
    snapshot = load_snapshot(blobs, base)
    if snapshot is None:
        raise Broken(f"snapshot {base} went away while it was looked for; look again")
    return snapshot
