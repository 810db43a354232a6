"""One release folder as it lies on disk: which files it has, seen without following a link out of it."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from antiphon.model.errors import Refused

MAX_FILES_PER_FOLDER = 10_000
"""Files in one release folder. A box set of 500 tracks with a booklet page and three takes each has 2,500."""

MAX_FOLDER_DEPTH = 8
"""Folders inside each other. The choreography needs one (resources/); some senders nest by disc and kind."""

MAX_FILE_BYTES = 16 * 1024**3
"""Bytes of one file. Three hours of 24-bit stereo at 192 kHz are 12.4e9 bytes."""

MAX_FOLDER_BYTES = 128 * 1024**3
"""Bytes of one release folder: more than any release, less than a disk."""

MAX_MESSAGE_BYTES = 64 * 1024**2
"""Bytes of one message. A 500-track release with every territory spelt out comes to about 20 MB."""

NOISE_NAMES = frozenset({".DS_Store", "__MACOSX", "Thumbs.db", "desktop.ini"})
NOISE_PREFIXES = ("._", ".~")
"""What desktops and transfer tools leave behind. Source: formats 6."""

SEMAPHORE = ".complete"
"""What the name of a file ends with that says "this is complete": in the root of a release folder, or beside it."""

_UNTEXTUAL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and the surrogates Python puts where a name is not UTF-8."""


class SeenFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: its path inside the release folder, with slashes, its size, and what tells that it is still the same.

    ``stamp`` is (device, inode, modification time in ns).
    """

    path: str
    size_bytes: int
    stamp: tuple[int, int, int]


class ReleaseFolder(msgspec.Struct, frozen=True, kw_only=True):
    """One message with its files. ``name`` is the folder's own, which often carries the sender's release id.

    ``is_bare`` tells that only the message was given: nothing is known about files.
    """

    root: Path
    name: str
    message: SeenFile
    files: tuple[SeenFile, ...] = ()
    is_bare: bool = False

    def locate(self, file: SeenFile) -> Path:
        """Return the path on disk of one of the folder's files."""
        return self.root / file.path


def read_release_folder(root: Path) -> ReleaseFolder:
    """Return what a release folder holds: the message in its root, and every other file in the order of their paths.

    The message is ``{folder}.xml``; else ``{ReleaseId}.xml`` of a folder ``P_{ReleaseId}_{timestamp}``; else the only
    XML file in the root. Raises: Refused (the sender's fault) where there is none, or a link, a special file, a name
    that is not text, or more than the limits allow.
    """
    require_textual_name(root.name)
    files = sorted(_walk(root, root, depth=1), key=lambda file: file.path)
    if sum(file.size_bytes for file in files) > MAX_FOLDER_BYTES:
        raise Refused("FolderTooLarge", f"{root.name}: its files come to more than {MAX_FOLDER_BYTES} bytes; split it")
    message = _choose_message(root.name, files)
    return ReleaseFolder(root=root, name=root.name, message=message, files=tuple(f for f in files if f is not message))


def read_bare_message(path: Path) -> ReleaseFolder:
    """Return a message that was given without its folder. Raises: Refused where it is no regular file, or too large."""
    message = see_file(path, path.parent)
    _check_message_size(message)
    return ReleaseFolder(root=path.parent, name=path.stem, message=message, is_bare=True)


def see_file(path: Path, root: Path) -> SeenFile:
    """Return what the file is now, without following a link. Raises: Refused for anything but a regular file."""
    status = path.lstat()
    name = path.relative_to(root).as_posix()
    if stat.S_ISLNK(status.st_mode):
        raise Refused("LinkInDelivery", f"{name}: it is a symbolic link; deliver the file itself")
    if not stat.S_ISREG(status.st_mode):
        raise Refused("SpecialFileInDelivery", f"{name}: it is neither a file nor a folder; deliver files only")
    if status.st_size > MAX_FILE_BYTES:
        raise Refused("FileTooLarge", f"{name}: {status.st_size} bytes; at most {MAX_FILE_BYTES} are taken")
    return SeenFile(path=name, size_bytes=status.st_size, stamp=(status.st_dev, status.st_ino, status.st_mtime_ns))


@contextmanager
def open_seen(folder: ReleaseFolder, file: SeenFile) -> Iterator[Path]:
    """Give a path to the very file that was seen, whatever its name leads to meanwhile; no link is followed to it.

    The path names an open descriptor, reached through folders each of which was opened without following a link, so
    nobody can swap the file between a look at it and its reading. Linux alone: elsewhere there is no such path.
    Raises: Refused if it is another file now, or has changed when the block ends.
    """
    descriptor = _open_beneath(folder.root, file)
    try:
        _require_unchanged(descriptor, file)
        yield Path(f"/proc/self/fd/{descriptor}")
        _require_unchanged(descriptor, file)
    finally:
        os.close(descriptor)


def require_textual_name(name: str) -> None:
    """Refuse the name of a file or folder that nobody could write down (the sender's fault)."""
    if _UNTEXTUAL.search(name):
        raise Refused("UnreadableFileName", f"{name!a}: the name is not plain UTF-8 text; rename it")


def is_noise(name: str) -> bool:
    """Tell whether a name is what a desktop or a transfer tool leaves behind, which nobody means."""
    return name in NOISE_NAMES or name.startswith(NOISE_PREFIXES)


def _open_beneath(root: Path, file: SeenFile) -> int:
    """Return a descriptor of the file, opened step by step; a link on the way, or in its place, is refused."""
    *folders, name = file.path.split("/")
    # What waits for a writer, as a named pipe does, must not keep us waiting.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for step in folders:
            try:
                inner = os.open(step, flags | os.O_DIRECTORY, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = inner
        try:
            return os.open(name, flags, dir_fd=descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("LinkInDelivery", f"{file.path}: it is a symbolic link; deliver the file itself") from error
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise _changed(file) from error
        raise


def _require_unchanged(descriptor: int, file: SeenFile) -> None:
    status = os.fstat(descriptor)
    if (status.st_size, status.st_dev, status.st_ino, status.st_mtime_ns) != (file.size_bytes, *file.stamp):
        raise _changed(file)


def _changed(file: SeenFile) -> Refused:
    return Refused("FileChanged", f"{file.path}: it changed while it was taken in; deliver again once it is complete")


def _walk(folder: Path, root: Path, depth: int) -> list[SeenFile]:
    if depth > MAX_FOLDER_DEPTH:
        raise Refused(
            "FolderTooDeep", f"{root.name}: folders are more than {MAX_FOLDER_DEPTH} deep; deliver them flatter"
        )
    found: list[SeenFile] = []
    for entry in _list_entries(folder):
        if entry.is_dir(follow_symlinks=False):
            found += _walk(Path(entry.path), root, depth + 1)
        elif depth > 1 or not entry.name.endswith(SEMAPHORE):
            found.append(see_file(Path(entry.path), root))
        if len(found) > MAX_FILES_PER_FOLDER:
            raise Refused("TooManyFiles", f"{root.name}: more than {MAX_FILES_PER_FOLDER} files; split the delivery")
    return found


def _list_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_noise(entry.name):
                continue
            require_textual_name(entry.name)
            yield entry


def _choose_message(folder: str, files: list[SeenFile]) -> SeenFile:
    messages = [file for file in files if "/" not in file.path and file.path.lower().endswith(".xml")]
    by_name = {file.path.lower(): file for file in messages}
    parts = folder.split("_")
    candidates = [folder, "_".join(parts[1:-1]), "_".join(parts[1:]), "_".join(parts[:-1])]
    named = next((by_name[f"{name}.xml".lower()] for name in candidates if f"{name}.xml".lower() in by_name), None)
    if named is None and len(messages) == 1:
        named = messages[0]
    if named is None:
        found = ", ".join(file.path for file in messages[:3]) or "no XML file"
        raise Refused(
            "ErnMissing", f"{folder}: got {found}; expected {folder}.xml in it; add the message and deliver again"
        )
    _check_message_size(named)
    return named


def _check_message_size(message: SeenFile) -> None:
    if message.size_bytes > MAX_MESSAGE_BYTES:
        raise Refused(
            "MessageTooLarge", f"{message.path}: {message.size_bytes} bytes; a message has at most {MAX_MESSAGE_BYTES}"
        )
