"""Recovery: a node's files made equal to what the log says, where following it link by link is no way.

A node that is new, was away for longer than versions are kept, or finds the next segment missing, damaged or of another
log, starts again from a snapshot. Its documents become those of the snapshot in one transaction while readers go on
with what they had; its index follows in one commit of its own (``index_keeping``). A base that turns out damaged is
passed over for the one before, from which the segments since lead to the same place.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import NodeFiles
from antiphon.replica.head import to_ms
from antiphon.segments import Entry, VersionRecord, has_known_form
from antiphon.segments.state import State, list_bases, open_state


def recover_documents(
    blobs: BlobStore, files: NodeFiles, scratch: Path, upto: int | None, *, may_go_back: bool = False
) -> None:
    """Make the node's documents those of a version, or of the newest that the log leads to.

    Raises: Broken where no sound base leads further than the node is, and then nothing has changed. Only with
    ``may_go_back`` it takes up a version older than its own.
    """
    head, segment = files.load_head(), files.load_segment()
    failure: Broken | None = None
    for base in list_bases(blobs, upto):
        try:
            with open_state(blobs, scratch, base, upto) as state:
                version = state.version
                is_further = version.version > head.version or (
                    version.version == head.version and version.segment != segment
                )
                if not is_further and not may_go_back:
                    raise state.trouble or Broken(f"the log leads to version {version.version}, which the node has")
                _take_up(files, state)
                return
        except Broken as error:
            failure = failure or error
    raise failure or Broken("there is no log")


def describe_head(version: VersionRecord) -> dict[str, int]:
    """Return the fields of a head that come from a version. Raises: Broken for a time that is none."""
    return {
        "version": version.version,
        "announced_at_ms": _parse_announced_at(version),
        "record_version": version.record_version,
    }


def check_entry(entry: Entry) -> None:
    """Check what a node would otherwise find out while a listener waits: that it is a document of a form it reads.

    What is inside has been checked by the gate, and is compared with its hash. Raises: Broken.
    """
    if len(entry.key) < 2 or entry.key[0] == 0 or not entry.key.isascii():
        raise Broken(f"the log has the key {entry.key[:40]!r}; expected a kind and an id")
    if entry.document is not None and not has_known_form(entry.document):
        raise Broken(f"the log has a document {entry.key!r} of another form: {entry.document[:4]!r}; upgrade the node")


def _take_up(files: NodeFiles, state: State) -> None:
    def list_documents() -> Iterator[tuple[bytes, bytes]]:
        for entry in state:
            check_entry(entry)
            if entry.document is not None:
                yield entry.key, entry.document

    files.make_equal(list_documents, state.version.segment, **describe_head(state.version))


def _parse_announced_at(version: VersionRecord) -> int:
    try:
        announced_at = datetime.fromisoformat(version.announced_at)
    except ValueError as error:
        raise Broken(
            f"version {version.version} was announced at {version.announced_at!r}; expected ISO 8601"
        ) from error
    if announced_at.tzinfo is None:
        raise Broken(f"version {version.version} was announced at {version.announced_at!r}; expected UTC")
    return to_ms(announced_at)
