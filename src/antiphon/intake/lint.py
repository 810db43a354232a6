"""Check deliveries where they lie, by the rules the intake checks them by: no server, no database, nothing written."""

from datetime import datetime
from pathlib import Path

import msgspec

from antiphon.formats.ern import read_message
from antiphon.intake.batches import find_batches
from antiphon.intake.folders import ReleaseFolder
from antiphon.intake.hashes import hash_files
from antiphon.model.errors import Rejected
from antiphon.model.findings import Finding
from antiphon.rules import CheckContext, check_statement, declared_algorithms


class LintedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one message, worst first. ``source_lines`` is its text, for showing the line of a finding."""

    file: str
    findings: tuple[Finding, ...]
    source_lines: tuple[str, ...] = ()


def lint_path(path: Path, now: datetime) -> tuple[LintedMessage, ...]:
    """Return what the rules find in each message at a path, in the order of ``find_batches``.

    Files are named by their paths as given, so that an editor finds them. Rules that need the catalogue or decoded
    media are silent. Raises: Refused where there is no delivery at the path.
    """
    linted: list[LintedMessage] = []
    for batch in find_batches(path):
        linted += [_lint_folder(folder, now) for folder in batch.folders]
        if batch.problems:
            linted.append(LintedMessage(file=batch.name, findings=batch.problems))
    return tuple(linted)


def _lint_folder(folder: ReleaseFolder, now: datetime) -> LintedMessage:
    file = str(folder.locate(folder.message))
    data = folder.locate(folder.message).read_bytes()
    lines = tuple(data.decode(errors="replace").splitlines())
    try:
        statement = read_message(data, file=file)
    except Rejected as rejected:
        return LintedMessage(file=file, findings=(rejected.as_finding(),), source_lines=lines)
    algorithms = declared_algorithms(statement)
    context = CheckContext(
        now=now,
        message_file=file,
        files=None if folder.is_bare else {seen.path: seen.size_bytes for seen in folder.files},
        hashes=None if folder.is_bare else hash_files(folder.root, (seen.path for seen in folder.files), algorithms),
    )
    return LintedMessage(file=file, findings=check_statement(statement, context), source_lines=lines)
