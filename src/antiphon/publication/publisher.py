"""The publisher: turns changes of the record into announced versions, in four steps that anyone may repeat.

(1) the segment goes into the store under its content hash; (2) it passes the gate; (3) the record announces it by
compare-and-set; (4) ``versions/N``, whose bytes that row determines, goes into the store. Only the fourth is seen by
nodes. A publisher killed anywhere leaves at most a blob nobody names, or an announced row whose fourth step the next
one repeats.
"""

from datetime import datetime

import msgspec
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.publication.building import build_entries
from antiphon.publication.denials import mend_overlay
from antiphon.publication.erasing import finish_erasures
from antiphon.publication.gate import check_segment
from antiphon.record import reading, writing
from antiphon.record.changes import changes_after, head_version
from antiphon.record.instants import format_instant
from antiphon.record.publications import Announced, announce, announced_head
from antiphon.record.timeline import append_timeline, load_stages
from antiphon.segments.segment import NO_PARENT, encode_segment
from antiphon.segments.version import VersionRecord, encode_version, version_name

MAX_CHANGES_PER_SEGMENT = 2_000
"""changes; a segment of them stays within some megabytes, so that a node applies it in well under a second."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One announced version. ``deliveries`` went live with it; ``documents`` is how many it carries."""

    version: int
    record_version: int
    documents: int
    deliveries: tuple[str, ...]


class Publisher:
    """Publishes what is committed and not announced yet. Two of them may run: the slower one is refused a number."""

    def __init__(self, engine: Engine, blobs: BlobStore) -> None:
        self._engine = engine
        self._blobs = blobs

    def recover(self, now: datetime) -> None:
        """Finish what a killed publisher may have left: the last announced version in the store, its deliveries live.

        A store without an overlay gets one first, since a node that finds none takes it for "nothing is taken down".
        Raises: Refused where the store holds a version the record does not know: the record was restored from a
        backup, and its next number would mean two things.
        """
        with reading(self._engine) as conn:
            head = announced_head(conn)
        version = head.version if head is not None else 0
        if self._blobs.get_named(version_name(version + 1)) is not None:
            raise Refused(
                "StoreAhead",
                f"the store holds version {version + 1}, the record has announced {version}: the record is older than "
                "what nodes serve; restore a newer record before publishing",
            )
        with writing(self._engine) as conn:
            mend_overlay(conn, self._blobs, now)
        finish_erasures(self._engine, self._blobs, now)
        if head is not None:
            self._put_version(head)
            self._mark_live(head, now)

    def publish(self, now: datetime) -> Published | None:
        """Publish the oldest unannounced changes as one version; None: there are none.

        Raises: Refused where another publisher took the number first (ask again), or the gate holds the version.
        """
        with reading(self._engine) as conn:
            head = announced_head(conn)
            done = head.record_version if head is not None else 0
            if head_version(conn) == done:
                return None
            changes = changes_after(conn, done, MAX_CHANGES_PER_SEGMENT)
            entries = build_entries(conn, changes)
        parent = head.segment if head is not None else NO_PARENT
        segment = encode_segment(entries, parent)
        check_segment(entries)
        announced = Announced(
            version=head.version + 1 if head is not None else 1,
            segment=self._blobs.put(segment),
            parent=parent,
            record_version=changes[-1].version,
            announced_at=format_instant(now),
        )
        with writing(self._engine) as conn:
            announce(conn, announced)
        self._put_version(announced)
        return Published(
            version=announced.version,
            record_version=announced.record_version,
            documents=len(entries),
            deliveries=self._mark_live(announced, now, since=done),
        )

    def _put_version(self, announced: Announced) -> None:
        record = VersionRecord(
            version=announced.version,
            segment=announced.segment,
            parent=announced.parent,
            record_version=announced.record_version,
            announced_at=announced.announced_at,
        )
        self._blobs.put_named(version_name(announced.version), encode_version(record))

    def _mark_live(self, announced: Announced, now: datetime, since: int | None = None) -> tuple[str, ...]:
        """Write "live" into the timeline of each delivery the version brought, once; return those it was written for.

        ``since``: the record version before; None: look back as far as one segment can reach.
        """
        first = max(0, announced.record_version - MAX_CHANGES_PER_SEGMENT) if since is None else since
        with writing(self._engine) as conn:
            changes = changes_after(conn, first, announced.record_version - first)
            following = {change.delivery_id for change in changes_after(conn, announced.record_version, 1)}
            deliveries = dict.fromkeys(change.delivery_id for change in changes if change.delivery_id)
            stages = load_stages(conn, deliveries)
            # Changes of one delivery stand together: one that goes on in the next segment is not live yet.
            live = tuple(d for d in deliveries if stages.get(d) is Stage.COMMITTED and d not in following)
            entry = TimelineEntry(stage=Stage.LIVE, at=format_instant(now), detail=f"version {announced.version}")
            for delivery in live:
                append_timeline(conn, delivery, entry)
        return live
