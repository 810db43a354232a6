"""The last step of a publication, which anybody may repeat: ``versions/N`` in the store, and its deliveries live."""

from datetime import datetime

from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.record import writing
from antiphon.record.decisions import IDS_AT_ONCE
from antiphon.record.instants import format_instant
from antiphon.record.publications import Announced, deliveries_between, find_publication, lock_publication
from antiphon.record.timeline import append_timeline, load_stages
from antiphon.segments.log import list_snapshots, list_versions
from antiphon.segments.version import VersionRecord, encode_version, version_name


def newest_stored(blobs: BlobStore) -> int:
    """Return the newest version the store has announced, or has a snapshot of; 0: none."""
    return max((*list_versions(blobs)[-1:], *list_snapshots(blobs)[-1:]), default=0)


def finish_version(engine: Engine, blobs: BlobStore, announced: Announced, now: datetime) -> tuple[str, ...]:
    """Put an announced version into the store, then write "live" into the timelines of what it brought.

    Returns the deliveries it was written for; none where somebody did it before. Raises: Refused as ``put_version``.
    """
    put_version(blobs, announced)
    return mark_live(engine, announced, now)


def put_version(blobs: BlobStore, announced: Announced) -> None:
    """Put the record of a version into the store, unless it is there.

    Raises: Refused where the store has another version of this number: it belongs to another record.
    """
    name = version_name(announced.version)
    record = VersionRecord(
        version=announced.version,
        segment=announced.segment,
        parent=announced.parent,
        record_version=announced.record_version,
        announced_at=announced.announced_at,
    )
    wanted, stored = encode_version(record), blobs.get_named(name)
    if stored is None:
        blobs.put_named(name, wanted)
    elif stored != wanted:
        raise Refused(
            "StoreForked",
            f"the store has another {name} than this record announced: two records write to one store; stop this "
            "publisher and check which record ANTIPHON_RECORD_URL names",
        )


def mark_live(
    engine: Engine, announced: Announced, now: datetime, span: tuple[int, int] | None = None
) -> tuple[str, ...]:
    """Write "live" into the timeline of each delivery whose last change the version brought; once, whoever asks.

    A delivery whose changes go on in the next version is not live yet. ``span``: the changes that it brought, after the
    first number and up to the second; None: those since the version before.
    """
    with writing(engine) as conn:
        # Two publishers may come to the same version at once: the second waits here, and finds it done.
        lock_publication(conn)
        after, through = span if span is not None else _find_span(conn, announced)
        deliveries = deliveries_between(conn, after, through)
        stages: dict[str, Stage] = {}
        for start in range(0, len(deliveries), IDS_AT_ONCE):
            stages |= load_stages(conn, deliveries[start : start + IDS_AT_ONCE])
        live = tuple(delivery for delivery in deliveries if stages.get(delivery) is Stage.COMMITTED)
        entry = TimelineEntry(stage=Stage.LIVE, at=format_instant(now), detail=f"version {announced.version}")
        for delivery in live:
            append_timeline(conn, delivery, entry)
    return live


def _find_span(conn: Connection, announced: Announced) -> tuple[int, int]:
    before = find_publication(conn, announced.version - 1)
    return before.record_version if before is not None else 0, announced.record_version
