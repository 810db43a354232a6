"""What every store can do. The promises stand in the package's docstring."""

from pathlib import Path
from typing import NamedTuple, Protocol


class BlobStamp(NamedTuple):
    """What a store tells of a blob without reading it. ``mark`` is another whenever its bytes were written again."""

    size_bytes: int
    mark: str


class BlobStore(Protocol):
    """Immutable blobs by content hash, and small named objects.

    Any method raises StoreUnavailable (Transient) where the store fails, and InvalidBlobName (the caller's fault) for
    what is no blob or no name. ``blob`` is always 64 lower-case hex digits.
    """

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their blob. Idempotent. Raises: StoreFull."""
        ...

    def put_file(self, path: Path) -> str:
        """Store a file's content durably and return its blob, with flat memory. Idempotent.

        Raises: StoreFull; SourceChanged if somebody still writes to the file.
        """
        ...

    def get(self, blob: str) -> bytes:
        """Return the blob's bytes, hash checked. Raises: BlobMissing, BlobCorrupt."""
        ...

    def get_file(self, blob: str, path: Path) -> None:
        """Write the blob's bytes to a new file at ``path``, hash checked, with flat memory.

        On any error no file is left. Raises: BlobMissing, BlobCorrupt, StoreFull, FileExistsError.
        """
        ...

    def has(self, blob: str) -> bool:
        """Tell whether the blob is stored. Its content is not looked at."""
        ...

    def delete(self, blob: str) -> None:
        """Destroy the blob; one that is not there is no error. Only an erasure may, when nothing else uses it."""
        ...

    def size(self, blob: str) -> int:
        """Return the blob's size in bytes. Raises: BlobMissing."""
        ...

    def stamp(self, blob: str) -> BlobStamp:
        """Return the blob's stamp. Raises: BlobMissing."""
        ...

    def check(self, blob: str) -> None:
        """Read the blob whole, with flat memory, and return if it is sound. Raises: BlobMissing, BlobCorrupt."""
        ...

    def read_range(self, blob: str, start: int, stop: int) -> bytes:
        """Return bytes ``start`` to ``stop`` (half-open) of the blob. Not hash checked: part of a hash proves nothing.

        Raises: BlobMissing; RangeOutOfBounds unless 0 <= start <= stop <= size.
        """
        ...

    def local_path(self, blob: str) -> Path | None:
        """Return a path to read the blob at (never to write); None if it is absent or the store is no folder."""
        ...

    def put_named(self, name: str, data: bytes) -> None:
        """Store or replace a named object, atomically and durably. Raises: StoreFull."""
        ...

    def get_named(self, name: str) -> bytes | None:
        """Return the named object as it last was put; None: never put."""
        ...

    def list_names(self, folder: str) -> tuple[str, ...]:
        """Return the named objects in a folder ("snapshots") by their whole names, in order; perhaps none.

        Folders in it are not looked into. An object put or deleted meanwhile may be among them or not.
        """
        ...

    def delete_named(self, name: str) -> None:
        """Remove a named object, durably; one that is not there is no error."""
        ...
