"""Snapshots built: the one before, with the changes since laid over it, chunk by chunk.

Memory is bounded whatever the size of the catalogue: what one run of changes holds (``RUN_BYTES``), a block of each run
that was written out, and one chunk. A chunk nothing changed in is named again; it is read all the same, packed as it
is, since a chunk that is damaged and named again and again would in the end be in every snapshot there is.
"""

from collections.abc import Iterator
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.entry import Entry, entry_bytes
from antiphon.segments.snapshot import MAX_CHUNK_BYTES, Chunk, Snapshot, is_cut, put_chunk, put_snapshot
from antiphon.segments.state import State, iter_chunks, lay_over, list_bases, open_state
from antiphon.segments.version import VersionRecord


def build_snapshot(blobs: BlobStore, scratch: Path, version: int | None = None) -> Snapshot:
    """Store the snapshot of a version, of the newest if none is named, and return it; one that is there already is.

    A snapshot before it that turns out damaged is passed over for the one before that. ``scratch`` takes what does not
    fit in memory. Raises: Broken where the log does not reach the version, or there is none yet.
    """
    failure: Broken | None = None
    for base in list_bases(blobs, version):
        try:
            with open_state(blobs, scratch, base, version) as state:
                return _build(blobs, state)
        except Broken as error:
            failure = failure or error
    raise failure or Broken("there is no log")


def write_snapshot(blobs: BlobStore, version: VersionRecord, entries: Iterator[Entry]) -> Snapshot:
    """Store the snapshot of a version, all of whose entries are given, by ascending keys; return it."""
    writer = _ChunkWriter(blobs, version.version)
    writer.add_all(entries)
    snapshot = Snapshot(version=version, chunks=writer.finish())
    put_snapshot(blobs, snapshot)
    return snapshot


def _build(blobs: BlobStore, state: State) -> Snapshot:
    if state.trouble is not None:
        raise state.trouble
    if state.version.version == 0:
        raise Broken("no version was announced yet: there is nothing to make a snapshot of")
    if state.version == state.base.version:
        return state.base
    chunks = state.base.chunks
    if not chunks:
        return write_snapshot(blobs, state.version, iter(state))
    writer = _ChunkWriter(blobs, state.version.version)
    changes = _Changes(iter(state.changes))
    for chunk, following in zip(chunks, (*chunks[1:], None), strict=True):
        end = following.first if following is not None else None
        if changes.has_any_before(end) or not writer.may_keep(chunk):
            writer.add_all(lay_over(iter_chunks(blobs, [chunk]), changes.take_before(end)))
        else:
            writer.keep(chunk)
    snapshot = Snapshot(version=state.version, chunks=writer.finish())
    put_snapshot(blobs, snapshot)
    return snapshot


class _Changes:
    """Changes in order of keys, taken in stretches."""

    def __init__(self, changes: Iterator[Entry]) -> None:
        self._changes = changes
        self._next = next(changes, None)

    def has_any_before(self, end: bytes | None) -> bool:
        """Tell whether a change is left whose key is before ``end``; None: any at all."""
        return self._next is not None and (end is None or self._next.key < end)

    def take_before(self, end: bytes | None) -> Iterator[Entry]:
        """Yield the changes whose keys are before ``end``."""
        while (change := self._next) is not None and (end is None or change.key < end):
            self._next = next(self._changes, None)
            yield change


class _ChunkWriter:
    """Chunks made of entries that come in order of keys, and of chunks that are taken over whole."""

    def __init__(self, blobs: BlobStore, version: int) -> None:
        self._blobs = blobs
        self._version = version
        self._chunks: list[Chunk] = []
        self._held: list[Entry] = []
        self._held_bytes = 0

    def add_all(self, entries: Iterator[Entry]) -> None:
        """Take entries, cut where their keys or their sizes say."""
        for entry in entries:
            if self._held and (is_cut(entry.key) or self._held_bytes >= MAX_CHUNK_BYTES):
                self._cut()
            self._held.append(entry)
            self._held_bytes += entry_bytes(entry)

    def may_keep(self, chunk: Chunk) -> bool:
        """Tell whether it would be cut where a chunk begins, so that the chunk can be taken over as it is."""
        return not self._held or is_cut(chunk.first)

    def keep(self, chunk: Chunk) -> None:
        """Take a chunk over, once it has proved whole. Raises: BlobMissing, BlobCorrupt."""
        self._blobs.get(chunk.blob)
        self._cut()
        self._chunks.append(chunk)

    def finish(self) -> tuple[Chunk, ...]:
        """Return the chunks, the last one cut."""
        self._cut()
        return tuple(self._chunks)

    def _cut(self) -> None:
        if self._held:
            self._chunks.append(put_chunk(self._blobs, self._held, self._version))
            self._held, self._held_bytes = [], 0
