"""What lies at a path, as a linter takes it: everything that could become a delivery, complete or not yet."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from antiphon.intake.batches import (
    ACKNOWLEDGEMENTS,
    COMPLETION_MARKER,
    as_problem,
    find_marker,
    find_timestamp,
    read_batch,
)
from antiphon.intake.folders import (
    ReleaseFolder,
    is_noise,
    read_bare_message,
    read_release_folder,
)
from antiphon.model.errors import Refused, Rejected
from antiphon.model.findings import Finding, Place, Severity
from antiphon.rules.evidence import BatchFacts

MAX_TARGETS = 10_000
"""Messages of one run: somebody pointed at a whole disk."""


_NO_MARKER = "BatchIncomplete"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to lint. ``folder`` None: there is no message in it, and ``problems`` say so.

    ``path``: the message on disk, or what stands for it. ``is_manifest``: it lists a batch, and is no release.
    """

    path: Path
    folder: ReleaseFolder | None = None
    batch: BatchFacts | None = None
    problems: tuple[Finding, ...] = ()
    is_manifest: bool = False

    @property
    def lacks_marker(self) -> bool:
        """Whether it only tells that a batch waits for its marker. An archive that can be read has come whole."""
        return any(problem.rule == _NO_MARKER for problem in self.problems)


def list_targets(path: Path) -> tuple[Target, ...]:
    """Return what there is to lint at a path, in the order of names.

    The path is a message, a release folder, a batch (also without its completion marker: a sender looks before it puts
    one), an inbox of batches, or a folder of loose messages. Raises: Refused where no message is in it.
    """
    if not path.exists():
        raise Refused("NoDelivery", f"{path}: there is no such file or folder")
    if not path.is_dir():
        if COMPLETION_MARKER.fullmatch(path.name):
            return (Target(path=path, is_manifest=True),)
        return (_target_of(read_bare_message(path)),)
    found = tuple(_list_in(path))
    if not found:
        raise Refused(
            "NoDelivery", f"{path}: there is no XML message in it, nor in its folders; name archives by themselves"
        )
    if len(found) > MAX_TARGETS:
        raise Refused("TooManyFolders", f"{path}: more than {MAX_TARGETS} messages; lint one batch after the other")
    return found


def _list_in(path: Path) -> Iterator[Target]:
    if find_marker(path) is not None:
        yield from _list_batch(path)
    elif _messages_in(path):
        yield from _list_release(path)
    else:
        folders = _folders_in(path)
        releases = [folder for folder in folders if find_marker(folder) is None and _messages_in(folder)]
        if releases:
            yield from _list_batch(path)
        for folder in folders:
            if folder not in releases and (find_marker(folder) or any(map(_messages_in, _folders_in(folder)))):
                yield from _list_batch(folder)


def _list_batch(root: Path) -> Iterator[Target]:
    """Yield what is wrong with a batch itself, then its deliveries."""
    if find_marker(root) is None:
        if not _is_by_release(root):
            yield Target(path=root, problems=(_note_missing_marker(root),))
        yield from _list_releases(root)
        return
    try:
        batch = read_batch(root)
    except (Refused, Rejected) as error:
        marker = find_marker(root) or root
        problem = error.as_finding() if isinstance(error, Rejected) else as_problem(error.code, root.name, str(error))
        yield Target(path=marker, problems=(problem,), is_manifest=isinstance(error, Rejected))
        yield from _list_releases(root)
        return
    for problem in batch.problems:
        yield Target(path=root / problem.place.file, problems=(problem,))
    for number, folder in enumerate(batch.folders):
        facts = batch.facts and msgspec.structs.replace(batch.facts, is_first=number == 0)
        yield msgspec.structs.replace(_target_of(folder), batch=facts)


def _is_by_release(root: Path) -> bool:
    """Tell whether releases lie here each for itself, with its time in its name: nothing marks their end."""
    return all(find_timestamp(folder.name) for folder in _folders_in(root) if _messages_in(folder))


def _list_releases(root: Path) -> Iterator[Target]:
    for folder in _folders_in(root):
        yield from _list_release(folder)


def _list_release(path: Path) -> Iterator[Target]:
    """Yield the message of a release folder, or each of several loose ones."""
    try:
        yield _target_of(read_release_folder(path))
    except Refused as refused:
        messages = _messages_in(path)
        if refused.code == "ErnMissing" and len(messages) > 1:
            for message in messages:
                yield from _list_loose(message)
        else:
            yield Target(path=path, problems=(as_problem(refused.code, path.name, str(refused)),))


def _list_loose(message: Path) -> Iterator[Target]:
    try:
        yield _target_of(read_bare_message(message))
    except Refused as refused:
        yield Target(path=message, problems=(as_problem(refused.code, message.name, str(refused)),))


def _target_of(folder: ReleaseFolder) -> Target:
    return Target(path=folder.locate(folder.message), folder=folder)


def _note_missing_marker(root: Path) -> Finding:
    return Finding(
        rule=_NO_MARKER,
        severity=Severity.NOTE,
        place=Place(file=root.name),
        got="a batch without its completion marker",
        expected=f"BatchComplete_{root.name}.xml in it",
        message="A batch waits until its completion marker is there.",
        fix="put the marker last, when everything else has been sent",
    )


def _messages_in(path: Path) -> list[Path]:
    with os.scandir(path) as entries:
        names = [
            e.name
            for e in entries
            if e.is_file(follow_symlinks=False) and e.name.lower().endswith(".xml") and not is_noise(e.name)
        ]
    return [path / name for name in sorted(names) if not COMPLETION_MARKER.fullmatch(name)]


def _folders_in(path: Path) -> list[Path]:
    with os.scandir(path) as entries:
        names = [e.name for e in entries if e.is_dir(follow_symlinks=False) and not is_noise(e.name)]
    return [path / name for name in sorted(names) if name != ACKNOWLEDGEMENTS]
