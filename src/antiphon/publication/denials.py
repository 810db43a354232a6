"""Takedowns and geoblocks on their own path: the overlay. Whoever decides writes it, whether a publisher runs or not.

Nodes read it every poll. A denial that ends by itself carries its end, and is over then with nothing written.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from antiphon.blobs import BlobStore
from antiphon.catalogue import denied_span
from antiphon.model.decisions import Decision, TargetKind
from antiphon.model.territories import parse_territory
from antiphon.publication.audience import provider_subject
from antiphon.record.decisions import denials_in_force, list_redirecting
from antiphon.record.instants import format_instant
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay


def write_overlay(conn: Connection, blobs: BlobStore, now: datetime) -> Overlay:
    """Write the complete set of denials in force to the store and return it. ``conn`` must hold the write lock."""
    stored = blobs.get_named(OVERLAY_NAME)
    overlay = Overlay(
        sequence=decode_overlay(stored).sequence + 1 if stored is not None else 1,
        written_at=format_instant(now),
        denials=tuple(denial for decision in denials_in_force(conn, now) for denial in _list_denials(conn, decision)),
    )
    blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))
    return overlay


def _list_denials(conn: Connection, decision: Decision) -> Iterator[Denial]:
    """Yield what a decision denies: its target, and what was merged into it.

    A node may still serve documents of before the merge, which name what the target was then.
    """
    is_provider = decision.target_kind is TargetKind.PROVIDER
    named = provider_subject(decision.target_id) if is_provider else decision.target_id
    for subject in (named, *(() if is_provider else list_redirecting(conn, decision.target_id))):
        yield Denial(
            decision_id=decision.id,
            kind=decision.target_kind,
            entity_id=subject,
            territories=tuple(parse_territory(code) for code in decision.territories),
            ends_at=denied_span(decision)[1],
        )
