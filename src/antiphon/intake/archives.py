"""ZIP and TAR as a way to bring a delivery: listed, judged whole, and only then unpacked into a folder of its own.

``open_archive`` gives a folder that ``find_batches`` reads like any other; it is gone when the block ends. Whatever is
wrong with an archive, nothing of it has been written when it is refused, but for bytes that are not what the listing
said: those end as soon as they differ, and never grow beyond it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from antiphon.intake.archive_entries import ArchiveEntry, ArchiveLimits, require_safe_entries
from antiphon.intake.folders import see_file
from antiphon.intake.scratch import lend_folder, remove_abandoned
from antiphon.intake.tar_archive import list_tar, open_tar, read_tar
from antiphon.intake.zip_archive import list_zip, read_zip_entry
from antiphon.model.errors import Refused, Transient

SPARE_DISK_BYTES = 256 * 1024**2
"""Bytes that stay free on the disk an archive is unpacked to: others write there too."""

BLOCK_BYTES = 4096
"""What the smallest file takes of a disk."""

FOLDER_PREFIX = "unpack-"
"""What folders are called that archives are unpacked into, with the process that does it."""

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_START = b"\x1f\x8b"
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_OTHERS = {b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "Zstandard"}
_SUFFIX = re.compile(r"(\.zip|\.tar|\.tgz|\.tar\.gz|\.gz)$", re.IGNORECASE)


def is_archive(path: Path) -> bool:
    """Tell whether a path is a file that starts as an archive does, whatever it is called."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as source:
        start = source.read(_TAR_MAGIC_AT + len(_TAR_MAGIC))
    return start.startswith((*_ZIP_STARTS, _GZIP_START, *_OTHERS)) or start[_TAR_MAGIC_AT:] == _TAR_MAGIC


def open_delivery(path: Path, scratch: Path | None = None) -> AbstractContextManager[Path]:
    """Return a context that gives the folder or message at a path: the path itself, or what an archive there holds."""
    return open_archive(path, scratch) if is_archive(path) else nullcontext(path)


@contextmanager
def open_archive(path: Path, scratch: Path | None = None, limits: ArchiveLimits | None = None) -> Iterator[Path]:
    """Give a folder with what an archive holds, for as long as the block runs: what lies in its one folder, or in it.

    ``scratch``: where to unpack; what processes that were killed left there is removed. None: where the system keeps
    temporary files.
    Raises: Refused (the sender's fault) for an archive that is unsafe, damaged or too large, before anything is
    written; Transient where the disk has no room.
    """
    see_file(path, path.parent)
    limits = limits or ArchiveLimits()
    if scratch is not None:
        remove_abandoned(scratch, FOLDER_PREFIX)
    with path.open("rb") as source, lend_folder(scratch, FOLDER_PREFIX) as held:
        root = held / (_SUFFIX.sub("", path.name).strip(". ") or "archive")
        root.mkdir()
        try:
            _unpack(source, path.name, root, limits)
        except OSError as error:
            raise Transient(f"{path.name}: it cannot be unpacked into {held}: {error.strerror}") from error
        inside = list(root.iterdir())
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else root


def _unpack(source: BinaryIO, archive: str, root: Path, limits: ArchiveLimits) -> None:
    start = source.read(8)
    packed_bytes = source.seek(0, os.SEEK_END)
    other = next((name for mark, name in _OTHERS.items() if start.startswith(mark)), None)
    if other:
        raise Refused("ArchiveUnreadable", f"{archive}: {other} is not read; pack it as ZIP, TAR or TAR.GZ")
    if start.startswith(_ZIP_STARTS):
        listed = list_zip(source, archive, limits)
        kept = set(require_safe_entries(archive, (line.entry for line in listed), packed_bytes, limits))
        _require_room(kept, root, archive)
        for line in listed:
            if line.entry in kept:
                _write_entry(root, line.entry, read_zip_entry(source, archive, line))
        return
    is_gzipped = start.startswith(_GZIP_START)
    entries = list_tar(open_tar(source, is_gzipped=is_gzipped), archive, packed_bytes, limits)
    kept = set(require_safe_entries(archive, entries, packed_bytes, limits))
    _require_room(kept, root, archive)
    names = {(entry.name, entry.size_bytes) for entry in kept}
    for item in read_tar(open_tar(source, is_gzipped=is_gzipped), archive):
        if (item.entry.name, item.entry.size_bytes) in names:
            _write_entry(root, item.entry, item.chunks)


def _require_room(entries: set[ArchiveEntry], root: Path, archive: str) -> None:
    needed = sum(entry.size_bytes + BLOCK_BYTES for entry in entries) + SPARE_DISK_BYTES
    free = shutil.disk_usage(root).free
    if needed > free:
        raise Transient(f"{archive}: unpacking it takes {needed} bytes of disk, and {free} are free in {root.parent}")


def _write_entry(root: Path, entry: ArchiveEntry, chunks: Iterator[bytes]) -> None:
    """Write one file or folder whose path was found safe. ``x`` refuses anything that is there already."""
    target = root / entry.path
    if entry.is_folder:
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
