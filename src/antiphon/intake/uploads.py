"""Files a provider sends in pieces: staged on disk, each piece durable before it is acknowledged, and resumed.

An upload's row in the record says what is to come; its bytes lie in one file of the staging folder, whose length is
how far it has come. That is all there is to agree: after whatever accident, the sender asks for the length and goes on
from there. Web processes share the folder; a lock on the file lets one of them write at a time.
"""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from antiphon.blobs.errors import storage_errors
from antiphon.blobs.folder import fsync_directory, make_directory
from antiphon.intake.archive_entries import MAX_NAME_BYTES, MAX_PATH_BYTES
from antiphon.intake.archives import SPARE_DISK_BYTES
from antiphon.intake.folders import MAX_FOLDER_BYTES
from antiphon.model.errors import Refused, Transient
from antiphon.record.engine import reading, writing
from antiphon.record.instants import format_instant
from antiphon.record.providers import find_provider
from antiphon.record.uploads import (
    OPEN_LIMIT,
    Upload,
    add_upload,
    find_upload,
    list_open_uploads,
    measure_open_uploads,
    put_off_expiry,
    remove_expired_uploads,
    remove_upload,
)
from antiphon.rules.references import is_safe_reference

MAX_UPLOAD_BYTES = MAX_FOLDER_BYTES
"""Bytes of one upload: an archive holds as much as a release folder may."""

MAX_OPEN_BYTES = 4 * MAX_UPLOAD_BYTES
"""Bytes one provider's open uploads may come to together: a few large batches at a time, and no more of our disk."""

UPLOAD_TTL = timedelta(hours=24)
"""How long an upload waits for its next byte, or for its completion: a night's outage and the morning to notice it."""

UPLOAD_ID_BYTES = 16
"""bytes; 32 hex digits that nobody guesses, though a token is needed too."""

SPARE_DISK_SHARE = 20
"""One part of so many of a disk stays free, or ``SPARE_DISK_BYTES`` of a large one: full to its last byte it would take
no transaction either, not even the one that makes room."""

SWEPT_AT_ONCE = 100
"""Expired uploads removed when a new one is made: more than come in, so the folder never grows by what is abandoned."""


class UploadWriter:
    """The open end of an upload: bytes are appended in order; nothing is durable before ``finish`` returns."""

    def __init__(self, descriptor: int, offset: int, size_bytes: int, place: str) -> None:
        self._descriptor = descriptor
        self._start = offset
        self._size_bytes = size_bytes
        self._place = place
        self.offset = offset

    def write(self, data: bytes) -> None:
        """Append bytes. Raises: Refused for more than was announced; StoreFull, StoreUnavailable."""
        if self.offset + len(data) > self._size_bytes:
            raise Refused(
                "UploadTooLarge", f"more bytes than the {self._size_bytes} that were announced; announce a new upload"
            )
        with storage_errors(self._place):
            require_room(self._descriptor)
            view = memoryview(data)
            while view:
                written = os.write(self._descriptor, view)
                self.offset += written
                view = view[written:]

    def finish(self) -> int:
        """Make what was written durable and return how far the upload has come. Raises: StoreFull, StoreUnavailable.

        Where that fails, the bytes of this writer are given up: what is acknowledged later must be on disk.
        """
        try:
            with storage_errors(self._place):
                os.fsync(self._descriptor)
        except Transient:
            self.discard()
            raise
        return self.offset

    def discard(self) -> None:
        """Give up what this writer has written: it was not what the sender meant, or is not on disk."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, self._start)
            os.fsync(self._descriptor)
        self.offset = self._start


class Uploads:
    """The uploads of an installation. Any number of processes may use one record and one folder at a time."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Use a staging folder, on a disk with room for what is under way; it is made with the first upload."""
        self._engine = engine
        self.folder = folder

    def create(
        self, provider: str, client_id: str, *, path: str, size_bytes: int, sha256: str, now: datetime
    ) -> Upload:
        """Announce a file and return its upload, with nothing of it yet.

        Raises: Refused for an unknown provider, an unsafe path, a file that is too large, or too much that is open.
        """
        _require_safe_path(path)
        if not 0 <= size_bytes <= MAX_UPLOAD_BYTES:
            raise Refused("UploadTooLarge", f"{size_bytes} bytes; an upload has at most {MAX_UPLOAD_BYTES}; split it")
        self.sweep(now)
        upload = Upload(
            id=secrets.token_hex(UPLOAD_ID_BYTES),
            provider=provider,
            client_id=client_id,
            path=path,
            size_bytes=size_bytes,
            sha256=sha256.lower(),
            created_at=format_instant(now),
            expires_at=format_instant(now + UPLOAD_TTL),
        )
        with writing(self._engine) as connection:
            if find_provider(connection, provider) is None:
                raise Refused("UnknownProvider", f"there is no provider {provider!r}; add it with its DPIDs first")
            count, total_bytes = measure_open_uploads(connection, provider)
            if count >= OPEN_LIMIT or total_bytes + size_bytes > MAX_OPEN_BYTES:
                raise Refused(
                    "TooManyUploads",
                    f"{count} uploads of {total_bytes} bytes are open; at most {OPEN_LIMIT} of {MAX_OPEN_BYTES} bytes "
                    "may be; complete or delete some",
                )
            add_upload(connection, upload)
        return upload

    def find(self, upload_id: str, provider: str) -> Upload:
        """Return a provider's upload. Raises: Refused where there is none, or it is another's."""
        with reading(self._engine) as connection:
            upload = find_upload(connection, upload_id, provider)
        if upload is None:
            raise Refused("UnknownUpload", f"there is no upload {upload_id[:64]!r} of yours; it may have expired")
        return upload

    def list_open(self, provider: str) -> tuple[Upload, ...]:
        """Return a provider's uploads that are not part of a delivery yet, oldest first."""
        with reading(self._engine) as connection:
            return list_open_uploads(connection, provider)

    def measure(self, upload: Upload) -> int:
        """Return how many bytes of an upload are here; all of them once it is part of a delivery."""
        if upload.completion_id:
            return upload.size_bytes
        try:
            return self.locate(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def locate(self, upload: Upload) -> Path:
        """Return where the bytes of an upload lie."""
        return self.folder / upload.id

    @contextmanager
    def append(self, upload: Upload, offset: int, now: datetime) -> Iterator[UploadWriter]:
        """Give the end of an upload to write at, which must be where the sender takes it to be; then finish it.

        What was written when the block ends in an error stays and is durable: the sender goes on from there.
        Raises: Refused where the offset is another, the upload is part of a delivery, or somebody else is writing.
        """
        if upload.completion_id:
            raise Refused("UploadTaken", "this upload is part of a delivery already; announce a new one")
        with self._locked(upload) as descriptor:
            here = os.fstat(descriptor).st_size
            if here != offset:
                raise Refused("UploadOffset", f"the upload is at byte {here}, not {offset}; go on from there")
            writer = UploadWriter(descriptor, offset, upload.size_bytes, repr(self))
            try:
                yield writer
            finally:
                writer.finish()
        with writing(self._engine) as connection:
            put_off_expiry(connection, upload.id, now + UPLOAD_TTL)

    def remove(self, upload: Upload) -> None:
        """Forget an upload and its bytes; one that is part of a delivery is left as it is."""
        with writing(self._engine) as connection:
            is_removed = remove_upload(connection, upload.id)
        if is_removed:
            self.drop_bytes(upload.id)

    def drop_bytes(self, upload_id: str) -> None:
        """Remove what was staged of an upload."""
        (self.folder / upload_id).unlink(missing_ok=True)

    def sweep(self, now: datetime) -> int:
        """Forget some uploads that have expired and their bytes; return how many."""
        with writing(self._engine) as connection:
            expired = remove_expired_uploads(connection, now, SWEPT_AT_ONCE)
        for upload_id in expired:
            self.drop_bytes(upload_id)
        self._drop_leftovers(now)
        return len(expired)

    def _drop_leftovers(self, now: datetime) -> None:
        """Remove what completions that were killed have left: their folders and locks begin with a dot."""
        swept_before_s = (now - UPLOAD_TTL).timestamp()
        for leftover in self.folder.glob(".*"):
            with suppress(FileNotFoundError):
                if leftover.lstat().st_mtime < swept_before_s:
                    shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()

    def __repr__(self) -> str:
        return "the staging folder"

    @contextmanager
    def _locked(self, upload: Upload) -> Iterator[int]:
        """Open the file of an upload to append to, and keep everybody else from it."""
        with storage_errors(repr(self)):
            make_directory(self.folder)
            is_new = not self.locate(upload).exists()
            descriptor = os.open(self.locate(upload), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with storage_errors(repr(self)):
                if is_new:
                    fsync_directory(self.folder)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise
                raise Refused(
                    "UploadBusy", "another request is writing to this upload; try again in a moment"
                ) from error
            yield descriptor
        finally:
            os.close(descriptor)


def require_room(descriptor: int) -> None:
    """Leave room on the disk of a file for the record, and whoever cleans up. Raises: OSError as a full disk does."""
    disk = os.fstatvfs(descriptor)
    spare_bytes = min(SPARE_DISK_BYTES, disk.f_blocks * disk.f_frsize // SPARE_DISK_SHARE)
    if disk.f_bavail * disk.f_frsize < spare_bytes:
        raise OSError(errno.ENOSPC, f"fewer than {spare_bytes} bytes are free")


def hash_staged(path: Path) -> str:
    """Return the SHA-256 of a staged file, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _require_safe_path(path: str) -> None:
    parts = path.split("/")
    is_short = len(path.encode(errors="replace")) <= MAX_PATH_BYTES and all(
        0 < len(part.encode(errors="replace")) <= MAX_NAME_BYTES for part in parts
    )
    if not is_short or not path.isprintable() or not is_safe_reference(path):
        raise Refused(
            "UploadPath",
            f"the path {path[:100]!a} is none of a delivery's files; give a plain relative one with slashes",
        )
