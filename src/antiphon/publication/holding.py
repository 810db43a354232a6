"""Hold and resume: who stops the log, who lets it go on, and who lets a held version through as it is."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.blobs import BlobStore
from antiphon.model.errors import Refused
from antiphon.publication.announcing import put_version
from antiphon.publication.gate import Difference
from antiphon.record import writing
from antiphon.record.instants import format_instant
from antiphon.record.publication_holds import Hold, add_hold, add_resume, find_hold
from antiphon.record.publication_tables import HoldKind
from antiphon.record.publication_totals import VersionTotals, add_totals
from antiphon.record.publications import Announced, announce, announced_head, lock_publication

GATE = "the gate"
"""Who holds a version that nobody held."""


def hold_version(
    engine: Engine, draft: Announced, differences: Sequence[Difference], totals: bytes, now: datetime
) -> Hold | None:
    """Hold a version that the gate does not let through, and return the hold that is in force then.

    None: the version was overtaken, so that it is nobody's any more. ``draft.segment`` empty: it could not be written.
    """
    with writing(engine) as conn:
        lock_publication(conn)
        held, head = find_hold(conn), announced_head(conn)
        if held is not None or (head.version if head is not None else 0) != draft.version - 1:
            return held
        hold = Hold(
            number=0,
            kind=HoldKind.GATE,
            held_by=GATE,
            held_at=format_instant(now),
            reason="; ".join(str(difference) for difference in differences),
            version=draft.version,
            segment=draft.segment,
            parent=draft.parent,
            record_version=draft.record_version,
            report=msgspec.json.encode(differences).decode(),
            totals=totals,
        )
        return add_hold(conn, hold, now)


def hold_publication(engine: Engine, *, by: str, reason: str, now: datetime) -> Hold:
    """Stop the log until somebody resumes it. Takedowns go on: the overlay has a path of its own.

    Raises: Refused (the caller's fault) where it is held already, or without a name and a reason.
    """
    check_signed(by, reason)
    with writing(engine) as conn:
        lock_publication(conn)
        held = find_hold(conn)
        if held is not None:
            raise Refused(
                "PublicationHeldAlready", f"publication is held by {held.held_by} since {held.held_at[:19]}Z already"
            )
        return add_hold(conn, draft_hold(conn, HoldKind.OPERATOR, by=by, reason=reason, now=now), now)


def resume_publication(
    engine: Engine, blobs: BlobStore, *, by: str, reason: str, now: datetime, accept: bool = False
) -> Hold:
    """End the hold and return it; the publisher makes the next version anew, and the gate looks at it again.

    ``accept`` announces exactly the version that was held, past the gate; later versions are held against it.
    Raises: Refused (the caller's fault) where nothing is held, or there is nothing in it that could be accepted.
    """
    check_signed(by, reason)
    accepted = None
    with writing(engine) as conn:
        lock_publication(conn)
        hold = find_hold(conn)
        if hold is None:
            raise Refused("PublicationNotHeld", "publication is not held: there is nothing to resume")
        if hold.kind is HoldKind.RECOVERY:
            message = (
                "a recovery of the record is not finished; run `antiphon publication recover` again: it ends the hold"
            )
            raise Refused("RecoveryUnfinished", message)
        if accept:
            accepted = _announce_held(conn, hold, now)
        add_resume(conn, hold, by=by, reason=reason, is_accepted=accept, now=now)
    if accepted is not None:
        put_version(blobs, accepted)
    return hold


def read_report(hold: Hold) -> tuple[Difference, ...]:
    """Return what the gate found; empty: it was not the gate that held."""
    return msgspec.json.decode(hold.report, type=tuple[Difference, ...])


def draft_hold(conn: Connection, kind: HoldKind, *, by: str, reason: str, now: datetime) -> Hold:
    """Return a hold by a person that is about to be added, at where the log stands."""
    head = announced_head(conn)
    return Hold(
        number=0,
        kind=kind,
        held_by=by.strip(),
        held_at=format_instant(now),
        reason=reason.strip(),
        version=head.version + 1 if head is not None else 1,
        record_version=head.record_version if head is not None else 0,
    )


def check_signed(by: str, reason: str) -> None:
    """Refuse what nobody stands for. Raises: Refused."""
    if not by.strip() or not reason.strip():
        raise Refused("DecisionWithoutReason", "a decision needs the name of whoever decides it, and a reason")


def _announce_held(conn: Connection, hold: Hold, now: datetime) -> Announced:
    """Announce the version that was held, as it was. Raises: Refused where it cannot be."""
    faults = [difference.subject for difference in read_report(hold) if not difference.can_be_accepted]
    if hold.kind is not HoldKind.GATE or not hold.segment or faults:
        why = ", ".join(faults) or f"it is held by {hold.held_by}, not by the gate"
        raise Refused(
            "NothingToAccept", f"there is no version that could be announced as it is: {why}; resume without --accept"
        )
    announced = Announced(
        version=hold.version,
        segment=hold.segment,
        parent=hold.parent,
        record_version=hold.record_version,
        announced_at=format_instant(now),
    )
    announce(conn, announced, under_hold=hold.number)
    totals = VersionTotals(
        version=hold.version, announced_at=announced.announced_at, is_accepted=True, body=hold.totals
    )
    add_totals(conn, totals, now)
    return announced
