"""What lies on a shelf, taken together: batches, release folders, bare messages and archives, each whole or not yet.

Pure: files in, units out; what time it is and what was there before is for ``inbox`` to know.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import msgspec

from antiphon.intake.batches import COMPLETION_MARKER, Priority, find_timestamp, read_priority
from antiphon.intake.folders import SEMAPHORE
from antiphon.intake.shelves import ShelfFile

_ARCHIVE = re.compile(r".+\.(zip|tar|tgz|tar\.gz)", re.IGNORECASE)
_UNFINISHED = re.compile(r"(\..*|.*\.(part|partial|filepart|tmp|crdownload|swp))", re.IGNORECASE)
"""Names that transfer tools give to what is still on its way."""


class UnitKind(StrEnum):
    """What a unit is, which decides when it is complete."""

    BATCH = "batch"
    """A folder of release folders: complete with its marker."""
    RELEASE = "release"
    """A folder with a message in it: complete with a semaphore, or when it rests and all its files are there."""
    MESSAGE = "message"
    ARCHIVE = "archive"


class Unit(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is taken at once. ``name``: the file or folder on the shelf. ``files``: all of it, semaphores left out.

    ``has_marker``: a completion marker says that the batch is complete, or a semaphore that anything else is.
    """

    name: str
    kind: UnitKind
    files: tuple[ShelfFile, ...]
    has_marker: bool = False

    @property
    def key(self) -> str:
        """The name as text, whatever bytes it is made of: what the record knows the unit by."""
        return self.name.encode(errors="surrogateescape").decode(errors="backslashreplace")

    @cached_property
    def fingerprint(self) -> str:
        """What changes when any file does."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.path}\0{file.size_bytes}\0{file.stamp}\0".encode(errors="surrogateescape"))
        return digest.hexdigest()

    @property
    def changed_at(self) -> datetime:
        """When its newest file changed, by the shelf's clock."""
        return max(file.changed_at for file in self.files)

    @property
    def order(self) -> tuple[Priority, str, str]:
        """What units are taken in the order of: priority, timestamp, name."""
        return (read_priority(self.name), find_timestamp(self.name), self.name)

    @property
    def message_paths(self) -> tuple[str, ...]:
        """The XML files in the root of a release folder, or the bare message itself."""
        depth = 0 if self.kind is UnitKind.MESSAGE else 1
        return tuple(f.path for f in self.files if f.path.count("/") == depth and f.path.lower().endswith(".xml"))


def group_units(files: Iterable[ShelfFile]) -> tuple[Unit, ...]:
    """Return the units on a shelf in the order they are to be taken. What cannot be one is left out."""
    groups: dict[str, list[ShelfFile]] = {}
    for file in files:
        name, _, rest = file.path.partition("/")
        groups.setdefault(f"{name}/" if rest else name, []).append(file)
    said = {name.removesuffix(SEMAPHORE) for name in groups if name.endswith(SEMAPHORE)}
    units = [unit for name, group in groups.items() if (unit := _make_unit(name, group, said)) is not None]
    return tuple(sorted(units, key=lambda unit: unit.order))


def _make_unit(name: str, files: Sequence[ShelfFile], said: set[str]) -> Unit | None:
    plain = name.removesuffix("/")
    if _UNFINISHED.fullmatch(plain) or name.endswith(SEMAPHORE):
        return None
    is_said = plain in said
    if not name.endswith("/"):
        kind = UnitKind.ARCHIVE if _ARCHIVE.fullmatch(name) else UnitKind.MESSAGE
        is_meant = kind is UnitKind.ARCHIVE or name.lower().endswith(".xml")
        return Unit(name=name, kind=kind, files=tuple(files), has_marker=is_said) if is_meant else None
    inside = {file.path.removeprefix(name) for file in files}
    in_root = {path for path in inside if "/" not in path}
    semaphores = {path for path in in_root if path.endswith(SEMAPHORE)}
    kept = tuple(file for file in files if file.path.removeprefix(name) not in semaphores)
    marker = any(COMPLETION_MARKER.fullmatch(path) for path in in_root)
    has_message = any(path.lower().endswith(".xml") for path in in_root)
    kind = UnitKind.BATCH if marker or not has_message else UnitKind.RELEASE
    if not kept:
        return None
    is_complete = marker if kind is UnitKind.BATCH else is_said or bool(semaphores)
    return Unit(name=plain, kind=kind, files=kept, has_marker=is_complete)
