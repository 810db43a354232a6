"""Blobs in an object store: S3, GCS, or memory for tests. Durable when the store acknowledges a put."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from antiphon.blobs.chunks import CHUNK_BYTES, hash_file, read_unchanged, write_checked
from antiphon.blobs.errors import BlobCorrupt, BlobMissing, RangeOutOfBounds, StoreUnavailable, storage_errors
from antiphon.blobs.names import blob_key, named_key
from antiphon.blobs.store import BlobStamp


class ObjectBlobs:
    """A store behind obstore. The methods are BlobStore's; keys are those of the folder's layout.

    Nothing here depends on conditional puts, which compatible stores ignore or refuse: the same key always gets the
    same content, and a named object has one writer at a time.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._objects = store

    def put(self, data: bytes) -> str:
        blob = hashlib.sha256(data).hexdigest()
        self._upload(blob_key(blob), data)
        return blob

    def put_file(self, path: Path) -> str:
        blob = hash_file(path)
        if self._stored_size(blob) != path.stat().st_size:
            # A failure inside the iterator, such as SourceChanged at its end, aborts the upload unseen.
            self._upload(blob_key(blob), read_unchanged(path, blob))
        return blob

    def get(self, blob: str) -> bytes:
        data = b"".join(self._read_chunks(blob))
        got = hashlib.sha256(data).hexdigest()
        if got != blob:
            raise BlobCorrupt(blob, repr(self), got)
        return data

    def get_file(self, blob: str, path: Path) -> None:
        write_checked(path, self._read_chunks(blob), blob, repr(self))

    def has(self, blob: str) -> bool:
        return self._stored_size(blob) is not None

    def size(self, blob: str) -> int:
        size = self._stored_size(blob)
        if size is None:
            raise BlobMissing(blob, repr(self))
        return size

    def stamp(self, blob: str) -> BlobStamp:
        key = blob_key(blob)
        try:
            with self._store_errors():
                seen = obstore.head(self._objects, key)
        except FileNotFoundError as error:
            raise BlobMissing(blob, repr(self)) from error
        return BlobStamp(seen["size"], f"{seen['e_tag']} {seen['last_modified'].isoformat()}")

    def check(self, blob: str) -> None:
        digest = hashlib.sha256()
        for chunk in self._read_chunks(blob):
            digest.update(chunk)
        if digest.hexdigest() != blob:
            raise BlobCorrupt(blob, repr(self), digest.hexdigest())

    def read_range(self, blob: str, start: int, stop: int) -> bytes:
        key = blob_key(blob)
        if not 0 <= start < stop:
            return self._read_no_range(blob, start, stop)
        try:
            with self._store_errors():
                data = bytes(obstore.get_range(self._objects, key, start=start, end=stop))
        except FileNotFoundError as error:
            raise BlobMissing(blob, repr(self)) from error
        except StoreUnavailable:
            # Stores answer a start beyond the end with an error of their own; only the size tells it from a real one.
            if start >= self.size(blob):
                return self._read_no_range(blob, start, stop)
            raise
        if len(data) != stop - start:
            return self._read_no_range(blob, start, stop)
        return data

    def delete(self, blob: str) -> None:
        key = blob_key(blob)
        with suppress(FileNotFoundError), self._store_errors():
            obstore.delete(self._objects, key)

    def local_path(self, blob: str) -> Path | None:
        blob_key(blob)
        return None

    def put_named(self, name: str, data: bytes) -> None:
        self._upload(named_key(name), data)

    def get_named(self, name: str) -> bytes | None:
        key = named_key(name)
        try:
            with self._store_errors():
                return bytes(obstore.get(self._objects, key).bytes())
        except FileNotFoundError:
            return None

    def list_names(self, folder: str) -> tuple[str, ...]:
        prefix = f"{named_key(folder)}/"
        with self._store_errors():
            found = obstore.list_with_delimiter(self._objects, prefix)["objects"]
        return tuple(sorted(item["path"] for item in found))

    def delete_named(self, name: str) -> None:
        key = named_key(name)
        with suppress(FileNotFoundError), self._store_errors():
            obstore.delete(self._objects, key)

    def __repr__(self) -> str:
        return f"the object store {self._objects!r}"

    def _stored_size(self, blob: str) -> int | None:
        key = blob_key(blob)
        try:
            with self._store_errors():
                return obstore.head(self._objects, key)["size"]
        except FileNotFoundError:
            return None

    def _upload(self, key: str, data: bytes | Iterable[bytes]) -> None:
        with self._store_errors():
            obstore.put(self._objects, key, data)

    def _read_chunks(self, blob: str) -> Iterator[bytes]:
        key = blob_key(blob)
        try:
            with self._store_errors():
                for chunk in obstore.get(self._objects, key).stream(min_chunk_size=CHUNK_BYTES):
                    yield bytes(chunk)
        except FileNotFoundError as error:
            raise BlobMissing(blob, repr(self)) from error

    def _read_no_range(self, blob: str, start: int, stop: int) -> bytes:
        """Answer what holds no bytes: an empty range inside the blob is empty, any other is refused."""
        size = self.size(blob)
        if not 0 <= start <= stop <= size:
            raise RangeOutOfBounds(blob, start, stop, size)
        return b""

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Turn the store's errors into StoreUnavailable; FileNotFoundError passes, since each method answers it."""
        try:
            yield
        except FileNotFoundError:
            raise
        except BaseError as error:
            raise StoreUnavailable(repr(self), _first_line(error)) from error
        except OSError as error:
            with storage_errors(repr(self)):
                raise error


def _first_line(error: BaseError) -> str:
    """Return what the store said without the debug dump below it, which may hold signed addresses."""
    return str(error).partition("\n")[0]
