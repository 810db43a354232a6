"""Decide and undo: the one place that checks a decision, records it with an audit row, and has it applied."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import Link, correct_links, plan_split, read_override
from antiphon.model.decisions import (
    ENDING,
    FINAL,
    TARGETS,
    AnchorName,
    Decision,
    DecisionKind,
    Geoblock,
    Override,
    Split,
    TargetKind,
    Transfer,
)
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.model.territories import UnknownTerritory, parse_territory
from antiphon.record.applying import apply_decision
from antiphon.record.audit import record_act
from antiphon.record.catalogue import albums_of
from antiphon.record.changes import lock_head
from antiphon.record.decisions import (
    add_decision,
    add_undo,
    decisions_bearing_on,
    find_decision,
    find_redirect,
    leading_decisions,
)
from antiphon.record.erasing import note_erasures
from antiphon.record.instants import format_instant
from antiphon.record.links import list_links
from antiphon.record.providers import find_provider
from antiphon.record.transferring import check_transfer, hand_over_links

_LEADING = frozenset({DecisionKind.MERGE, DecisionKind.SPLIT})

_WITHHELD = {
    DecisionKind.TAKEDOWN: "taken down",
    DecisionKind.GEOBLOCK: "geoblocked",
    DecisionKind.HOLD: "held",
}


def decide(conn: Connection, decision: Decision, now: datetime) -> int:
    """Record a decision and apply it to the catalogue; return how many entities changed.

    Call ``applying.finish_decision`` after the transaction: it does what is too much for one.
    Its times may be in any ISO 8601 form. Raises: Refused (the caller's fault) for what cannot be decided.
    """
    lock_head(conn)
    decision = _normalise_times(decision)
    _check_form(decision, now)
    _check_target(conn, decision)
    if decision.kind is DecisionKind.MERGE:
        _check_merge(conn, decision, now)
    if isinstance(decision.effect, Split):
        _check_split(conn, decision, decision.effect)
    if isinstance(decision.effect, Transfer):
        check_transfer(conn, decision, decision.effect)
    add_decision(conn, decision)
    if isinstance(decision.effect, Transfer):
        hand_over_links(conn, decision, decision.effect)
    if decision.kind is DecisionKind.ERASE:
        note_erasures(conn, decision)
    _write_audit(conn, decision.kind.value, decision, by=decision.decided_by, detail=decision.reason, now=now)
    return apply_decision(conn, decision, now)


def undo(conn: Connection, decision_id: str, *, by: str, now: datetime) -> Decision:
    """Take a decision back and return it so: the catalogue is as it would be had it never been made.

    Raises: Refused if there is none, it was undone, its kind is final, or what it led to is denied or held: music
    that was taken down would play again.
    """
    lock_head(conn)
    decision = find_decision(conn, decision_id)
    if decision is None or decision.is_undone:
        state = "does not exist" if decision is None else f"was undone by {decision.undone_by}"
        raise Refused("DecisionNotInForce", f"decision {decision_id} {state}; list decisions to see which hold")
    if decision.kind in FINAL:
        raise Refused("DecisionFinal", f"decision {decision_id} is an {decision.kind}: it cannot be taken back")
    if not by.strip():
        raise Refused("DecisionWithoutName", "an undo needs the name of whoever decides it")
    if decision.kind in _LEADING:
        _check_nothing_withheld(conn, decision.into_id, now)
    undone = msgspec.structs.replace(decision, undone_by=by.strip(), undone_at=format_instant(now))
    add_undo(conn, decision_id, by=undone.undone_by, now=now)
    _write_audit(conn, "undo", undone, by=by, detail=decision.kind.value, now=now)
    apply_decision(conn, undone, now)
    return undone


def list_anchors(conn: Connection, kind: EntityKind, target_id: str) -> tuple[AnchorName, ...]:
    """Return every anchor that means an entity now, on all releases or on some, oldest link first."""
    about = leading_decisions(conn, [target_id])
    linked = {target_id, *(entity for d in about for entity in (d.target_id, d.into_id))}
    return tuple(
        AnchorName(provider=link.provider, anchor=link.anchor)
        for link in list_links(conn, kind, linked)
        if target_id in _meanings(link, kind, about)
    )


def _normalise_times(decision: Decision) -> Decision:
    try:
        times = {
            name: format_instant(datetime.fromisoformat(text))
            for name in ("decided_at", "until")
            if (text := getattr(decision, name))
        }
    except ValueError as error:
        raise Refused("NotAnInstant", f"{error}; write an ISO 8601 instant, such as 2026-12-24T00:00:00Z") from error
    return msgspec.structs.replace(decision, **times)


def _check_form(decision: Decision, now: datetime) -> None:
    """Refuse what no decision may be, whatever the catalogue has."""
    kind = decision.kind
    if not decision.decided_by.strip() or not decision.reason.strip():
        raise Refused("DecisionWithoutReason", "a decision needs the name of whoever decides it, and a reason")
    if decision.target_kind not in TARGETS[kind]:
        allowed = ", ".join(sorted(TARGETS[kind]))
        raise Refused("WrongTarget", f"a {kind} is about one of: {allowed}; got: {decision.target_kind}")
    if decision.until and kind not in ENDING:
        allowed = ", ".join(sorted(ENDING))
        raise Refused("DecisionCannotEnd", f"a {kind} holds until it is undone; of these one may end: {allowed}")
    if decision.until and decision.until <= max(format_instant(now), decision.decided_at):
        raise Refused("DecisionOver", f"{decision.until} is over; name a time to come, or none")
    if isinstance(decision.effect, Geoblock) and not decision.territories:
        raise Refused("GeoblockNowhere", "a geoblock names its territories; a takedown without any is everywhere")
    if isinstance(decision.effect, Override):
        read_override(decision.target_kind, decision.effect)
    for code in decision.territories:
        try:
            parse_territory(code)
        except UnknownTerritory as error:
            raise Refused("UnknownTerritory", f"{code!r} is no ISO 3166-1 territory; name one, or none") from error


def _check_target(conn: Connection, decision: Decision) -> None:
    if decision.target_kind is TargetKind.PROVIDER:
        if find_provider(conn, decision.target_id) is None:
            raise Refused("UnknownTarget", f"there is no provider {decision.target_id}; list providers to see them")
        return
    _check_known(conn, EntityKind(decision.target_kind.value), decision.target_id)


def _check_merge(conn: Connection, decision: Decision, now: datetime) -> None:
    if decision.target_id == decision.into_id:
        raise Refused("SameEntity", f"{decision.target_id} is itself already; name the two that are one")
    _check_known(conn, EntityKind(decision.target_kind.value), decision.into_id)
    _check_nothing_withheld(conn, decision.target_id, now)


def _check_split(conn: Connection, decision: Decision, split: Split) -> None:
    """Check that the anchors mean the target now.

    ``into_id`` is there already, was merged into the target, or is the new one that ``plan_split`` names.
    """
    meant = list_anchors(conn, EntityKind(decision.target_kind.value), decision.target_id)
    foreign = [name for name in split.anchors if msgspec.structs.replace(name, release="") not in meant]
    if foreign or not split.anchors:
        wrong = ", ".join(f"{name.provider} {name.anchor}" for name in foreign) or "no anchor"
        raise Refused("NotItsAnchor", f"{wrong} does not mean {decision.target_id}; list its anchors to see which do")
    if split.into_id == decision.target_id:
        raise Refused("SameEntity", f"{split.into_id} is what the anchors mean already; name another, or none")
    kind = EntityKind(decision.target_kind.value)
    is_new = split.into_id == plan_split(decision.id, kind, split.anchors)
    if not is_new and find_redirect(conn, split.into_id) != decision.target_id:
        _check_known(conn, kind, split.into_id)


def _check_known(conn: Connection, kind: EntityKind, target_id: str) -> None:
    if not albums_of(conn, kind, target_id):
        into = find_redirect(conn, target_id)
        hint = f"it was merged into {into}" if into else "look it up first"
        raise Refused("UnknownTarget", f"there is no {kind} {target_id} in the catalogue; {hint}")


def _check_nothing_withheld(conn: Connection, target_id: str, now: datetime) -> None:
    """Refuse to make something else of what is denied or held: it would be neither any more."""
    at = format_instant(now)
    for decision in decisions_bearing_on(conn, "", [target_id]):
        if decision.target_id == target_id and decision.kind in ENDING and decision.is_in_force(at):
            raise Refused(
                "TakenDown",
                f"{target_id} is {_WITHHELD[decision.kind]} by decision {decision.id}, which would not reach its music "
                "any more; decide the same about what it becomes first, then undo that one",
            )


def _meanings(link: Link, kind: EntityKind, about: tuple[Decision, ...]) -> set[str]:
    """Return what an anchor means: one entity, or several where releases of its provider are told apart."""
    splits = (d.effect for d in about if isinstance(d.effect, Split))
    moved = (n for split in splits for n in split.anchors if (n.provider, n.anchor) == (link.provider, link.anchor))
    given = {(kind, link.anchor): link.entity_id}
    return {
        correct_links(link.provider, release, given, about)[kind, link.anchor]
        for release in {"", *(name.release for name in moved)}
    }


def _write_audit(conn: Connection, action: str, decision: Decision, *, by: str, detail: str, now: datetime) -> None:
    record_act(
        conn,
        action,
        by=by,
        provider=_find_provider(conn, decision),
        subject=decision.id,
        now=now,
        detail=f"{decision.target_kind} {decision.target_id}: {detail}",
    )


def _find_provider(conn: Connection, decision: Decision) -> str:
    """Return whom alone a decision concerns; empty: artists and recordings are several providers'."""
    if decision.target_kind is TargetKind.PROVIDER:
        return decision.target_id
    if decision.target_kind not in (TargetKind.ALBUM, TargetKind.TRACK):
        return ""
    return next(
        (provider for provider, _ in albums_of(conn, EntityKind(decision.target_kind.value), decision.target_id)), ""
    )
