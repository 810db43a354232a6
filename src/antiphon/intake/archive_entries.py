"""What an archive says is in it, and what of that is let near a disk.

Everything here is decided from the listing alone, before a byte is written. An archive is a stranger's: names may
climb out, two names may be one file, a kilobyte may be a petabyte. Nothing is mended: an archive with one bad entry is
refused whole, since whoever packed it did not pack what we would read.
"""

import unicodedata
from collections.abc import Iterable

import msgspec

from antiphon.intake.folders import MAX_FILE_BYTES, MAX_FOLDER_BYTES, MAX_FOLDER_DEPTH, is_noise
from antiphon.model.errors import Refused
from antiphon.rules.references import is_safe_reference

MAX_ARCHIVE_ENTRIES = 100_000
"""Entries of one archive. A batch of 1,000 albums of 20 tracks has about 25,000."""

MAX_ARCHIVE_RATIO = 50
"""Expanded bytes per packed byte, for what is above ``FREE_EXPANSION_BYTES``. Audio packs by 3 at most, text by 20."""

FREE_EXPANSION_BYTES = 1024**3
"""Expanded bytes that no ratio is asked of: silence in WAV packs by 630, and is legitimate. Source: formats 6."""

MAX_ARCHIVE_DEPTH = MAX_FOLDER_DEPTH + 2
"""Folders inside each other: those of a release, in a batch, in an inbox."""

MAX_NAME_BYTES = 255
"""Bytes of one name between slashes. Source: NAME_MAX of Linux file systems."""

MAX_PATH_BYTES = 1024
"""Bytes of one path. Paths in real deliveries stay under 200; Linux ends at 4096, with our own folders before it."""

_ARCHIVE_SUFFIXES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar")
_ARCHIVE_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"(\xb5/\xfd",
)
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257

_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_JOINERS = "\u200c\u200d"
"""Characters that do not show, such as those that turn the reading direction; joiners belong to some scripts."""

START_BYTES = 512
"""Bytes at the start of an entry that tell whether it is an archive itself: a TAR says so at byte 257."""


class ArchiveLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one archive may be, in the units of the constants above."""

    entries: int = MAX_ARCHIVE_ENTRIES
    file_bytes: int = MAX_FILE_BYTES
    expanded_bytes: int = MAX_FOLDER_BYTES
    free_expansion_bytes: int = FREE_EXPANSION_BYTES
    ratio: int = MAX_ARCHIVE_RATIO
    depth: int = MAX_ARCHIVE_DEPTH


class ArchiveEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as listed: its name as written, how many bytes it claims to be, and the bytes it starts with."""

    name: str
    size_bytes: int = 0
    is_folder: bool = False
    start: bytes = b""

    @property
    def path(self) -> str:
        """The name without what changes nothing: a leading "./", and the slash of a folder."""
        return "/".join(part for part in self.name.removesuffix("/").split("/") if part != ".")

    @property
    def is_noise(self) -> bool:
        """Whether a desktop left it behind: it is not taken out."""
        return any(map(is_noise, self.path.split("/")))


def require_safe_entries(
    archive: str, entries: Iterable[ArchiveEntry], packed_bytes: int, limits: ArchiveLimits
) -> tuple[ArchiveEntry, ...]:
    """Return the files and folders to take out, in their order, noise left out.

    Raises: Refused (the sender's fault) with the first thing that is wrong with the listing.
    """
    kinds: dict[str, bool] = {}
    kept: list[ArchiveEntry] = []
    expanded = 0
    for count, entry in enumerate(entries, 1):
        if count > limits.entries:
            raise Refused("ArchiveTooLarge", f"{archive}: more than {limits.entries} entries; split the delivery")
        _require_safe_name(archive, entry, limits)
        _require_no_archive(archive, entry)
        _require_one_of_each(archive, entry, kinds)
        expanded += entry.size_bytes
        require_bounded_size(archive, entry.size_bytes, expanded, packed_bytes, limits)
        if entry.path and not entry.is_noise:
            kept.append(entry)
    _require_no_file_as_folder(archive, kept, kinds)
    if not kept:
        raise Refused("ArchiveUnreadable", f"{archive}: it is empty; pack the release folder or the batch")
    return tuple(kept)


def require_bounded_size(archive: str, size: int, expanded: int, packed: int, limits: ArchiveLimits) -> None:
    """Refuse an archive that would be too much on a disk, or much more than it is packed. All in bytes."""
    if size > limits.file_bytes:
        raise Refused("ArchiveTooLarge", f"{archive}: a file of {size} bytes; at most {limits.file_bytes} are taken")
    if expanded > limits.expanded_bytes:
        raise Refused(
            "ArchiveTooLarge", f"{archive}: more than {limits.expanded_bytes} bytes unpacked; split the delivery"
        )
    if expanded > limits.free_expansion_bytes + limits.ratio * packed:
        raise Refused(
            "ArchiveTooLarge",
            f"{archive}: {packed} bytes that unpack to {expanded} or more; "
            f"at most {limits.ratio} times are taken; deliver the folder itself",
        )


def _require_safe_name(archive: str, entry: ArchiveEntry, limits: ArchiveLimits) -> None:
    name = entry.name.removesuffix("/")
    shown = ascii(entry.name[:100])
    if not entry.path and entry.is_folder:
        return  # "./" itself, which tar writes first
    if not is_safe_reference(name):
        raise Refused(
            "ArchiveUnsafe",
            f"{archive}: the entry {shown} could be unpacked outside of its folder; name files by plain relative paths",
        )
    if any(unicodedata.category(c) in _UNSEEN_CATEGORIES and c not in _JOINERS for c in name):
        raise Refused(
            "UnreadableFileName", f"{archive}: the entry {shown} has characters that do not show; rename the file"
        )
    parts = name.split("/")
    sizes = [len(part.encode()) for part in parts]
    if not all(sizes) or max(sizes) > MAX_NAME_BYTES or sum(sizes) > MAX_PATH_BYTES:
        raise Refused("ArchiveUnsafe", f"{archive}: the entry {shown} has an empty or overlong name; rename the file")
    if len(entry.path.split("/")) > limits.depth + (not entry.is_folder):
        raise Refused("FolderTooDeep", f"{archive}: folders are more than {limits.depth} deep; deliver them flatter")


def _require_no_archive(archive: str, entry: ArchiveEntry) -> None:
    is_tar = entry.start[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC)
    if entry.is_folder or entry.is_noise:
        return
    if is_tar or entry.start.startswith(_ARCHIVE_STARTS) or entry.path.lower().endswith(_ARCHIVE_SUFFIXES):
        raise Refused(
            "NestedArchive", f"{archive}: the entry {entry.name[:100]!a} is an archive; pack the files themselves"
        )


def _require_one_of_each(archive: str, entry: ArchiveEntry, kinds: dict[str, bool]) -> None:
    """Refuse two entries that some file system takes for one. A folder may be listed again."""
    key = _key(entry.path)
    if key not in kinds:
        kinds[key] = entry.is_folder
    elif not (kinds[key] and entry.is_folder):
        raise Refused(
            "ArchiveUnsafe",
            f"{archive}: there are two entries {entry.name[:100]!a}, or two that differ in case alone; name each once",
        )


def _require_no_file_as_folder(archive: str, kept: list[ArchiveEntry], kinds: dict[str, bool]) -> None:
    for entry in kept:
        parts = _key(entry.path).split("/")
        for depth in range(1, len(parts)):
            if kinds.get("/".join(parts[:depth])) is False:
                raise Refused(
                    "ArchiveUnsafe", f"{archive}: the entry {entry.name[:100]!a} lies in a file; pack the folder anew"
                )


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
