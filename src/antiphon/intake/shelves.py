"""Where senders lay deliveries and find our answers: a folder, or a prefix of an object store. Read, never changed.

Whoever may write there may be anybody's program, so nothing is trusted: no link is followed, neither to what is read
nor to where answers are put, and a path is one only when it stays inside.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

import msgspec

from antiphon.blobs.errors import storage_errors
from antiphon.intake.batches import ACKNOWLEDGEMENTS
from antiphon.intake.folders import MAX_FOLDER_DEPTH, is_noise
from antiphon.model.errors import Refused, Transient

if TYPE_CHECKING:
    from obstore.store import RetryConfig

MAX_SHELF_FILES = 1_000_000
"""Files seen in one look: 66,000 releases of 15 files that nobody has cleared away. A look then takes seconds."""

MAX_SHELF_DEPTH = MAX_FOLDER_DEPTH + 2
"""Folders inside each other: those of a release, in a batch, on a shelf."""

ANSWER_MODE, ANSWERS_MODE = 0o644, 0o755
"""Answers, and their folder, are for their sender, who is another user of the same machine."""


class ShelfFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file on a shelf: its path there, with slashes, and what tells that it is still the same.

    ``stamp`` differs when the content does; ``changed_at`` is aware, by the clock of whoever keeps the shelf.
    ``is_plain`` is False for a link or a special file, which is seen and not read.
    """

    path: str
    size_bytes: int
    stamp: str
    changed_at: datetime
    is_plain: bool = True


class Shelf(Protocol):
    """What an inbox needs of the place it watches. Every method raises Transient where the place does not answer."""

    @property
    def location(self) -> str:
        """What the shelf is called in settings and in the record, without credentials."""

    @property
    def is_atomic(self) -> bool:
        """Whether a file appears whole or not at all; False: what is seen may still be growing."""

    def list_files(self) -> tuple[ShelfFile, ...]:
        """Return every file, but our answers and what desktops leave behind, in the order of their paths.

        Raises: Refused where there are more than anybody can mean.
        """

    def lend(self, path: str) -> AbstractContextManager[Path]:
        """Give a path on this machine to a file or folder of the shelf, for as long as the block runs.

        Raises: Refused (the sender's fault) for what cannot lie on a disk.
        """

    def read_file(self, path: str, size_limit: int) -> bytes:
        """Return a file. Raises: Refused where it is larger, no plain file, or gone."""

    def put_answer(self, name: str, data: bytes) -> None:
        """Put an answer where the sender looks for it, in place of one of the same name; durable on return."""


class FolderShelf:
    """A shelf that is a folder, such as the home of an SFTP account. The methods are Shelf's."""

    is_atomic = False

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    @property
    def location(self) -> str:
        return str(self._root)

    def list_files(self) -> tuple[ShelfFile, ...]:
        with storage_errors(self.location):
            found = list(self._walk(self._root, "", 1))
        return tuple(sorted(found, key=lambda file: file.path))

    @contextmanager
    def lend(self, path: str) -> Iterator[Path]:
        yield self._root / path

    def read_file(self, path: str, size_limit: int) -> bytes:
        with storage_errors(self.location), self._open_folder(*path.split("/")[:-1]) as folder:
            try:
                descriptor = os.open(
                    path.rpartition("/")[2], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder
                )
            except OSError as error:
                raise _unreadable(path, error) from error
            with open(descriptor, "rb") as source:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode) or status.st_size > size_limit:
                    raise Refused("FileTooLarge", f"{path}: it is no plain file of at most {size_limit} bytes")
                return source.read(size_limit)

    def put_answer(self, name: str, data: bytes) -> None:
        """Write beside and rename, through a descriptor of the folder: a link in its place is refused, not followed."""
        with storage_errors(self.location):
            with suppress(FileExistsError):
                (self._root / ACKNOWLEDGEMENTS).mkdir()
                (self._root / ACKNOWLEDGEMENTS).chmod(ANSWERS_MODE)
            with self._open_folder(ACKNOWLEDGEMENTS) as folder:
                unnamed = f".~{name}"
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                with open(os.open(unnamed, flags, ANSWER_MODE, dir_fd=folder), "wb") as target:
                    target.write(data)
                    target.flush()
                    os.fchmod(target.fileno(), ANSWER_MODE)
                    os.fsync(target.fileno())
                os.replace(unnamed, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[ShelfFile]:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = f"{prefix}{entry.name}"
                if is_noise(entry.name) or path == ACKNOWLEDGEMENTS:
                    continue
                with suppress(FileNotFoundError):  # taken away meanwhile: then it is not there
                    if entry.is_dir(follow_symlinks=False) and depth < MAX_SHELF_DEPTH:
                        yield from self._walk(Path(entry.path), f"{path}/", depth + 1)
                    else:
                        yield _see_entry(entry, path)

    @contextmanager
    def _open_folder(self, *steps: str) -> Iterator[int]:
        """Give a descriptor of a folder inside, opened step by step without following a link."""
        descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for step in steps:
                try:
                    inner = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
                except OSError as error:
                    raise _unreadable(step, error) from error
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)


def open_shelf(location: str, scratch: Path) -> Shelf:
    """Return the shelf at a folder, ``file:///path``, ``s3://bucket/prefix`` or ``gs://bucket/prefix``.

    Credentials of object stores come from where their own tools look for them. ``scratch``: where what an object store
    holds is brought to be read. Raises: Refused (who wrote the setting) for another scheme, credentials in it, or a
    folder that is not there.
    """
    scheme, separator, rest = location.partition("://")
    if not separator or scheme == "file":
        root = Path(unquote(rest) if separator else location)
        if not root.is_dir():
            raise Refused("NoInbox", f"{root}: there is no such folder; make it, so that it belongs to its sender")
        return FolderShelf(root)
    if scheme not in ("s3", "gs", "memory") or "@" in rest.partition("/")[0]:
        raise Refused("NoInbox", f"{scheme}://...: expected a folder, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX")
    # Imported here, since a folder needs none of it.
    from obstore.store import MemoryStore, from_url

    from antiphon.blobs.locations import REQUEST_RETRIES_MAX, REQUEST_RETRY_S
    from antiphon.intake.object_shelf import ObjectShelf

    if scheme == "memory":
        return ObjectShelf(MemoryStore(), location, scratch)
    retries: RetryConfig = {"max_retries": REQUEST_RETRIES_MAX, "retry_timeout": timedelta(seconds=REQUEST_RETRY_S)}
    return ObjectShelf(from_url(location, retry_config=retries), location.rstrip("/"), scratch)


def require_bounded_list(location: str, count: int) -> None:
    """Refuse a shelf with more files than one look can take in."""
    if count > MAX_SHELF_FILES:
        raise Transient(f"{location}: more than {MAX_SHELF_FILES} files lie there; clear away what was taken long ago")


def _see_entry(entry: os.DirEntry[str], path: str) -> ShelfFile:
    status = entry.stat(follow_symlinks=False)
    return ShelfFile(
        path=path,
        size_bytes=status.st_size,
        stamp=f"{status.st_dev}-{status.st_ino}-{status.st_mtime_ns}",
        changed_at=datetime.fromtimestamp(status.st_mtime, UTC),
        is_plain=stat.S_ISREG(status.st_mode),
    )


def _unreadable(path: str, error: OSError) -> Exception:
    """Return whose fault an error is: the sender's where something is a link or gone, else nobody's."""
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return Refused("LinkInDelivery", f"{path}: it is a link, or no folder; links are not followed")
    if error.errno == errno.ENOENT:
        return Refused("FileChanged", f"{path}: it is gone")
    return error
