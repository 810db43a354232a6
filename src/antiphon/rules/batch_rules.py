"""Rules about how deliveries are packed: names, completion markers, manifests, layout.

What concerns a batch as a whole is told once, with its first delivery.
"""

import re
from collections.abc import Iterator

from antiphon.model.claims import IdScheme
from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import BatchFacts, Evidence
from antiphon.rules.references import RESOURCES
from antiphon.rules.registry import Breach, Confidence, Need, rule

_BATCH_ID = re.compile(r"(?:[PMN]_)?(?:Batch_?)?(?P<stamp>\d{17})", re.I)
"""A batch folder's name: a priority, then the id, YYYYMMDDhhmmssnnn. Real ones put "Batch" before it."""

_DATED = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{3}")
_DATED_FOLDER = re.compile(r".+_20\d{12}(?:\d{3})?")
"""A release folder outside a batch: {P|N}_{ReleaseId}_{time}."""

_PRIORITY = re.compile(r"[PMN]_", re.I)
_APPLE_PACKAGE = ".itmsp"
_KEYS = frozenset({IdScheme.GRID, IdScheme.ICPN, IdScheme.PROPRIETARY, IdScheme.CATALOG_NUMBER, IdScheme.ISRC})


@rule(
    "D3",
    "A batch is named by its time, a release folder by its release",
    severity=Severity.WARN,
    source="PS-DV; formats 6",
    confidence=Confidence.PLATFORM,
    fix="name batch folders YYYYMMDDhhmmssnnn and release folders by the id of the main release",
    ack_code=AckCode.USER_DEFINED,
    why="Batches are taken in the order of the times in their names; a release is found again by its folder's name.",
)
def is_named_by_time_and_release(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a batch whose name is no time, and for a release folder without an id of its release.

    A folder counts as one in a batch, or where its own name ends in a time: others are named as their owner likes.
    """
    batch, folder, main = _first_of_batch(evidence), evidence.context.folder, evidence.statement.main_release
    match = _BATCH_ID.fullmatch(batch.name) if batch else None
    if batch and (match is None or not _DATED.fullmatch(match["stamp"])):
        yield Breach(
            got=f"batch {batch.name!r}",
            expected="YYYYMMDDhhmmssnnn, such as 20260306093000000",
            message="The name of the batch is no time.",
        )
    is_named_by_choreography = evidence.context.batch is not None or _DATED_FOLDER.fullmatch(folder) is not None
    ids = [claimed.text for claimed in main.ids if claimed.scheme in _KEYS and _plain(claimed.text)] if main else []
    if folder and ids and is_named_by_choreography and not any(_plain(id_) in _plain(folder) for id_ in ids):
        yield Breach(
            got=f"folder {folder!r}",
            expected=f"the release's id in its name: {' or '.join(ids)}",
            message="The name of the folder holds no id of its release.",
        )


@rule(
    "D4",
    "A batch is complete when its manifest says so",
    severity=Severity.WARN,
    source="PS-T3, DDEX81; formats 6",
    confidence=Confidence.STANDARD,
    fix="end each batch with BatchComplete_{BatchId}.xml that holds a ManifestMessage; put it there last",
    ack_code=AckCode.USER_DEFINED,
    why="Without a marker nothing of the batch is processed; with an empty one nobody can tell whether all of it came.",
)
def has_manifest(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a batch whose completion marker lists nothing. Without a marker a batch is not read at all."""
    batch = _first_of_batch(evidence)
    if batch and batch.marker and (batch.marker_size_bytes == 0 or not batch.marker.lower().endswith(".xml")):
        got = f"{batch.marker}, {'empty' if batch.marker_size_bytes == 0 else 'no XML'}"
        yield Breach(
            got=got,
            expected="a manifest; an empty marker is for exceptions made by hand",
            message="The completion marker lists nothing.",
        )


@rule(
    "D5",
    "A batch is laid out as the choreography has it",
    severity=Severity.WARN,
    source="DDEX83; formats 6",
    confidence=Confidence.STANDARD,
    fix="name batch folders P_, M_ or N_ and the batch id, and put media files into resources/ of their release folder",
    ack_code=AckCode.USER_DEFINED,
    need=Need.FILES,
    why="The prefix is how a sender says what is urgent: without one, a batch waits its turn.",
)
def is_laid_out_by_choreography(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note for a batch without priority, and a breach for media files that are not in ``resources/``."""
    context = evidence.context
    batch = _first_of_batch(evidence)
    if batch and not _PRIORITY.match(batch.name):
        expected = f"P_{batch.name} if it is urgent, else N_{batch.name}"
        yield Breach(
            got=f"batch {batch.name!r} without a priority",
            expected=expected,
            message="The batch does not say how urgent it is.",
            severity=Severity.NOTE,
        )
    if context.batch is None:
        return
    stray = [path for path in context.files or () if not path.startswith(RESOURCES) and path != context.message_file]
    if stray:
        others = f" and {len(stray) - 1} more" if stray[1:] else ""
        yield Breach(
            got=f"{min(stray)}{others} outside {RESOURCES}",
            expected=f"media files in {RESOURCES}",
            message=f"Media files are not in {RESOURCES}.",
        )


@rule(
    "D6",
    "A manifest says as many messages as there are, and the same of being a test",
    severity=Severity.HOLD,
    source="DDEXMAN; formats 6",
    confidence=Confidence.STANDARD,
    fix="deliver the batch again, whole, in a new folder; mark a test in manifest and messages alike",
    ack_code=AckCode.ERN_MISSING,
    applies_to_purge=True,
    why="A count that differs means that part of a batch was lost on its way; a test must not go live by an oversight.",
)
def agrees_with_manifest(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the manifest counts other messages, and where it calls a live message a test."""
    batch, first = evidence.context.batch, _first_of_batch(evidence)
    if first and first.declared_count is not None and first.found_count not in (None, first.declared_count):
        yield Breach(
            got=f"{first.found_count} messages",
            expected=f"{first.declared_count}, as the manifest says",
            message="The batch has not as many messages as its manifest says.",
        )
    if batch and batch.is_test is True and not evidence.statement.header.is_test:
        yield Breach(
            path="MessageHeader/MessageControlType",
            got="a live message in a batch that is a test",
            expected="TestMessage, or a manifest without IsTestFlag",
            message="The manifest says that this is a test, and the message does not.",
        )


@rule(
    "D17",
    "The delivery is an ERN message with its files, and no package of another store",
    severity=Severity.FATAL,
    source="AP-SPEC",
    confidence=Confidence.PLATFORM,
    fix="export the release as ERN 4.3.2; most distribution tools do both",
    ack_code=AckCode.ERN_MISSING,
    stops_takedown=True,
    why="An iTunes package (.itmsp with metadata.xml) says other things in other words: what it leaves out, deals "
    "above all, would have to be guessed.",
)
def is_no_package_of_other_store(evidence: Evidence) -> Iterator[Breach]:
    """Yield a warning for a message in a folder that is named as a package; the reader refuses its metadata itself."""
    if evidence.context.folder.lower().endswith(_APPLE_PACKAGE):
        yield Breach(
            got=f"folder {evidence.context.folder!r}",
            expected="a release folder, named by the id of its release",
            message="The ERN message in it was read; what else the package says was not.",
            severity=Severity.WARN,
        )


def _first_of_batch(evidence: Evidence) -> BatchFacts | None:
    batch = evidence.context.batch
    return batch if batch is not None and batch.name and batch.is_first else None


def _plain(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


RULES = (
    is_named_by_time_and_release,
    has_manifest,
    is_laid_out_by_choreography,
    agrees_with_manifest,
    is_no_package_of_other_store,
)
