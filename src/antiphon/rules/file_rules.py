"""Rules about delivered files: that they are there, and are the ones that were meant."""

from collections.abc import Collection, Iterator

from antiphon.model.claims import FileClaim
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_takedown
from antiphon.rules.declared_hashes import read_declared_hash
from antiphon.rules.evidence import Evidence
from antiphon.rules.references import FileMatch, is_safe_reference
from antiphon.rules.registry import Breach, Confidence, Need, breach_at, rule


@rule(
    "D7",
    "Every file the message names is there, spelled the same",
    severity=Severity.FATAL,
    source="MXM, AP-SPEC; formats 6",
    confidence=Confidence.PLATFORM,
    fix="deliver the file, or correct its path in the message",
    ack_code=AckCode.RESOURCE_MISSING,
    need=Need.FILES,
    why="A file that is named and not there is a track that cannot be played, or a release without a cover.",
)
def has_every_file(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per file that is missing or misspelled.

    A delivery without any file is legal, as an update or ahead of its files, and is one warning; a takedown needs none.
    Files that nothing names are one note, where none is missing that one of them may have been meant for.
    """
    context = evidence.context
    missing: list[Breach] = []
    named: set[str] = set()
    if context.files is None or is_takedown(evidence.statement):
        return
    for resource, claim in _claims(evidence):
        match = _find(claim, evidence)
        if match is None:
            missing.append(_explain_missing(resource, claim))
            continue
        named.add(match.path)
        if not match.is_exact:
            yield breach_at(
                resource,
                line=claim.line,
                got=f"file {claim.uri!r}",
                expected=match.path,
                message="The path in the message is spelled otherwise than the file.",
                fix="spell the path in the message as the file is spelled",
                severity=Severity.WARN,
            )
    main = evidence.statement.main_release
    has_no_files = not set(context.files) - {context.message_file} and not context.earlier_files
    if missing and has_no_files and main is not None:
        expected = f"{len(missing)} files that the message names"
        message = "The release waits for its files."
        yield breach_at(main, got="no files", expected=expected, message=message, severity=Severity.WARN)
        missing = [breach for breach in missing if breach.severity is Severity.FATAL]
    yield from missing
    if main is not None and not missing:
        yield from _find_unnamed(main, context.files.keys() - named - {context.message_file})


@rule(
    "A8",
    "Every file has the hash the message declares",
    severity=Severity.FATAL,
    source="SP-AFO; formats 6",
    confidence=Confidence.PLATFORM,
    fix="deliver the file the hash was computed of, or correct the hash",
    ack_code=AckCode.HASH_SUM_WRONG,
    need=Need.HASHES,
    why="A hash that differs means that the file was damaged on its way, or that it is another one.",
)
def has_declared_hashes(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per file whose content is another; a warning where a declared hash cannot be one."""
    for resource, claim in _claims(evidence):
        match = _find(claim, evidence)
        if claim.hash_sum is None or match is None:
            continue
        declared = read_declared_hash(claim.hash_sum)
        if declared is None:
            yield breach_at(
                resource,
                line=claim.line,
                got=f"{claim.hash_sum.algorithm or 'hash'} {claim.hash_sum.value!r}",
                expected="MD5, SHA-1 or SHA-2 in hex",
                message="The declared hash can be none.",
                severity=Severity.WARN,
            )
            continue
        computed = (evidence.context.hashes or {}).get(match.path, {}).get(declared.algorithm)
        if computed is not None and computed.lower() != declared.hex:
            yield breach_at(
                resource,
                line=claim.line,
                got=f"{match.path} with {declared.algorithm} {computed.lower()}",
                expected=declared.hex,
                message="The file is not the one whose hash was declared.",
            )


def _find_unnamed(main: Release, unnamed: Collection[str]) -> Iterator[Breach]:
    """Yield one note for files of the delivery that the message does not name."""
    if unnamed:
        others = f" and {len(unnamed) - 1} more" if len(unnamed) > 1 else ""
        yield breach_at(
            main,
            got=f"{min(unnamed)}{others}, which the message does not name",
            expected="files that it names",
            message="The message does not name every file that came with it.",
            fix="name the file in the message if it is to be heard or seen; else leave it out",
            severity=Severity.NOTE,
        )


def _claims(evidence: Evidence) -> Iterator[tuple[Resource, FileClaim]]:
    """Yield the files that must be there; a message may name files that it says are not in this delivery."""
    for resource in evidence.statement.resources:
        for claim in resource.files:
            if claim.is_provided is not False:
                yield resource, claim


def _find(claim: FileClaim, evidence: Evidence) -> FileMatch | None:
    return evidence.delivered.match(claim.uri) or evidence.delivered_earlier.match(claim.uri)


def _explain_missing(resource: Resource, claim: FileClaim) -> Breach:
    if is_safe_reference(claim.uri):
        return breach_at(
            resource,
            line=claim.line,
            got=f"no file {claim.uri!r}",
            expected="the file in the delivery",
            message="The file is not in the delivery.",
        )
    return breach_at(
        resource,
        line=claim.line,
        got=f"file {claim.uri!r}",
        expected="a path inside the delivery",
        message="The path is absolute, an address, or could leave the delivery; it was not looked for.",
        fix="name the file by its path from the message, such as resources/01.flac",
        severity=Severity.FATAL,
    )


RULES = (has_every_file, has_declared_hashes)
