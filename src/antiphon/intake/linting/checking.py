"""Linting: what the rules of the intake find where a delivery lies, to the character, and what may be mended."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from antiphon.formats.ern import read_manifest, read_message
from antiphon.intake.archives import is_archive, open_archive
from antiphon.intake.folders import MAX_MESSAGE_BYTES, ReleaseFolder, SeenFile
from antiphon.intake.hashes import Hashes, hash_files
from antiphon.intake.linting.markup import Markup
from antiphon.intake.linting.remarks import UNREAD_CODES, Remark, offer_edits, order_of, spot_findings
from antiphon.intake.linting.source import SourceText, read_source
from antiphon.intake.linting.targets import Target, list_targets
from antiphon.model.errors import Rejected
from antiphon.model.findings import Finding, Place, Severity
from antiphon.rules import CheckContext, check_statement, declared_algorithms
from antiphon.rules.evidence import BatchFacts

INSIDE = "!/"
"""Between the path of an archive and the path of a file in it."""


class MessageCheck:
    """The rules as they are asked of one message, however often its text is tried; its files are hashed once."""

    def __init__(self, folder: ReleaseFolder, batch: BatchFacts | None, now: datetime) -> None:
        self.folder = folder
        self.batch = batch
        self.now = now
        self._hashes: Hashes | None = None

    def findings(self, data: bytes) -> tuple[Finding, ...]:
        """Return what the rules find in a text of the message."""
        folder = self.folder
        try:
            statement = read_message(data, file=folder.message.path)
        except Rejected as rejected:
            return (rejected.as_finding(),)
        context = CheckContext(now=self.now, message_file=folder.message.path)
        if not folder.is_bare:
            if self._hashes is None:
                paths = (seen.path for seen in folder.files)
                self._hashes = hash_files(folder.root, paths, declared_algorithms(statement))
            context = msgspec.structs.replace(
                context,
                files={seen.path: seen.size_bytes for seen in folder.files},
                hashes=self._hashes,
                folder=folder.name,
                batch=self.batch,
            )
        return check_statement(statement, context)


class LintedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one message, worst first. ``file``: its path as its reader finds it.

    ``path``: where its text may be rewritten; None: nowhere (an archive, standard input). ``check``: asks the rules of
    it again; None: there is no message.
    """

    file: str
    remarks: tuple[Remark, ...]
    source: SourceText = SourceText(text="")
    path: Path | None = None
    check: MessageCheck | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings alone."""
        return tuple(remark.finding for remark in self.remarks)


Tell = Callable[[str, int, int], None]
"""Told before each message: its file, its number, and how many there are."""


def lint_path(path: Path, now: datetime, tell: Tell | None = None) -> Iterator[LintedMessage]:
    """Yield what the rules find in each message at a path: a message, a release folder, a batch, an inbox, an archive.

    Rules that need the catalogue or decoded media are silent. Nothing is written, but for an archive that is unpacked
    into a temporary folder as long as this runs. A link is followed where it is the path itself, not in a delivery.
    Raises: Refused where there is no delivery at the path, or an archive is unsafe.
    """
    real = path.resolve() if path.is_symlink() else path
    if is_archive(real):
        with open_archive(real) as folder:
            targets = [target for target in list_targets(folder) if not target.lacks_marker]
            inside = [(t, f"{path}{INSIDE}{t.path.relative_to(folder.parent)}") for t in targets]
            for linted in _lint_targets(inside, now, tell):
                yield msgspec.structs.replace(linted, path=None)
        return
    yield from _lint_targets([(t, str(path / t.path.relative_to(real))) for t in list_targets(real)], now, tell)


def lint_bytes(data: bytes, now: datetime, *, file: str) -> LintedMessage:
    """Return what the rules find in one message that lies nowhere."""
    message = SeenFile(path=file, size_bytes=len(data), stamp=(0, 0, 0))
    folder = ReleaseFolder(root=Path(), name="", message=message, is_bare=True)
    return _lint_message(data, MessageCheck(folder, None, now), file)


def lint_again(message: LintedMessage, data: bytes) -> LintedMessage:
    """Return what the rules find in another text of a message; its files are taken to be the same."""
    if message.check is None:
        return message
    return msgspec.structs.replace(_lint_message(data, message.check, message.file), path=message.path)


def _lint_targets(targets: list[tuple[Target, str]], now: datetime, tell: Tell | None) -> Iterator[LintedMessage]:
    for number, (target, file) in enumerate(targets, 1):
        if tell is not None:
            tell(file, number, len(targets))
        yield _lint_target(target, now, file)


def _lint_target(target: Target, now: datetime, file: str) -> LintedMessage:
    if target.is_manifest:
        return _lint_manifest(target, file)
    if target.folder is None:
        return LintedMessage(file=file, remarks=tuple(Remark(finding=problem) for problem in target.problems))
    check = MessageCheck(target.folder, target.batch, now)
    try:
        linted = _lint_message(target.path.read_bytes(), check, file)
    except OSError as error:
        return LintedMessage(file=file, remarks=(Remark(finding=_tell_unreadable(target.folder, error)),))
    return msgspec.structs.replace(linted, path=target.path)


def _tell_unreadable(folder: ReleaseFolder, error: OSError) -> Finding:
    return Finding(
        rule="Unreadable",
        severity=Severity.FATAL,
        place=Place(file=folder.message.path),
        got=f"{error.filename}: {error.strerror}",
        expected="a file that may be read",
        fix="give yourself the permission to read it, and lint it again",
    )


def _lint_manifest(target: Target, file: str) -> LintedMessage:
    data = target.path.read_bytes() if target.path.stat().st_size <= MAX_MESSAGE_BYTES else b"<"
    try:
        if data:
            read_manifest(data, file=target.path.name)
    except Rejected as rejected:
        source = read_source(data)
        return LintedMessage(file=file, remarks=spot_findings((rejected.as_finding(),), source, None), source=source)
    return LintedMessage(file=file, remarks=())


def _lint_message(data: bytes, check: MessageCheck, file: str) -> LintedMessage:
    findings = check.findings(data)
    source = read_source(data)
    is_read = source.misread_at is None and not any(finding.rule in UNREAD_CODES for finding in findings)
    markup = Markup(source.text) if is_read else None
    remarks = spot_findings(findings, source, markup)
    if markup is not None and markup.root is not None and source.encode(source.text) == data:
        remarks = offer_edits(remarks, source, markup, check.findings)
    return LintedMessage(file=file, remarks=tuple(sorted(remarks, key=order_of)), source=source, check=check)
