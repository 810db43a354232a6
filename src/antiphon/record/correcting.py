"""Correct who is who: check what somebody decided, record it, and build anew every album it bears on."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import Link, correct_links, follow_merges
from antiphon.model.corrections import AnchorName, Correction
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.record.catalogue import albums_of
from antiphon.record.changes import Cause, lock_head
from antiphon.record.corrections import (
    corrections_about,
    find_correction,
    find_redirect,
    store_correction,
    store_correction_undo,
)
from antiphon.record.decisions import decisions_in_force
from antiphon.record.entries import write_release
from antiphon.record.links import list_links

SHARED_KINDS = (EntityKind.ARTIST, EntityKind.RECORDING)
"""What several providers speak of. A release has one owner, who alone may say what it is."""


def merge_entities(conn: Connection, correction: Correction, now: datetime) -> int:
    """Record a merge and apply it; return how many entities changed. The target's id redirects from then on.

    Raises: Refused (the caller's fault) where either is not in the catalogue, they are one already, or a takedown
    names the target: its music would come back under the other id.
    """
    lock_head(conn)
    _check_decided(correction)
    _check_known(conn, correction.target_kind, correction.target_id)
    _check_known(conn, correction.target_kind, correction.into_id)
    if correction.target_id == correction.into_id:
        raise Refused("SameEntity", f"{correction.target_id} is itself already; name the two that are one")
    _check_not_taken_down(conn, correction.target_id)
    store_correction(conn, correction)
    return _recompute(conn, correction, now)


def split_entity(conn: Connection, correction: Correction, now: datetime) -> int:
    """Record a split and apply it; return how many entities changed.

    ``into_id`` is an entity there is already, or the new one that ``plan_split`` names.

    Raises: Refused where the target is not in the catalogue, or an anchor does not mean it now.
    """
    lock_head(conn)
    _check_decided(correction)
    _check_known(conn, correction.target_kind, correction.target_id)
    meant = list_anchors(conn, correction.target_kind, correction.target_id)
    foreign = [name for name in correction.anchors if msgspec.structs.replace(name, release="") not in meant]
    if foreign or not correction.anchors:
        wrong = ", ".join(f"{name.provider} {name.anchor}" for name in foreign) or "no anchor"
        raise Refused("NotItsAnchor", f"{wrong} does not mean {correction.target_id}; list its anchors to see which do")
    store_correction(conn, correction)
    return _recompute(conn, correction, now)


def undo_correction(conn: Connection, correction_id: str, *, by: str, now: datetime) -> Correction:
    """Record that a correction no longer holds, apply that, and return it so.

    Raises: Refused if there is none, it was undone, or a takedown names what it led to: what comes back would play.
    """
    lock_head(conn)
    correction = find_correction(conn, correction_id)
    if correction is None or not correction.is_in_force:
        state = "does not exist" if correction is None else f"was undone by {correction.undone_by}"
        raise Refused("DecisionNotInForce", f"decision {correction_id} {state}; list decisions to see which hold")
    if not by:
        raise Refused("DecisionWithoutName", "an undo needs the name of whoever decides it")
    _check_not_taken_down(conn, correction.into_id)
    store_correction_undo(conn, correction_id, by=by, now=now)
    _recompute(conn, correction, now)
    undone = find_correction(conn, correction_id)
    return undone if undone is not None else correction


def list_anchors(conn: Connection, kind: EntityKind, target_id: str) -> tuple[AnchorName, ...]:
    """Return every anchor that means an entity now, on all releases or on some, oldest link first."""
    about = corrections_about(conn, [target_id])
    linked = {target_id, *(c.target_id for c in about), *(c.into_id for c in about)}
    return tuple(
        AnchorName(provider=link.provider, anchor=link.anchor)
        for link in list_links(conn, kind, linked)
        if target_id in _meanings(link, kind, about)
    )


def _meanings(link: Link, kind: EntityKind, about: tuple[Correction, ...]) -> set[str]:
    """Return what an anchor means: one entity, or several where releases of its provider are told apart."""
    moved = (name for c in about for name in c.anchors if (name.provider, name.anchor) == (link.provider, link.anchor))
    given = {(kind, link.anchor): link.entity_id}
    return {
        correct_links(link.provider, release, given, about)[kind, link.anchor]
        for release in {"", *(name.release for name in moved)}
    }


def _recompute(conn: Connection, correction: Correction, now: datetime) -> int:
    """Build anew the albums of everything the correction leads from or to, as they were and as they will be."""
    about = corrections_about(conn, [correction.target_id, correction.into_id])
    reached = {entity for c in about for entity in (c.target_id, c.into_id)}
    reached |= {follow_merges(entity, about) for entity in reached}
    albums = {pair for entity in sorted(reached) for pair in albums_of(conn, correction.target_kind, entity)}
    in_force = decisions_in_force(conn)
    return sum(write_release(conn, provider, key, in_force, Cause(at=now)) for provider, key in sorted(albums))


def _check_decided(correction: Correction) -> None:
    if not correction.decided_by or not correction.reason:
        raise Refused("DecisionWithoutReason", "a decision needs the name of whoever decides it, and a reason")
    if correction.target_kind not in SHARED_KINDS:
        raise Refused(
            "NotShared", f"a {correction.target_kind} belongs to one provider; artists and recordings can be corrected"
        )


def _check_known(conn: Connection, kind: EntityKind, target_id: str) -> None:
    if not albums_of(conn, kind, target_id):
        into = find_redirect(conn, target_id)
        hint = f"it was merged into {into}" if into else "look it up first"
        raise Refused("UnknownTarget", f"there is no {kind} {target_id} in the catalogue; {hint}")


def _check_not_taken_down(conn: Connection, target_id: str) -> None:
    for decision in decisions_in_force(conn):
        if decision.target_id == target_id:
            raise Refused(
                "TakenDown",
                f"{target_id} is taken down by decision {decision.id}: its music would play again; "
                "take down what it becomes first, then undo that one",
            )
