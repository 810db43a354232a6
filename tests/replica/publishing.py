"""A publisher of a few lines, for tests of the node: it announces what it is given, and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime

from antiphon.blobs import BlobStore
from antiphon.model.decisions import TargetKind
from antiphon.model.entities import EntityKind
from antiphon.segments import (
    OVERLAY_NAME,
    Denial,
    DocumentKind,
    Entry,
    HoleKind,
    Overlay,
    Rights,
    SearchRow,
    VersionRecord,
    cut_body,
    document_key,
    encode_document,
    encode_overlay,
    encode_segment,
    encode_version,
    hole_member,
    version_name,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
EVERY_MARKET = b"\xff" * 32


class Publisher:
    """Announces versions into a store, each following the one before."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._version = 0
        self._parent = ""

    def announce(
        self, entries: Sequence[Entry], *, parent: str | None = None, announced_at: str = "2026-11-22T09:59:00Z"
    ) -> str:
        """Announce the next version and return its segment."""
        self._version += 1
        parent = self._parent if parent is None else parent
        segment = self._blobs.put(encode_segment(entries, parent))
        record = VersionRecord(
            version=self._version,
            segment=segment,
            parent=parent,
            record_version=self._version * 10,
            announced_at=announced_at,
        )
        self._blobs.put_named(version_name(self._version), encode_version(record))
        self._parent = segment
        return segment

    def deny(self, sequence: int, *entity_ids: str) -> None:
        """Write the overlay."""
        denials = tuple(Denial(decision_id=f"d-{i}", kind=TargetKind.TRACK, entity_id=i) for i in entity_ids)
        overlay = Overlay(sequence=sequence, written_at="2026-11-22T10:00:00Z", denials=denials)
        self._blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))


def a_track(track_id: str, title: str, *artists: str, note: int = 0, **row: object) -> Entry:
    """Return the entry of a track that is found by its title and artists."""
    item = cut_body({**hole_member(HoleKind.AVAILABILITY, 0), "id": track_id, "name": title, "note": note})
    values = {"kind": EntityKind.TRACK, "title": title, "artists": artists, "markets": EVERY_MARKET, **row}
    return Entry(
        key=document_key(DocumentKind.TRACK, track_id),
        document=encode_document(DocumentKind.TRACK, [Rights(subjects=(track_id,))], [item]),
        search=SearchRow(**values),  # type: ignore[arg-type]  # the caller's keywords are SearchRow's own
    )


def a_withdrawal(track_id: str) -> Entry:
    """Return the entry that takes a track away."""
    return Entry(key=document_key(DocumentKind.TRACK, track_id))
