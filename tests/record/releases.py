"""Releases that are in the catalogue the short way: read, found fault with, and committed, with no files."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from antiphon.identity import release_key
from antiphon.intake.commit import apply_statement
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.findings import Finding
from antiphon.model.statement import Statement
from antiphon.record.catalogue import find_entities
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.instants import format_instant
from antiphon.record.statements import store_statement
from antiphon.record.timeline import add_findings
from tests.builders import a_moment, changed


def commit_statement(
    conn: Connection, statement: Statement, at: datetime, *, provider: str, findings: Iterable[Finding] = ()
) -> str:
    """Let a statement that was created at an instant take its place then; return its delivery's id."""
    created = changed(statement, header=changed(statement.header, created=a_moment(at.strftime("%Y-%m-%dT%H:%M:%SZ"))))
    receipt = next_receipt(conn)
    delivery = Delivery(
        id=f"delivery-{receipt}",
        provider=provider,
        batch="",
        message=DeliveredFile(path="r/r.xml", blob=f"{receipt:064}", size_bytes=2_000),
        files=(),
        received_at=format_instant(at),
        receipt=receipt,
    )
    assert add_delivery(conn, delivery, "", "")
    store_statement(conn, delivery.id, provider, release_key(created), created)
    add_findings(conn, delivery.id, findings)
    apply_statement(conn, delivery.id, at)
    return delivery.id


def find_album_id(conn: Connection, statement: Statement) -> str:
    """Return the album that has the statement's barcode."""
    release = statement.main_release
    assert release is not None
    ((_, album_id),) = find_entities(conn, "icpn", release.ids[0].text.zfill(14))
    return album_id
