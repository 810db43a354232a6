"""The log renewed: a snapshot of the newest version made of the record, where the log no longer leads to one.

If a segment is lost before a snapshot was made of what it brought, or every snapshot is damaged, no node can get past
it by the log. The record knows what the newest version serves: a document is a function of what is committed. So a
snapshot is made of that, and nodes that are stuck, or new, start from it; those that have the version go on.

Worked example. The segment of version 88 is lost; version 90 is the newest, and all that is committed is in it. Nodes
at 90 notice nothing. One at 87 serves what it had and says so. The snapshot of version 90 is made of the record; a
second later that node is at 90.
"""

from pathlib import Path

from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.model.errors import Refused
from antiphon.publication.announcing import put_version
from antiphon.publication.building import build_entries
from antiphon.record import reading
from antiphon.record.changes import changed_entities, head_version
from antiphon.record.publications import announced_head
from antiphon.segments.runs import ChangeRuns
from antiphon.segments.snapshot import Snapshot
from antiphon.segments.snapshot_building import write_snapshot
from antiphon.segments.state import lay_over
from antiphon.segments.version import VersionRecord

ENTITIES_AT_ONCE = 500
"""How many entities are built from one look at the record: some thousand documents."""


def renew_log(engine: Engine, blobs: BlobStore, scratch: Path) -> Snapshot:
    """Store a snapshot of the newest version, made of the record, and return it. A million tracks take minutes.

    Raises: Refused where nothing was announced, or something is committed that was not: the newest version does not
    serve that, and what the record held before is not known. Publish it first.
    """
    with ChangeRuns(scratch) as documents:
        with reading(engine) as conn:
            head = announced_head(conn)
            if head is None or head.record_version != head_version(conn):
                raise Refused(
                    "PublicationBehind",
                    "the newest version is not what the record holds: something is committed and not announced; let "
                    "the publisher announce it, or resume the publication, then try again",
                )
            for changes in changed_entities(conn, ENTITIES_AT_ONCE):
                documents.add(build_entries(conn, changes))
        put_version(blobs, head)
        version = VersionRecord(
            version=head.version,
            segment=head.segment,
            parent=head.parent,
            record_version=head.record_version,
            announced_at=head.announced_at,
        )
        return write_snapshot(blobs, version, lay_over((), iter(documents)))
