"""Uploads become deliveries: one call names the files that belong together, and its answer holds for good.

The call is the completion marker of what it names: nothing of a delivery is looked at before it. One archive may bring
a release folder, a batch or an inbox of batches; several files are laid out by their paths, as in the folder they came
from. A repeated call does nothing and says the same.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.blobs.errors import storage_errors
from antiphon.intake.acceptance import BatchReceipt, accept_path
from antiphon.intake.archive_entries import START_BYTES, ArchiveEntry, ArchiveLimits, require_safe_entries
from antiphon.intake.archives import is_archive, open_archive
from antiphon.intake.batches import find_marker
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.uploads import Uploads, hash_staged
from antiphon.model.errors import Refused
from antiphon.record.engine import reading, writing
from antiphon.record.uploads import OPEN_LIMIT, Upload, add_completion, find_completion

COMPLETION_ID_LENGTH = 24
"""Hex digits; follows from the uploads alone, so that a repeated completion is the same one."""

DEFAULT_NAME = "delivery"
"""What the folder of several files is called where the sender gives it no name."""

_LAYOUT = ".layout-"
"""What folders begin with in which files are laid out: in the staging folder, so that a link is all a file takes."""


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a completion. ``is_repeated``: it had been given before."""

    id: str
    outcome: BatchReceipt
    is_repeated: bool = False


def complete_uploads(
    engine: Engine,
    blobs: BlobStore,
    queue: DeliveryQueue,
    uploads: Uploads,
    provider: str,
    upload_ids: Sequence[str],
    now: datetime,
    *,
    name: str = "",
) -> Completion:
    """Accept what some uploads of a provider bring together; what it says is durable when this returns.

    ``name`` is the folder's, which may carry the batch's timestamp; without it an archive's own name counts.
    Raises: Refused where one is unknown, not whole, another's, damaged or part of another delivery, or where they are
    no delivery; Transient where the store or the record cannot take it now: the uploads stay, and the same call works.
    """
    if not 0 < len(upload_ids) <= OPEN_LIMIT or len(set(upload_ids)) != len(upload_ids):
        raise Refused("UploadsInvalid", f"name 1 to {OPEN_LIMIT} uploads, each once; got {len(upload_ids)}")
    completion_id = _id_of(provider, upload_ids)
    repeated = _find_answer(engine, completion_id, provider)
    if repeated is not None:
        return repeated
    with _alone(uploads.folder, completion_id):
        repeated = _find_answer(engine, completion_id, provider)
        if repeated is not None:
            return repeated
        whole = [_require_whole(uploads, uploads.find(upload_id, provider)) for upload_id in upload_ids]
        with _laid_out(uploads, whole, name) as path:
            outcome = accept_path(engine, blobs, queue, provider, path, now)
        if not outcome.receipts:
            return Completion(id=completion_id, outcome=outcome)
        with writing(engine) as connection:
            answer = msgspec.json.encode(outcome).decode()
            add_completion(connection, completion_id, provider, upload_ids, answer, now)
        for upload in whole:
            uploads.drop_bytes(upload.id)
    return Completion(id=completion_id, outcome=outcome)


def _find_answer(engine: Engine, completion_id: str, provider: str) -> Completion | None:
    with reading(engine) as connection:
        answer = find_completion(connection, completion_id, provider)
    if answer is None:
        return None
    outcome = msgspec.json.decode(answer, type=BatchReceipt)
    return Completion(id=completion_id, outcome=outcome, is_repeated=True)


def _id_of(provider: str, upload_ids: Sequence[str]) -> str:
    key = "\0".join((provider, *sorted(upload_ids)))
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()[:COMPLETION_ID_LENGTH]


def _require_whole(uploads: Uploads, upload: Upload) -> Upload:
    """Return an upload that has come whole and undamaged. Raises: Refused."""
    if upload.completion_id:
        raise Refused("UploadTaken", f"{upload.path}: upload {upload.id} is part of another delivery already")
    here = uploads.measure(upload)
    if here != upload.size_bytes:
        raise Refused(
            "UploadIncomplete", f"{upload.path}: {here} of {upload.size_bytes} bytes of upload {upload.id} are here"
        )
    if upload.sha256:
        got = hash_staged(uploads.locate(upload)) if upload.size_bytes else hashlib.sha256().hexdigest()
        if got != upload.sha256:
            raise Refused(
                "UploadDamaged",
                f"{upload.path}: its SHA-256 is {got}, announced was {upload.sha256}; delete the upload, send it again",
            )
    return upload


@contextmanager
def _laid_out(uploads: Uploads, whole: Sequence[Upload], name: str) -> Iterator[Path]:
    """Give the path at which uploads lie as the delivery they are meant to be, until the block ends."""
    with storage_errors(repr(uploads)):
        held = tempfile.TemporaryDirectory(prefix=_LAYOUT, dir=uploads.folder)
    with held:
        root = Path(held.name) / "files"
        if len(whole) == 1:
            alone = _link(uploads, whole[0], root, name or whole[0].path.rpartition("/")[2])
            if is_archive(alone):
                with open_archive(alone, Path(held.name)) as folder:
                    yield mark_whole(folder)
                return
            yield alone
            return
        _require_safe_paths(uploads, whole)
        folder = root / (_plain(name) or DEFAULT_NAME)
        for upload in whole:
            _link(uploads, upload, folder, upload.path)
        yield mark_whole(_descend(folder, is_named=bool(name)))


def _link(uploads: Uploads, upload: Upload, folder: Path, path: str) -> Path:
    """Give a staged file its name in a folder, without copying a byte; an empty one has nothing staged."""
    target = folder / path
    with storage_errors(repr(uploads)):
        target.parent.mkdir(parents=True, exist_ok=True)
        if upload.size_bytes:
            os.link(uploads.locate(upload), target)
        else:
            target.touch()
    return target


def _require_safe_paths(uploads: Uploads, whole: Sequence[Upload]) -> None:
    """Refuse files that could not lie in one folder: what an archive of them would be refused for."""
    entries = []
    for upload in whole:
        start = b""
        if upload.size_bytes:
            with uploads.locate(upload).open("rb") as source:
                start = source.read(START_BYTES)
        entries.append(ArchiveEntry(name=upload.path, size_bytes=upload.size_bytes, start=start))
    total_bytes = sum(upload.size_bytes for upload in whole)
    require_safe_entries("the uploads", entries, total_bytes, ArchiveLimits())


def _descend(folder: Path, *, is_named: bool) -> Path:
    """Return the one folder that all files lie in, whose name is the sender's; else the folder itself."""
    inside = list(folder.iterdir())
    return inside[0] if not is_named and len(inside) == 1 and inside[0].is_dir() else folder


def mark_whole(folder: Path) -> Path:
    """Return a folder of ours, with a marker where it holds folders and none anywhere: it is known to be whole."""
    inside = list(folder.iterdir())
    has_message = any(path.is_file() and path.suffix.lower() == ".xml" for path in inside)
    has_marker = any(path.is_dir() and find_marker(path) is not None for path in [folder, *inside])
    if not has_message and not has_marker:
        (folder / f"BatchComplete_{folder.name}.xml").touch()
    return folder


def _plain(name: str) -> str:
    """Return a folder's name as given. Raises: Refused for one that is more than a name."""
    if name and ("/" in name or name in (".", "..") or not name.isprintable() or len(name.encode()) > 200):
        raise Refused("UploadPath", f"the name {name[:100]!a} is no folder's; give a plain one without slashes")
    return name


@contextmanager
def _alone(folder: Path, completion_id: str) -> Iterator[None]:
    """Keep the same completion from being done twice at a time, by whichever process."""
    with storage_errors("the staging folder"):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / f".{completion_id}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("UploadBusy", "the same completion is under way; ask again in a moment") from error
        try:
            yield
        finally:
            (folder / f".{completion_id}").unlink(missing_ok=True)
    finally:
        os.close(descriptor)
