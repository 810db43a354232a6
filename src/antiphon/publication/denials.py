"""Takedowns and geoblocks on their own path: the overlay. Whoever decides writes it, whether a publisher runs or not.

Nodes read it every poll. A denial that ends by itself carries its end, and is over then with nothing written.

A denial whose decision the record does not know stays in force: either the record was restored from a backup older than
the decision, or whoever decided was killed before it was committed. Nobody can tell the two apart, and one of them must
never play again; so it is told of, until ``recovery`` takes it into the record or a person drops it by name.

Clients that were disabled and API keys that were revoked are refused on the same path: nothing that holds the log of
versions, pins a node or rolls it back may keep a stolen key alive. What is refused and unknown to the record stays so
too, until the client is enabled.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.catalogue import denied_span
from antiphon.model.decisions import Decision, TargetKind
from antiphon.model.errors import Refused
from antiphon.model.territories import parse_territory
from antiphon.publication.audience import provider_subject
from antiphon.record import writing
from antiphon.record.audit import record_act
from antiphon.record.changes import lock_head
from antiphon.record.clients import list_disabled, list_revoked
from antiphon.record.decisions import denials_in_force, find_known, find_merged
from antiphon.record.instants import format_instant
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay
from antiphon.telemetry import definitions, log_event

REFUSED_FOR = timedelta(days=90)
"""How long a revoked key is refused by its hash: longer than nodes are pinned. Documents lack it for good."""


def write_overlay(conn: Connection, blobs: BlobStore, now: datetime, *, forget: Collection[str] = ()) -> Overlay:
    """Write the complete set of denials in force to the store and return it, under the record's write lock.

    ``forget`` are decisions that were never made, and clients that may call again: what they are denied is let go.
    """
    lock_head(conn)
    stored = _read_overlay(blobs)
    refused = _find_refused(conn, stored, now, forget)
    return _put_overlay(blobs, stored, _find_all(conn, stored, now, forget), refused, now)


def mend_overlay(conn: Connection, blobs: BlobStore, now: datetime) -> Overlay:
    """Write the overlay if the store has none, or one that somebody did not live to bring up to date; return it."""
    lock_head(conn)
    stored = _read_overlay(blobs)
    denials, refused = _find_all(conn, stored, now, ()), _find_refused(conn, stored, now, ())
    if stored is None or set(stored.denials) != set(denials) or set(stored.refused) != set(refused):
        return _put_overlay(blobs, stored, denials, refused, now)
    return stored


def list_unknown(conn: Connection, blobs: BlobStore, now: datetime) -> tuple[Denial, ...]:
    """Return the denials in the store whose decisions the record does not know, and that have not ended.

    Call it under the record's write lock: whoever decides writes the overlay before the decision is committed.
    """
    return _find_unknown(conn, _read_overlay(blobs), now)


def drop_denials(
    engine: Engine, blobs: BlobStore, decision_id: str, *, by: str, reason: str, now: datetime
) -> tuple[Denial, ...]:
    """Let go of what a decision that the record does not know denies, and return it.

    Raises: Refused where nothing is denied by such a decision: one that the record knows is undone instead.
    """
    if not by.strip() or not reason.strip():
        raise Refused("DecisionWithoutReason", "a decision needs the name of whoever decides it, and a reason")
    with writing(engine) as conn:
        lock_head(conn)
        dropped = tuple(denial for denial in list_unknown(conn, blobs, now) if denial.decision_id == decision_id)
        if not dropped:
            raise Refused(
                "DenialNotUnknown",
                f"the overlay denies nothing by a decision {decision_id} that the record does not know; "
                "`antiphon publication status` lists those; a decision that it knows is taken back by `antiphon undo`",
            )
        told = ", ".join(f"{denial.kind} {denial.entity_id}" for denial in dropped)
        record_act(conn, "drop", by=by, provider="", subject=decision_id, now=now, detail=f"{told}: {reason.strip()}")
        write_overlay(conn, blobs, now, forget={decision_id})
    return dropped


def find_denials(conn: Connection, now: datetime) -> tuple[Denial, ...]:
    """Return the denials in force: of what decisions name, and of what was merged into that."""
    decisions = denials_in_force(conn, now)
    entities = [decision.target_id for decision in decisions if decision.target_kind is not TargetKind.PROVIDER]
    merged = find_merged(conn, entities)
    return tuple(denial for decision in decisions for denial in _list_denials(decision, merged))


def _find_all(conn: Connection, stored: Overlay | None, now: datetime, forget: Collection[str]) -> tuple[Denial, ...]:
    """Return what the overlay is to hold: what the record denies, and what it knows nothing of."""
    unknown = tuple(denial for denial in _find_unknown(conn, stored, now) if denial.decision_id not in forget)
    for denial in unknown:
        log_event(definitions.DENIAL_UNKNOWN, decision_id=denial.decision_id, entity_id=denial.entity_id)
    return (*find_denials(conn, now), *unknown)


def _find_unknown(conn: Connection, stored: Overlay | None, now: datetime) -> tuple[Denial, ...]:
    denials = stored.denials if stored is not None else ()
    known = find_known(conn, {denial.decision_id for denial in denials})
    return tuple(
        denial
        for denial in denials
        if denial.decision_id not in known and (denial.ends_at is None or now.timestamp() < denial.ends_at)
    )


def _find_refused(conn: Connection, stored: Overlay | None, now: datetime, forget: Collection[str]) -> tuple[str, ...]:
    """Return who is refused: who is disabled, which keys were revoked lately, and what the record knows nothing of."""
    revoked, since = list_revoked(conn), format_instant(now - REFUSED_FOR)
    lately = {key_hash for key_hash, revoked_at in revoked.items() if revoked_at >= since}
    before = set(stored.refused) if stored is not None else set()
    return tuple(sorted((before - revoked.keys() - set(forget)) | lately | set(list_disabled(conn))))


def _read_overlay(blobs: BlobStore) -> Overlay | None:
    stored = blobs.get_named(OVERLAY_NAME)
    return decode_overlay(stored) if stored is not None else None


def _put_overlay(
    blobs: BlobStore, stored: Overlay | None, denials: tuple[Denial, ...], refused: tuple[str, ...], now: datetime
) -> Overlay:
    sequence = stored.sequence + 1 if stored is not None else 1
    overlay = Overlay(sequence=sequence, written_at=format_instant(now), denials=denials, refused=refused)
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
