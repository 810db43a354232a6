"""Recovery: a node's files made equal to what the log says, where following it link by link is no way.

A node that is new, was away for longer than versions are kept, or finds the next segment missing, damaged or of another
log, starts again from a snapshot. Its documents become those of the snapshot in one transaction while readers go on
with what they had; its index follows in one commit of its own. A base that turns out damaged is passed over for the
one before, from which the segments since lead to the same place.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import NodeFiles
from antiphon.replica.head import to_ms
from antiphon.replica.index import IndexWriter
from antiphon.segments import Entry, VersionRecord, decode_segment, has_known_form
from antiphon.segments.log import load_segment, load_version
from antiphon.segments.state import AnotherLog, State, list_bases, open_state

VERSIONS_PER_COMMIT = 100
"""How many versions the index takes in one commit when it catches up: each commit costs some 10 ms."""

ROWS_BETWEEN = 10_000
"""How many entries an index is filled with between two looks at the overlay: a fifth of a second."""


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


def mend_index(
    blobs: BlobStore, files: NodeFiles, index: IndexWriter, scratch: Path, between: Callable[[], object]
) -> None:
    """Bring the index to the version of the documents: by the versions it lacks, else filled anew from a snapshot.

    ``between`` is called every so often meanwhile. Raises: Broken where the log no longer leads to that version; the
    index is as it was then, and documents are served all the same.
    """
    head, segment = files.load_head(), files.load_segment()
    if head.search_version and _catch_up(blobs, files, index):
        return
    failure: Broken | None = None
    for base in list_bases(blobs, head.version):
        try:
            with open_state(blobs, scratch, base, head.version) as state:
                if state.version.segment != segment:
                    raise AnotherLog(f"version {head.version} of the store is not the one this node has")
                index.fill(_with_pauses(iter(state), between))
        except Broken as error:
            failure = failure or error
        else:
            files.change_head(search_version=head.version)
            return
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


def _catch_up(blobs: BlobStore, files: NodeFiles, index: IndexWriter) -> bool:
    """Write the rows of the versions the index lacks; False: not all of them are there any more."""
    head = files.load_head()
    for number in range(head.search_version + 1, head.version + 1):
        try:
            version = load_version(blobs, number)
            if version is None:
                return False
            entries = decode_segment(load_segment(blobs, version))
        except Broken:
            return False
        index.write(entries)
        if number % VERSIONS_PER_COMMIT == 0 or number == head.version:
            index.commit()
            files.change_head(search_version=number)
    return True


def _with_pauses(entries: Iterator[Entry], between: Callable[[], object]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, 1):
        yield entry
        if number % ROWS_BETWEEN == 0:
            between()


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
