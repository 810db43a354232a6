"""Blobs in a folder, durable by our own hand.

The order is what makes it safe: the temporary file lies in the same file system, is written and fsynced before it gets
its name, and the directory that holds the name is fsynced before anybody is told. A crash at any point leaves at
worst a temporary file, which a later start sweeps once it is old.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from antiphon.blobs.chunks import CHUNK_BYTES, hash_file, read_unchanged, write_checked
from antiphon.blobs.errors import BlobCorrupt, BlobMissing, RangeOutOfBounds, StoreUnavailable, storage_errors
from antiphon.blobs.names import blob_key, named_key
from antiphon.blobs.store import BlobStamp

LEFTOVER_AGE_S = 24 * 3600
"""Seconds after which a temporary file is nobody's: no put takes that long, and a slow one must not lose its file."""

_FILE_MODE = 0o640
"""Readable by the group, since a node may run as another user; not by the world, since it may not be released yet."""


class FolderBlobs:
    """A store in ``root``: ``sha256/ab/cdef...`` for blobs, named objects by their names, ``tmp`` for work in progress.

    Any number of processes and threads may use one folder at a time. The methods are BlobStore's.
    """

    def __init__(self, root: Path) -> None:
        """Open the folder, make what is missing of it, and sweep old leftovers. Raises: StoreFull, StoreUnavailable."""
        self._root = root.absolute()
        self._tmp = self._root / "tmp"
        self._prepared: set[Path] = set()
        with storage_errors(repr(self)):
            make_directory(self._root)
            self._tmp.mkdir(exist_ok=True)
            self._sweep_leftovers()

    def put(self, data: bytes) -> str:
        blob = hashlib.sha256(data).hexdigest()
        self._store(blob, (data,))
        return blob

    def put_file(self, path: Path) -> str:
        blob = hash_file(path)
        self._store(blob, read_unchanged(path, blob))
        return blob

    def get(self, blob: str) -> bytes:
        with self._open(blob) as source:
            data = source.read()
        got = hashlib.sha256(data).hexdigest()
        if got != blob:
            raise BlobCorrupt(blob, repr(self), got)
        return data

    def get_file(self, blob: str, path: Path) -> None:
        with self._open(blob) as source:
            chunks = iter(lambda: source.read(CHUNK_BYTES), b"")
            write_checked(path, chunks, blob, repr(self))

    def has(self, blob: str) -> bool:
        return self._path(blob).is_file()

    def delete(self, blob: str) -> None:
        path = self._path(blob)
        with storage_errors(repr(self)):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                fsync_directory(path.parent)

    def size(self, blob: str) -> int:
        with self._open(blob) as source:
            return os.fstat(source.fileno()).st_size

    def stamp(self, blob: str) -> BlobStamp:
        with self._open(blob) as source:
            seen = os.fstat(source.fileno())
        # The time of change, unlike that of modification, cannot be set by whoever wrote to the file.
        return BlobStamp(seen.st_size, f"{seen.st_dev}:{seen.st_ino}:{seen.st_mtime_ns}:{seen.st_ctime_ns}")

    def check(self, blob: str) -> None:
        digest = hashlib.sha256()
        with self._open(blob) as source, storage_errors(repr(self)):
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
        if digest.hexdigest() != blob:
            raise BlobCorrupt(blob, repr(self), digest.hexdigest())

    def read_range(self, blob: str, start: int, stop: int) -> bytes:
        with self._open(blob) as source, storage_errors(repr(self)):
            size = os.fstat(source.fileno()).st_size
            if not 0 <= start <= stop <= size:
                raise RangeOutOfBounds(blob, start, stop, size)
            source.seek(start)
            return source.read(stop - start)

    def local_path(self, blob: str) -> Path | None:
        path = self._path(blob)
        return path if path.is_file() else None

    def put_named(self, name: str, data: bytes) -> None:
        path = self._root / named_key(name)
        with storage_errors(repr(self)):
            self._replace(path, (data,))

    def get_named(self, name: str) -> bytes | None:
        path = self._root / named_key(name)
        with storage_errors(repr(self)):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                self._require_folder()
                return None

    def list_names(self, folder: str) -> tuple[str, ...]:
        path = self._root / named_key(folder)
        with storage_errors(repr(self)):
            try:
                with os.scandir(path) as found:
                    return tuple(sorted(f"{folder}/{entry.name}" for entry in found if entry.is_file()))
            except (FileNotFoundError, NotADirectoryError):
                return ()

    def delete_named(self, name: str) -> None:
        path = self._root / named_key(name)
        with storage_errors(repr(self)):
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                fsync_directory(path.parent)

    def __repr__(self) -> str:
        return f"the folder {self._root}"

    def _path(self, blob: str) -> Path:
        return self._root / blob_key(blob)

    def _store(self, blob: str, chunks: Iterable[bytes]) -> None:
        path = self._path(blob)
        with storage_errors(repr(self)):
            if path.is_file() and hash_file(path) == blob:
                # Another process may have renamed it a moment ago and not yet reached its own fsync.
                fsync_directory(path.parent)
            else:
                self._replace(path, chunks)

    def _replace(self, path: Path, chunks: Iterable[bytes]) -> None:
        """Write a temporary file and give it its name; if that fails, nothing is left behind and nothing changed."""
        self._prepare(path.parent)
        descriptor, temporary = tempfile.mkstemp(dir=self._tmp)
        try:
            with open(descriptor, "wb") as target:
                target.writelines(chunks)
                target.flush()
                os.fchmod(descriptor, _FILE_MODE)
                os.fsync(descriptor)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        fsync_directory(path.parent)

    def _prepare(self, folder: Path) -> None:
        """Make a folder of the store, and those above it, durable each before the next, when it is first written to.

        Those that are there count as new: another process may be between making one and its fsync.
        """
        if folder in self._prepared:
            return
        made = self._root
        for part in folder.relative_to(self._root).parts:
            made /= part
            made.mkdir(exist_ok=True)
            fsync_directory(made.parent)
        self._prepared.add(folder)

    @contextmanager
    def _open(self, blob: str) -> Iterator[BinaryIO]:
        with storage_errors(repr(self)):
            try:
                source = self._path(blob).open("rb")
            except FileNotFoundError as error:
                self._require_folder()
                raise BlobMissing(blob, repr(self)) from error
        with source:
            yield source

    def _require_folder(self) -> None:
        """Tell a store in which something is not there from one that is not there itself, as when a disk is away.

        Else a node would take an empty mount point for a store in which nothing is taken down.
        Raises: StoreUnavailable.
        """
        if not self._tmp.is_dir():
            raise StoreUnavailable(repr(self), "the folder is not there")

    def _sweep_leftovers(self) -> None:
        """Remove temporary files of puts that died. Age is told by the file system's own clock, which may be remote."""
        with tempfile.TemporaryFile(dir=self._tmp) as probe:
            swept_before = os.fstat(probe.fileno()).st_mtime - LEFTOVER_AGE_S
        for leftover in self._tmp.iterdir():
            with suppress(FileNotFoundError):
                if leftover.lstat().st_mtime < swept_before:
                    leftover.unlink()


def make_directory(path: Path) -> None:
    """Make the directory and those above it that are missing, each durable before the next. Raises: OSError."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True)
    fsync_directory(path.parent)


def fsync_directory(path: Path) -> None:
    """Make the names in a directory survive the loss of power. Raises: OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
