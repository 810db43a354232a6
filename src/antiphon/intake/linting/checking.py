"""Linting: what the rules of the intake find where a delivery lies, to the character, and what may be mended."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from antiphon.formats.ern import read_manifest, read_message
from antiphon.intake.archives import is_archive, open_archive
from antiphon.intake.folders import MAX_MESSAGE_BYTES, ReleaseFolder, SeenFile
from antiphon.intake.hashes import Hashes, hash_files
from antiphon.intake.linting.markup import Markup
from antiphon.intake.linting.mending import list_repairs
from antiphon.intake.linting.source import Edit, Region, SourceText, apply_edits, read_source
from antiphon.intake.linting.spotting import scope_of, spot_finding
from antiphon.intake.linting.targets import Target, list_targets
from antiphon.model.errors import Refused, Rejected
from antiphon.model.findings import SEVERITY_ORDER, Finding, Severity
from antiphon.rules import CheckContext, check_statement, declared_algorithms
from antiphon.rules.evidence import BatchFacts

_Key = tuple[str, str, str]

INSIDE = "!/"
"""Between the path of an archive and the path of a file in it."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its place to the character, and the edits after which it is gone.

    ``region`` None: it is about the message as a whole. ``hint``: what else may help to mend it.
    """

    finding: Finding
    region: Region | None = None
    edits: tuple[Edit, ...] = ()
    hint: str = ""


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


def lint_path(path: Path, now: datetime) -> Iterator[LintedMessage]:
    """Yield what the rules find in each message at a path: a message, a release folder, a batch, an inbox, an archive.

    Rules that need the catalogue or decoded media are silent. Nothing is written, but for an archive that is unpacked
    into a temporary folder as long as this runs. Raises: Refused where there is no delivery at the path, or an archive
    is unsafe.
    """
    if is_archive(path):
        with open_archive(path) as folder:
            for target in list_targets(folder):
                shown = f"{path}{INSIDE}{target.path.relative_to(folder.parent)}"
                yield msgspec.structs.replace(_lint_target(target, now, shown), path=None)
        return
    for target in list_targets(path):
        yield _lint_target(target, now, str(target.path))


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


def _lint_target(target: Target, now: datetime, file: str) -> LintedMessage:
    if target.is_manifest:
        return _lint_manifest(target, file)
    if target.folder is None:
        return LintedMessage(file=file, remarks=tuple(Remark(finding=problem) for problem in target.problems))
    try:
        data = target.path.read_bytes()
    except OSError as error:
        raise Refused("Unreadable", f"{target.path}: it cannot be read: {error.strerror}") from error
    check = MessageCheck(target.folder, target.batch, now)
    return msgspec.structs.replace(_lint_message(data, check, file), path=target.path)


def _lint_manifest(target: Target, file: str) -> LintedMessage:
    data = target.path.read_bytes() if target.path.stat().st_size <= MAX_MESSAGE_BYTES else b"<"
    try:
        if data:
            read_manifest(data, file=target.path.name)
    except Rejected as rejected:
        source = read_source(data)
        return LintedMessage(file=file, remarks=_spot((rejected.as_finding(),), source, None), source=source)
    return LintedMessage(file=file, remarks=())


def _lint_message(data: bytes, check: MessageCheck, file: str) -> LintedMessage:
    findings = check.findings(data)
    source = read_source(data)
    is_read = source.misread_at is None and not any(finding.rule in _UNREAD for finding in findings)
    markup = Markup(source.text) if is_read else None
    remarks = _spot(findings, source, markup)
    if markup is not None and markup.root is not None and source.encode(source.text) == data:
        remarks = _offer_edits(remarks, source, markup, check)
    return LintedMessage(file=file, remarks=tuple(sorted(remarks, key=_order)), source=source, check=check)


_UNREAD = frozenset({"NewReleaseMessageInvalid", "ErnMissing"})
"""Codes of messages that could not be read: their text may not even be XML."""


def _order(remark: Remark) -> tuple[int, int, int, str]:
    """Return what remarks are shown by: worst first, then as they stand in the text."""
    line, column = (remark.region.line, remark.region.column) if remark.region else (remark.finding.place.line, 0)
    return SEVERITY_ORDER[remark.finding.severity], line, column, remark.finding.rule


def _spot(findings: Iterable[Finding], source: SourceText, markup: Markup | None) -> tuple[Remark, ...]:
    return tuple(
        Remark(
            finding=finding,
            region=_misread_region(finding, source) or spot_finding(finding, source, markup),
            hint=_hint_encoding(finding, source),
        )
        for finding in findings
    )


def _misread_region(finding: Finding, source: SourceText) -> Region | None:
    if source.misread_at is None or finding.rule not in _UNREAD:
        return None
    at = next((at for at, character in enumerate(source.text) if "\udc80" <= character <= "\udcff"), None)
    return source.region(at, at + 1) if at is not None else None


def _hint_encoding(finding: Finding, source: SourceText) -> str:
    """Return what helps most people whose message is no UTF-8."""
    if source.misread_at is None or finding.rule not in _UNREAD or source.encoding != "utf-8":
        return ""
    byte = next((ord(c) - 0xDC00 for c in source.text if "\udc80" <= c <= "\udcff"), 0)
    meant = bytes([byte]).decode("cp1252", errors="replace")
    return (
        f"byte {byte:02X} is no UTF-8; it is {meant!r} in Windows-1252: save the file as UTF-8, or declare its encoding"
    )


def _offer_edits(
    remarks: tuple[Remark, ...], source: SourceText, markup: Markup, check: MessageCheck
) -> tuple[Remark, ...]:
    """Return the remarks with the edits that mend them.

    What an edit mends is found by making it and asking the rules again, so no rule need know of it. Edits of a kind
    that would bring a fatal finding are not offered; a lighter one was there before, hidden by the spelling.
    """
    repairs = list_repairs(markup)
    before = [remark.finding for remark in remarks]
    accepted: list[Edit] = []
    gone: Counter[_Key] = Counter()
    for kind in dict.fromkeys(repair.kind for repair in repairs):
        tried = sorted([*accepted, *(repair.edit for repair in repairs if repair.kind == kind)])
        data = source.encode(apply_edits(source.text, tuple(tried)))
        after = check.findings(data) if data is not None else None
        if after is not None and not _count_fatal(after) - _count_fatal(before):
            accepted, gone = tried, Counter(map(_key, before)) - Counter(map(_key, after))
    return tuple(_with_edits(remark, accepted, gone, source, markup) for remark in remarks)


def _with_edits(
    remark: Remark, accepted: list[Edit], gone: Counter[_Key], source: SourceText, markup: Markup
) -> Remark:
    """Return the remark with the edits that mend it, if any does.

    They are in its element and replace the very text it is about, wherever that stands in there: a title is written
    three times. A name is told at who it is credited on, and stands where the party is described.
    """
    scope = scope_of(remark.finding, source, markup)
    if not gone[_key(remark.finding)] or scope is None:
        return remark
    first, end = bisect_left(accepted, Edit(scope.start, 0, "")), bisect_left(accepted, Edit(scope.end, 0, ""))
    inside = accepted[first:end]
    if remark.region:
        said = source.excerpt(remark.region)
        inside = [edit for edit in inside if source.text[edit.start : edit.end].strip() == said] or inside
    if not inside:
        inside = [e for e in accepted if repr(source.text[e.start : e.end].strip()) in remark.finding.got]
    return msgspec.structs.replace(remark, edits=tuple(inside))


def _count_fatal(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """Return how often each rule is broken fatally at each place. The same finding in other words is no new one."""
    return Counter((f.rule, f.place.path) for f in findings if f.severity is Severity.FATAL)


def _key(finding: Finding) -> _Key:
    return finding.rule, finding.place.path, finding.got
