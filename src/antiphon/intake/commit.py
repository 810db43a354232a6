"""The effect of a delivery on the catalogue, in one transaction that its caller owns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from antiphon.catalogue import order_statement
from antiphon.identity import list_asked_anchors, match_release, propose_links, release_key, resource_anchors
from antiphon.intake.decision_holds import refuse_held
from antiphon.intake.sources import list_sources
from antiphon.model.delivery import Delivery, Stage
from antiphon.model.findings import Finding
from antiphon.model.statement import Statement
from antiphon.record.changes import Cause, has_changed, lock_head
from antiphon.record.deliveries import load_delivery
from antiphon.record.entries import write_release
from antiphon.record.links import RecordedLinks
from antiphon.record.media import DeliveredResource, add_resources, releases_lacking
from antiphon.record.statements import add_applied, choose_current, find_applied_key, load_statement
from antiphon.record.timeline import load_findings


def apply_statement(conn: Connection, delivery_id: str, now: datetime) -> Stage:
    """Let the statement of a delivery that was read take its place in the catalogue: see ``place_statement``."""
    delivery, statement = load_delivery(conn, delivery_id), load_statement(conn, delivery_id)
    return place_statement(conn, delivery, statement, now, load_findings(conn, delivery_id))


def place_statement(
    conn: Connection, delivery: Delivery, statement: Statement, now: datetime, findings: Sequence[Finding]
) -> Stage:
    """Let a delivery's statement take its place in the catalogue; return what it came to.

    That is ``COMMITTED``, ``LIVE`` where it changes nothing (no version will be announced for it), or ``SUPERSEDED``.
    The newest statement about a release counts, whatever order they are applied in; an older one changes nothing, but
    its files serve newer ones that came without. ``findings`` are all of the delivery's, by which its quality is
    measured. Calling it again changes nothing more. The head row is locked until the transaction ends, so keep no other
    work in it.
    Raises: Rejected (the provider's fault) where the message names no release by an identifier; HeldByDecision where
    nothing new about it may go live.
    """
    lock_head(conn)
    release = find_applied_key(conn, delivery.id) or _file_statement(conn, delivery, statement)
    refuse_held(conn, delivery, statement, release, now)
    brought = _list_resources(statement, delivery, release)
    current = choose_current(conn, delivery.provider, release)
    cause, found = Cause(at=now, delivery_id=delivery.id), {delivery.id: findings}
    lacking = releases_lacking(conn, delivery.provider, release, brought)
    change_count = sum(
        write_release(conn, delivery.provider, key, cause, findings=found) for key in (release, *lacking)
    )
    if current != delivery.id:
        return Stage.SUPERSEDED
    return Stage.COMMITTED if change_count or has_changed(conn, delivery.id) else Stage.LIVE


def _file_statement(conn: Connection, delivery: Delivery, statement: Statement) -> str:
    """Record which release a statement is about, its place in the order, its links and its files; return the key."""
    known = RecordedLinks(conn)
    known.look_up(list_asked_anchors(statement, release_key(statement)))
    release = match_release(delivery.provider, statement, known)
    known.look_up(list_asked_anchors(statement, release))
    add_applied(conn, delivery.id, delivery.provider, release, statement.kind, order_statement(statement, delivery))
    known.add_links(propose_links(delivery.provider, release, statement, known), delivery.id)
    add_resources(conn, delivery.id, delivery.provider, _list_resources(statement, delivery, release))
    return release


def _list_resources(statement: Statement, delivery: Delivery, release: str) -> list[DeliveredResource]:
    brought = {source.resource.reference: source.file.blob for source in list_sources(statement, delivery)}
    return [
        DeliveredResource(reference=reference, anchor=anchor, source=brought.get(reference))
        for reference, anchor in sorted(resource_anchors(statement, release).items())
    ]
