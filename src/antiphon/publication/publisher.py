"""The publisher: turns changes of the record into announced versions, in four steps that anyone may repeat.

(1) the segment goes into the store under its content hash; (2) it passes the gate; (3) the record announces it by
compare-and-set; (4) ``versions/N``, whose bytes that row determines, goes into the store. Only the fourth is seen by
nodes. A publisher killed anywhere leaves at most a blob nobody names, or an announced row whose fourth step the next
one repeats.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.publication.denials import mend_overlay
from antiphon.publication.documents import (
    album_entries,
    artist_entries,
    recording_entries,
    redirect_entries,
    withdrawn_entries,
    withdrawn_redirect,
)
from antiphon.publication.erasing import finish_erasures
from antiphon.publication.gate import check_segment
from antiphon.record import reading, writing
from antiphon.record.catalogue import albums_of_artist, find_track, list_track_ids, load_album, load_artist
from antiphon.record.changes import Change, changes_after, head_version
from antiphon.record.decisions import find_redirect, was_merged
from antiphon.record.instants import format_instant
from antiphon.record.publications import Announced, announce, announced_head
from antiphon.record.timeline import append_timeline, load_stages
from antiphon.segments.segment import Entry, encode_segment
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
        segment = encode_segment(entries)
        check_segment(entries)
        announced = Announced(
            version=head.version + 1 if head is not None else 1,
            segment=self._blobs.put(segment),
            parent=head.segment if head is not None else "",
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


def build_entries(conn: Connection, changes: Iterable[Change]) -> tuple[Entry, ...]:
    """Return the documents of everything the changes touched, each key once, in the order of the changes.

    A track is served with its album, so its own change matters only once it is gone: what is gone is withdrawn. Works
    are of no use to listeners, and are not served.
    """
    entries: dict[bytes, Entry] = {}
    for kind, entity_id in dict.fromkeys((change.kind, change.entity_id) for change in changes):
        for entry in _entries_of(conn, kind, entity_id):
            entries[entry.key] = entry
    return tuple(entries.values())


def _entries_of(conn: Connection, kind: EntityKind, entity_id: str) -> Iterable[Entry]:
    if kind is EntityKind.ALBUM:
        album = load_album(conn, entity_id)
        return album_entries(album) if album is not None else withdrawn_entries(kind, entity_id)
    if kind is EntityKind.ARTIST:
        return _artist_entries(conn, entity_id)
    if kind is EntityKind.RECORDING:
        return recording_entries(entity_id, list_track_ids(conn, entity_id))
    if kind is EntityKind.WORK:
        return ()
    return withdrawn_entries(kind, entity_id) if find_track(conn, entity_id) is None else ()


def _artist_entries(conn: Connection, artist_id: str) -> Iterable[Entry]:
    """Return the documents of an artist; where it was merged, the redirect that stands for them."""
    artist = load_artist(conn, artist_id)
    if artist is None:
        into_id = find_redirect(conn, artist_id)
        kind = EntityKind.ARTIST
        return redirect_entries(kind, artist_id, into_id) if into_id else withdrawn_entries(kind, artist_id)
    entries = artist_entries(artist, albums_of_artist(conn, artist_id))
    return (*entries, withdrawn_redirect(artist_id)) if was_merged(conn, artist_id) else entries
