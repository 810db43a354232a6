"""Files read and written piece by piece, with the hash taken on the way."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from antiphon.blobs.errors import BlobCorrupt, SourceChanged, storage_errors

CHUNK_BYTES = 1024 * 1024
"""How much of a file is in memory at a time: large enough that system calls do not count, small beside any worker."""


def hash_file(path: Path) -> str:
    """Return the blob the file's content makes. Raises: OSError as ``open`` does."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read_unchanged(path: Path, blob: str) -> Iterator[bytes]:
    """Yield the file's content, and fail at its end if it is no longer what made ``blob``. Raises: SourceChanged."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != blob:
        raise SourceChanged(str(path))


def write_checked(path: Path, chunks: Iterable[bytes], blob: str, store: str) -> None:
    """Write the chunks to a new file and check that they make ``blob``; on any failure no file is left.

    Raises: BlobCorrupt, StoreFull, StoreUnavailable, FileExistsError; and what reading the chunks raises.
    """
    digest = hashlib.sha256()
    with path.open("xb") as target:
        try:
            with storage_errors(str(path)):
                for chunk in chunks:
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
            if digest.hexdigest() != blob:
                raise BlobCorrupt(blob, store, digest.hexdigest())
        except BaseException:
            path.unlink()
            raise
