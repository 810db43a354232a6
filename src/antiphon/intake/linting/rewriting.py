"""Files rewritten by the edits of their remarks: planned, shown as a difference, and put in place at once."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from antiphon.formats.ern import read_manifest
from antiphon.intake.batches import find_marker
from antiphon.intake.folders import MAX_MESSAGE_BYTES
from antiphon.intake.linting.checking import LintedMessage
from antiphon.intake.linting.remarks import Remark
from antiphon.intake.linting.source import Edit, SourceText, apply_edits
from antiphon.model.errors import Refused, Rejected

CONTEXT_LINES = 3
"""Unchanged lines before and after a change in a difference: what ``diff -u`` and ``patch`` are used to."""


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was read and as it is to be. ``mended``: how many remarks it mends. ``path`` None: only to show."""

    file: str
    path: Path | None
    before: bytes
    after: bytes
    difference: tuple[str, ...]
    mended: int


def plan_rewrite(message: LintedMessage, remarks: Iterable[Remark]) -> Rewrite | None:
    """Return the file with every edit of these remarks made; None: they have none. Nothing is written."""
    mendable = [remark for remark in remarks if remark.edits]
    edits = _without_overlaps(edit for remark in mendable for edit in remark.edits)
    source = message.source
    before = source.encode(source.text)
    after = source.encode(apply_edits(source.text, edits))
    if not edits or before is None or after is None:
        return None
    return Rewrite(
        file=message.file,
        path=message.path,
        before=before,
        after=after,
        difference=tuple(_difference(message.file, source, edits)),
        mended=len(mendable),
    )


def write_rewrite(rewrite: Rewrite) -> None:
    """Put the new file in place of the old one, all of it or nothing. Its permissions stay.

    Raises: Refused where it lies in an archive or nowhere, is no longer what was read, or cannot be written.
    """
    path = rewrite.path
    if path is None:
        raise Refused("NotRewritable", f"{rewrite.file}: only files in folders are rewritten; unpack it first")
    try:
        if path.read_bytes() != rewrite.before:
            raise Refused("FileChanged", f"{path}: it changed while it was linted; lint it again")
        _replace(path, rewrite.after)
    except OSError as error:
        raise Refused("NotRewritable", f"{path}: it cannot be written: {error.strerror}") from error


def find_declared_hash(rewrite: Rewrite) -> str:
    """Return the name of the manifest that declares a hash sum of this file, which no longer fits; empty: none does."""
    folder = rewrite.path.parent if rewrite.path else None
    for place in (folder, folder.parent) if folder else ():
        marker = find_marker(place)
        if marker is None or marker.suffix.lower() != ".xml" or not 0 < marker.stat().st_size <= MAX_MESSAGE_BYTES:
            continue
        try:
            entries = read_manifest(marker.read_bytes()).messages
        except Rejected:
            continue
        name = rewrite.path.name if rewrite.path else ""
        if any(entry.hash_sum and entry.path.rpartition("/")[2].lower() == name.lower() for entry in entries):
            return marker.name
    return ""


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o7777
    descriptor, name = tempfile.mkstemp(prefix=".~", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _without_overlaps(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    kept: list[Edit] = []
    for edit in sorted(set(edits)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def _difference(file: str, source: SourceText, edits: tuple[Edit, ...]) -> Iterator[str]:
    """Yield the lines of a unified difference, without their ends."""
    yield f"--- {file}"
    yield f"+++ {file}"
    added = 0
    for first, last, hunk in _group_edits(source, edits):
        start, end = source.line_starts[first - 1], _end_of(source, last)
        old = source.text[start:end]
        moved = tuple(Edit(edit.start - start, edit.end - start, edit.text) for edit in hunk)
        new_lines, old_lines = _lines(apply_edits(old, moved)), _lines(old)
        yield f"@@ -{first},{len(old_lines)} +{first + added},{len(new_lines)} @@"
        yield from _compare_lines(old_lines, new_lines)
        added += len(new_lines) - len(old_lines)


def _group_edits(source: SourceText, edits: tuple[Edit, ...]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Yield first line, last line and edits of each hunk: edits whose contexts meet are shown together."""
    count = len(_lines(source.text))
    group: list[Edit] = []
    first = last = 0
    for edit in edits:
        region = source.region(edit.start, edit.end)
        if group and region.line - CONTEXT_LINES > last + 1:
            yield first, last, group
            group = []
        if not group:
            first = max(1, region.line - CONTEXT_LINES)
        group.append(edit)
        last = min(count, region.end_line + CONTEXT_LINES)
    if group:
        yield first, last, group


def _compare_lines(old: list[str], new: list[str]) -> Iterator[str]:
    """Yield the lines of a hunk, each with its sign. Loaded late: most runs change nothing."""
    import difflib

    for line in difflib.ndiff(old, new):
        if not line.startswith("?"):
            yield line[0] + line[2:]


def _end_of(source: SourceText, line: int) -> int:
    return source.line_starts[line] if line < len(source.line_starts) else len(source.text)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines
