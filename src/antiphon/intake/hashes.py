"""Hash sums of delivered files, computed for the rules that compare them with what the message declares."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from antiphon.blobs import BlobCorrupt, BlobStore
from antiphon.model.delivery import DeliveredFile

CHUNK_BYTES = 1024 * 1024
"""How much of a file is in memory at a time."""

_OUR_ALGORITHM = "sha256"
"""What blobs are named by."""

Hashes = Mapping[str, Mapping[str, str]]
"""Path in the release folder -> algorithm as hashlib names it -> lower-case hex."""


def hash_blobs(files: Iterable[DeliveredFile], algorithms: frozenset[str], blobs: BlobStore) -> Hashes:
    """Return the sums of delivered files, each file read once.

    Raises: BlobCorrupt (ours) where the bytes are no longer what arrived, so that no sender is blamed for our disk.
    """
    if not algorithms:
        return {}
    return {file.path: _hash_blob(file, algorithms, blobs) for file in files}


def hash_files(root: Path, paths: Iterable[str], algorithms: frozenset[str]) -> Hashes:
    """Return the sums of files on disk, given by their paths inside ``root``."""
    if not algorithms:
        return {}
    return {path: hash_chunks(_read_chunks(root / path), algorithms) for path in paths}


def hash_chunks(chunks: Iterable[bytes], algorithms: frozenset[str]) -> dict[str, str]:
    """Return the sums of bytes that come in pieces, by algorithm."""
    digests = {name: hashlib.new(name, usedforsecurity=False) for name in sorted(algorithms)}
    for chunk in chunks:
        for digest in digests.values():
            digest.update(chunk)
    return {name: digest.hexdigest() for name, digest in digests.items()}


def _hash_blob(file: DeliveredFile, algorithms: frozenset[str], blobs: BlobStore) -> dict[str, str]:
    starts = range(0, file.size_bytes, CHUNK_BYTES)
    chunks = (blobs.read_range(file.blob, start, min(start + CHUNK_BYTES, file.size_bytes)) for start in starts)
    hashes = hash_chunks(chunks, algorithms | {_OUR_ALGORITHM})
    if hashes[_OUR_ALGORITHM] != file.blob:
        raise BlobCorrupt(file.blob, repr(blobs), hashes[_OUR_ALGORITHM])
    return hashes


def _read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
