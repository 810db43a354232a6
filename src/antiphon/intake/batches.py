"""What lies on disk, read as a provider's input: batches of release folders, in the order they are to be accepted."""

import os
import re
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import msgspec

from antiphon.formats.ern import Manifest, read_manifest
from antiphon.intake.folders import (
    MAX_MESSAGE_BYTES,
    ReleaseFolder,
    is_noise,
    read_bare_message,
    read_release_folder,
    require_textual_name,
    see_file,
)
from antiphon.model.errors import Refused
from antiphon.model.findings import Finding, Place, Severity
from antiphon.rules.evidence import BatchFacts

MAX_FOLDERS_PER_BATCH = 10_000
"""Release folders in one batch, and batches in one inbox. Back catalogues come in batches of some hundreds."""

COMPLETION_MARKER = re.compile(r"BatchComplete(_.*)?\.(xml|txt)", re.IGNORECASE)
"""The file that says that a batch is complete: a manifest, or empty. Source: formats 6."""

_PRIORITY = re.compile(r"([PMN])_")
"""What the name of a batch or release folder may begin with. Source: formats 6."""

_URGENT_DELIVERY = "HighPriorityDelivery"
"""The DeliveryType of a manifest that means what P_ means in a name."""

ACKNOWLEDGEMENTS = "acknowledgements"
"""The folder in which senders find our answers; nothing in it is a delivery. Source: formats 6."""

_TIMESTAMP = re.compile(r"(?<!\d)20\d{12}(?:\d{3})?(?!\d)")
"""YYYYMMDDhhmmss, with or without milliseconds. A barcode of fourteen digits does not begin like a year."""


class Priority(IntEnum):
    """How soon a delivery is worked on, the least number first. The queue counts from 1."""

    WITHDRAWAL = 1
    """Takedowns and purges."""
    HIGH = 2
    MEDIUM = 3
    NORMAL = 4


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The deliveries that arrived under one completion marker, in order. It groups and orders them, no more.

    ``name`` is the batch folder's, empty where there is no batch. ``problems`` are the folders that are no deliveries,
    and messages of the manifest that are not there. ``priority`` is what its name says, or the manifest if that is
    more; ``is_test`` and ``choreography`` are the manifest's.
    """

    name: str
    folders: tuple[ReleaseFolder, ...]
    problems: tuple[Finding, ...] = ()
    priority: Priority = Priority.NORMAL
    is_test: bool = False
    choreography: str = ""
    facts: BatchFacts | None = None
    """What rules are told of the batch; None: there is none."""

    @property
    def stamp(self) -> str:
        """What batches are ordered by: the timestamp in the name, padded to milliseconds; empty: it has none."""
        return find_timestamp(self.name)


def find_batches(path: Path) -> tuple[Batch, ...]:
    """Return the batches at a path, oldest first by the timestamp in their names, then by name.

    The path is a batch folder, an inbox of batch folders (of which those that are not complete yet are left out), one
    release folder, or one XML message. No link is followed. Raises: Refused where it is none of these, or is a batch
    without its completion marker.
    """
    require_textual_name(path.name)
    if path.is_symlink() or not path.exists():
        raise Refused("NoDelivery", f"{path}: there is no such file or folder (links are not followed)")
    if path.is_file():
        return (Batch(name="", folders=(read_bare_message(path),)),)
    if find_marker(path) is not None:
        return (read_batch(path),)
    if any(name.lower().endswith(".xml") for name in _file_names(path)):
        folder = read_release_folder(path)
        name = folder.name if find_timestamp(folder.name) else ""
        return (Batch(name=name, folders=(folder,), priority=read_priority(folder.name)),)
    complete = [folder for folder in _sub_folders(path) if find_marker(folder) is not None]
    if not complete:
        raise Refused(
            "BatchIncomplete",
            f"{path.name}: it has no BatchComplete_{{BatchId}}.xml and no message; "
            "wait until the sender has put the marker, or put an empty one to deliver what is there",
        )
    return tuple(read_batch(folder) for folder in complete)


def read_batch(root: Path) -> Batch:
    """Return a complete batch. A sub-folder that is no delivery becomes a problem and stops no neighbour.

    Raises: Refused without a completion marker; Rejected where the marker is a manifest that cannot be read.
    """
    require_textual_name(root.name)
    marker = find_marker(root)
    if marker is None:
        raise Refused(
            "BatchIncomplete", f"{root.name}: it has no BatchComplete_{{BatchId}}.xml; wait until it is complete"
        )
    folders: list[ReleaseFolder] = []
    problems: list[Finding] = []
    for folder in _sub_folders(root):
        try:
            folders.append(read_release_folder(folder))
        except Refused as refused:
            problems.append(as_problem(refused.code, folder.name, str(refused)))
    manifest = _read_marker(marker, root)
    priority = read_priority(root.name)
    facts = BatchFacts(
        name=root.name,
        marker=marker.name,
        marker_size_bytes=marker.lstat().st_size,
        declared_count=manifest.declared_count if manifest else None,
        found_count=len(folders),
        is_test=manifest.is_test if manifest else None,
    )
    if manifest is None:
        return Batch(name=root.name, folders=tuple(folders), problems=tuple(problems), priority=priority, facts=facts)
    problems += _list_absent(manifest, marker.name, folders)
    is_urgent = any(entry.delivery_type == _URGENT_DELIVERY for entry in manifest.messages)
    return Batch(
        name=root.name,
        folders=tuple(folders),
        problems=tuple(problems),
        priority=Priority.HIGH if is_urgent else priority,
        is_test=manifest.is_test,
        choreography=manifest.choreography,
        facts=facts,
    )


def find_marker(root: Path) -> Path | None:
    """Return the completion marker in a folder's root, None where the batch is not complete (or is no batch)."""
    names = sorted(name for name in _file_names(root) if COMPLETION_MARKER.fullmatch(name))
    return root / names[0] if names else None


def read_priority(name: str) -> Priority:
    """Return the priority in a folder's name; one without is normal."""
    found = _PRIORITY.match(name)
    return {"P": Priority.HIGH, "M": Priority.MEDIUM}.get(found[1], Priority.NORMAL) if found else Priority.NORMAL


def find_timestamp(name: str) -> str:
    """Return the timestamp in a folder's name, padded to milliseconds; empty: it has none."""
    stamp = _TIMESTAMP.search(name)
    return stamp[0].ljust(17, "0") if stamp else ""


def _read_marker(marker: Path, root: Path) -> Manifest | None:
    """Return the manifest that is the marker; None: it is only a semaphore."""
    seen = see_file(marker, root)
    if seen.size_bytes == 0 or marker.suffix.lower() == ".txt":
        return None
    if seen.size_bytes > MAX_MESSAGE_BYTES:
        raise Refused(
            "MessageTooLarge", f"{marker.name}: {seen.size_bytes} bytes; at most {MAX_MESSAGE_BYTES} are read"
        )
    return read_manifest(marker.read_bytes(), file=marker.name)


def _list_absent(manifest: Manifest, marker: str, folders: list[ReleaseFolder]) -> Iterator[Finding]:
    """Yield a problem for each message the manifest names that is not there."""
    present = {folder.message.path.lower() for folder in folders}
    for message in manifest.messages:
        if message.path.rpartition("/")[2].lower() not in present:
            yield as_problem("ErnMissing", marker, f"the manifest names {message.path}, which is not in the batch")


def as_problem(code: str, file: str, message: str) -> Finding:
    """Return what is wrong with something of which no delivery came about."""
    return Finding(
        rule=code,
        severity=Severity.FATAL,
        place=Place(file=file.encode(errors="surrogateescape").decode(errors="backslashreplace")),
        message=message,
        fix="mend the folder and deliver it again in a new batch",
    )


def _sub_folders(root: Path) -> list[Path]:
    with os.scandir(root) as entries:
        folders = [Path(e.path) for e in entries if e.is_dir(follow_symlinks=False) and _is_meant(e.name)]
    if len(folders) > MAX_FOLDERS_PER_BATCH:
        raise Refused("TooManyFolders", f"{root.name}: more than {MAX_FOLDERS_PER_BATCH} folders; split the batch")
    return sorted(folders, key=_order_of)


def _is_meant(name: str) -> bool:
    return not is_noise(name) and name != ACKNOWLEDGEMENTS


def _order_of(folder: Path) -> tuple[str, str]:
    """Return what folders sort by: the timestamp in the name (none is first), then the name."""
    return (find_timestamp(folder.name), folder.name)


def _file_names(root: Path) -> list[str]:
    with os.scandir(root) as entries:
        return [e.name for e in entries if e.is_file(follow_symlinks=False) and not is_noise(e.name)]
