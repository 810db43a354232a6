"""Snapshots: every document of one version with its row, sorted by key, for whoever does not want to read the log.

``snapshots/<version>`` names a manifest by its hash, the manifest names the chunks by theirs, in the order of the keys
they hold. So one name leads to every byte by hashes alone. A chunk is cut where the hash of a key says so, whatever
came before it: what did not change between two snapshots is in chunks both of them name, and is stored once. A chunk
says which version it was made for, so that two made at different times never are the same blob by chance: whoever
removes an old snapshot's chunk takes it from nobody who is making a new one.

What a reader need not check. The gate read every document of a segment before the record announced that segment by its
hash; a snapshot's builder copies entries whose hashes it has compared, and names the copies by hash again. A chunk that
has its hash therefore holds what passed the gate, byte for byte, and checking the inside of two million documents once
more (17 us each) would find out nothing but that the gate had run. What is checked are the things hashes do not say:
that it is a form this node reads, and that keys ascend across all chunks.
"""

import struct
import zlib
from collections.abc import Iterator

import msgspec

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.entry import Entry
from antiphon.segments.packing import pack_entries, unpack_entries
from antiphon.segments.version import MAX_VERSION, VersionRecord

ENTRIES_PER_CHUNK = 2_048
"""entries, on average: some megabytes of documents, packed a few hundred kilobytes. A version of some hundred documents
rewrites as many chunks at most; fewer and larger ones would share less, more of them would make a manifest of megabytes
and a node that starts wait for more answers of the store."""

MAX_CHUNK_BYTES = 32 << 20
"""expanded, from which a chunk is cut whatever its keys say: a reader holds a chunk and those it reads ahead."""

CHUNK_FORM = b"ACHK\x00\x00\x00\x01"
"""Magic and format version; the version the chunk was made for follows."""

_CHUNK_HEADER = struct.Struct("<8sQ")
_FORM = "snapshot/1"


class Chunk(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """One piece of a snapshot. ``first`` is the key of its first entry, ``size_bytes`` its size as stored."""

    first: bytes
    blob: str
    entries: int
    size_bytes: int


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every document of ``version``, in ``chunks`` by ascending keys."""

    version: VersionRecord
    chunks: tuple[Chunk, ...] = ()

    @property
    def entries(self) -> int:
        """How many documents it holds."""
        return sum(chunk.entries for chunk in self.chunks)

    @property
    def size_bytes(self) -> int:
        """How large its chunks are as stored."""
        return sum(chunk.size_bytes for chunk in self.chunks)


class _StoredSnapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: str
    manifest: str


def snapshot_name(version: int) -> str:
    """Return the name of the snapshot of a version. Raises: Broken (our fault) outside 1 to ``MAX_VERSION``."""
    if not 1 <= version <= MAX_VERSION:
        raise Broken(f"version {version} is outside 1 to {MAX_VERSION}")
    return f"snapshots/{version:08d}"


def put_snapshot(blobs: BlobStore, snapshot: Snapshot) -> None:
    """Store the manifest of a snapshot whose chunks are stored, then the name that leads to it."""
    stored = _StoredSnapshot(form=_FORM, manifest=blobs.put(msgspec.msgpack.encode(snapshot)))
    blobs.put_named(snapshot_name(snapshot.version.version), msgspec.json.encode(stored))


def find_manifest(blobs: BlobStore, version: int) -> str | None:
    """Return the blob of a snapshot's manifest; None: there is no such snapshot. Raises: Broken."""
    data = blobs.get_named(snapshot_name(version))
    if data is None:
        return None
    try:
        stored = msgspec.json.decode(data, type=_StoredSnapshot)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"{snapshot_name(version)} of {len(data)} bytes is not readable: {error}") from error
    if stored.form != _FORM:
        raise Broken(f"{snapshot_name(version)} has the form {stored.form!r}; expected {_FORM!r}; upgrade the node")
    return stored.manifest


def load_snapshot(blobs: BlobStore, version: int) -> Snapshot | None:
    """Return the snapshot of a version; None: there is none. Raises: Broken where it is damaged, or another's."""
    manifest = find_manifest(blobs, version)
    if manifest is None:
        return None
    data = blobs.get(manifest)
    try:
        snapshot = msgspec.msgpack.decode(data, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"{snapshot_name(version)} names a manifest that is not readable: {error}") from error
    firsts = [chunk.first for chunk in snapshot.chunks]
    if snapshot.version.version != version or sorted(set(firsts)) != firsts:
        raise Broken(f"{snapshot_name(version)} names the manifest of version {snapshot.version.version}, or no order")
    return snapshot


def put_chunk(blobs: BlobStore, entries: list[Entry], version: int) -> Chunk:
    """Store entries, which are sorted by key and not empty, as a chunk made for a version."""
    data = b"".join((_CHUNK_HEADER.pack(CHUNK_FORM, version), *(block for _, block in pack_entries(entries))))
    return Chunk(first=entries[0].key, blob=blobs.put(data), entries=len(entries), size_bytes=len(data))


def iter_chunk(chunk: Chunk, data: bytes) -> Iterator[Entry]:
    """Yield the entries of a chunk in order, a block in memory at a time. Raises: Broken where it is not the chunk."""
    if not data.startswith(CHUNK_FORM):
        raise Broken(f"chunk {chunk.blob} starts with {data[: len(CHUNK_FORM)]!r}; expected {CHUNK_FORM!r}")
    last, count = b"", 0
    for entry in unpack_entries(memoryview(data)[_CHUNK_HEADER.size :]):
        if entry.key <= last or (not count and entry.key != chunk.first):
            raise Broken(f"chunk {chunk.blob} has {entry.key!r} after {last!r}; it was to begin with {chunk.first!r}")
        last = entry.key
        count += 1
        yield entry
    if count != chunk.entries:
        raise Broken(f"chunk {chunk.blob} has {count} entries; its manifest says {chunk.entries}")


def is_cut(key: bytes) -> bool:
    """Tell whether a chunk begins with a key: its hash alone says so, so that any two snapshots agree."""
    return zlib.crc32(key) % ENTRIES_PER_CHUNK == 0
