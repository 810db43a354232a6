"""Takedowns and geoblocks on their own path: the overlay. Whoever decides writes it, whether a publisher runs or not.

Nodes read it every poll. A denial that ends by itself carries its end, and is over then with nothing written.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from antiphon.blobs import BlobStore
from antiphon.catalogue import denied_span
from antiphon.model.decisions import Decision, TargetKind
from antiphon.model.territories import parse_territory
from antiphon.publication.audience import provider_subject
from antiphon.record.decisions import denials_in_force, find_merged
from antiphon.record.instants import format_instant
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay


def write_overlay(conn: Connection, blobs: BlobStore, now: datetime) -> Overlay:
    """Write the complete set of denials in force to the store and return it. ``conn`` must hold the write lock."""
    return _put_overlay(blobs, _read_overlay(blobs), find_denials(conn, now), now)


def mend_overlay(conn: Connection, blobs: BlobStore, now: datetime) -> Overlay:
    """Write the overlay if the store has none, or one that somebody did not live to bring up to date; return it."""
    stored, denials = _read_overlay(blobs), find_denials(conn, now)
    if stored is None or set(stored.denials) != set(denials):
        return _put_overlay(blobs, stored, denials, now)
    return stored


def find_denials(conn: Connection, now: datetime) -> tuple[Denial, ...]:
    """Return the denials in force: of what decisions name, and of what was merged into that."""
    decisions = denials_in_force(conn, now)
    entities = [decision.target_id for decision in decisions if decision.target_kind is not TargetKind.PROVIDER]
    merged = find_merged(conn, entities)
    return tuple(denial for decision in decisions for denial in _list_denials(decision, merged))


def _read_overlay(blobs: BlobStore) -> Overlay | None:
    stored = blobs.get_named(OVERLAY_NAME)
    return decode_overlay(stored) if stored is not None else None


def _put_overlay(blobs: BlobStore, stored: Overlay | None, denials: tuple[Denial, ...], now: datetime) -> Overlay:
    sequence = stored.sequence + 1 if stored is not None else 1
    overlay = Overlay(sequence=sequence, written_at=format_instant(now), denials=denials)
    blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))
    return overlay


def _list_denials(decision: Decision, merged: Mapping[str, tuple[str, ...]]) -> Iterator[Denial]:
    """Yield what a decision denies: its target, and what was merged into it.

    A node may still serve documents of before the merge, which name what the target was then.
    """
    is_provider = decision.target_kind is TargetKind.PROVIDER
    named = provider_subject(decision.target_id) if is_provider else decision.target_id
    for subject in (named, *merged.get(decision.target_id, ())):
        yield Denial(
            decision_id=decision.id,
            kind=decision.target_kind,
            entity_id=subject,
            territories=tuple(parse_territory(code) for code in decision.territories),
            ends_at=denied_span(decision)[1],
        )
