"""A shelf that is a prefix of an object store. Its objects appear whole, so nothing has to be waited for."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from antiphon.blobs.errors import StoreUnavailable
from antiphon.intake.archive_entries import ArchiveEntry, ArchiveLimits, require_safe_entries
from antiphon.intake.batches import ACKNOWLEDGEMENTS
from antiphon.intake.folders import is_noise
from antiphon.intake.shelves import ShelfFile, require_bounded_list
from antiphon.model.errors import Refused

CHUNK_BYTES = 1024 * 1024
"""How much of an object is in memory at a time."""


class ObjectShelf:
    """A shelf behind obstore, whose prefix is the store's own. The methods are Shelf's.

    ``scratch``: a folder on a disk with room for the largest batch, into which what is lent is brought.
    """

    is_atomic = True

    def __init__(self, store: ObjectStore, location: str, scratch: Path) -> None:
        self._objects = store
        self._location = location
        self._scratch = scratch

    @property
    def location(self) -> str:
        return self._location

    def list_files(self) -> tuple[ShelfFile, ...]:
        return tuple(sorted(self._list(""), key=lambda file: file.path))

    @contextmanager
    def lend(self, path: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="antiphon-shelf-", dir=self._scratch) as held:
            found = {
                file.path: file for file in self._list(path) if file.path == path or file.path.startswith(f"{path}/")
            }
            entries = [ArchiveEntry(name=file.path, size_bytes=file.size_bytes) for file in found.values()]
            kept = require_safe_entries(path, entries, sum(entry.size_bytes for entry in entries), ArchiveLimits())
            for entry in kept:
                self._bring(found[entry.name], Path(held) / entry.path)
            yield Path(held) / path

    def read_file(self, path: str, size_limit: int) -> bytes:
        try:
            with self._store_errors():
                found = obstore.get(self._objects, path)
                if found.meta["size"] > size_limit:
                    raise Refused("FileTooLarge", f"{path}: {found.meta['size']} bytes; at most {size_limit} are read")
                return bytes(found.bytes())
        except FileNotFoundError as error:
            raise Refused("FileChanged", f"{path}: it is gone") from error

    def put_answer(self, name: str, data: bytes) -> None:
        with self._store_errors():
            obstore.put(self._objects, f"{ACKNOWLEDGEMENTS}/{name}", data)

    def _list(self, prefix: str) -> Iterator[ShelfFile]:
        # A prefix is whole segments to the store, and a file may be one: so a file's own folder is listed for it.
        folder = prefix if prefix and not self._is_file(prefix) else prefix.rpartition("/")[0]
        count = 0
        with self._store_errors():
            for page in obstore.list(self._objects, prefix=folder or None):
                count += len(page)
                require_bounded_list(self._location, count)
                for item in page:
                    path = item["path"]
                    if path.startswith(f"{ACKNOWLEDGEMENTS}/") or any(map(is_noise, path.split("/"))):
                        continue
                    yield ShelfFile(
                        path=path,
                        size_bytes=item["size"],
                        stamp=item["e_tag"] or item["last_modified"].isoformat(),
                        changed_at=item["last_modified"],
                    )

    def _is_file(self, path: str) -> bool:
        try:
            with self._store_errors():
                obstore.head(self._objects, path)
        except FileNotFoundError:
            return False
        return True

    def _bring(self, file: ShelfFile, target: Path) -> None:
        """Bring an object to the disk. Raises: Refused where it is not what was listed any more."""
        target.parent.mkdir(parents=True, exist_ok=True)
        size_bytes = 0
        try:
            with self._store_errors(), target.open("xb") as copy:
                for chunk in obstore.get(self._objects, file.path).stream(min_chunk_size=CHUNK_BYTES):
                    size_bytes += copy.write(chunk)
                    if size_bytes > file.size_bytes:
                        break
        except FileNotFoundError as error:
            raise Refused("FileChanged", f"{file.path}: it is gone") from error
        if size_bytes != file.size_bytes:
            raise Refused("FileChanged", f"{file.path}: it changed while it was brought; it is looked at again")

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            # What the store says below the first line is a dump that may hold signed addresses.
            raise StoreUnavailable(self._location, str(error).partition("\n")[0]) from error
