"""Small deliveries for the record's tests, and what they say."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from antiphon.identity import release_key
from antiphon.intake.commit import apply_statement
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from antiphon.record import writing
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.providers import Provider, add_provider
from antiphon.record.statements import store_statement
from tests.builders import a_cover, a_moment, a_release, a_statement, changed

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ICPN, OTHER_ICPN = "4006381333931", "96385074"


def a_delivery(number: int, *, provider: str = "north", message: str = "m1", files: str = "f1") -> Delivery:
    """Return a delivery of one message and one file; ``message`` and ``files`` tell contents apart."""
    return Delivery(
        id=f"delivery-{number}",
        provider=provider,
        batch="20261122100000000",
        message=DeliveredFile(path="r1/r1.xml", blob=message * 32, size_bytes=2_000),
        files=(DeliveredFile(path="r1/resources/1.flac", blob=files * 32, size_bytes=9_000),),
        received_at="2026-11-22T10:00:00.000000Z",
        receipt=number,
    )


def accept(conn: Connection, number: int, *, message_id: str = "", message: str = "m1") -> Delivery:
    """Add provider "north" if need be, and a delivery of it with the next receipt number."""
    add_provider(conn, Provider(id="north", name="North"), NOW)
    delivery = a_delivery(next_receipt(conn), message=message)
    assert delivery.receipt == number
    assert add_delivery(conn, delivery, message_id, "2026-11-22T09:00:00Z")
    return delivery


def dated(statement: Statement, day: int) -> Statement:
    """Return a statement as it would be, created on a day of March."""
    return changed(statement, header=changed(statement.header, created=a_moment(f"2026-03-{day:02}T09:00:00Z")))


def an_album(*recordings: Resource, icpn: str = ICPN, day: int = 1, **of_release: Any) -> Statement:
    """Return an album with some recordings, in their order, under a barcode."""
    count = len(recordings)
    placed = [changed(recording, reference=f"A{place}") for place, recording in enumerate(recordings, 1)]
    statement = a_statement(count, resources=(*placed, a_cover()))
    release = a_release(count, ids=(DeliveredId(scheme=IdScheme.ICPN, text=icpn),), **of_release)
    return dated(changed(statement, releases=(release, *statement.releases[1:])), day)


def receive(conn: Connection, statement: Statement, provider: str, files: tuple[str, ...]) -> Delivery:
    """Accept a delivery of a statement, as far as its statement is stored."""
    add_provider(conn, Provider(id=provider, name=provider.title()), NOW)
    receipt = next_receipt(conn)
    delivery = Delivery(
        id=f"delivery-{receipt}",
        provider=provider,
        batch="",
        message=DeliveredFile(path="r/r.xml", blob=f"{receipt:064}", size_bytes=2_000),
        files=tuple(
            DeliveredFile(path=f"resources/{number:02}.flac", blob=blob, size_bytes=9)
            for number, blob in enumerate(files, 1)
        ),
        received_at="2026-11-22T10:00:00.000000Z",
        receipt=receipt,
    )
    assert add_delivery(conn, delivery, "", "")
    store_statement(conn, delivery.id, provider, release_key(statement), statement)
    return delivery


def apply(engine: Engine, statement: Statement, *, provider: str = "north", files: tuple[str, ...] = ()) -> Delivery:
    """Let a delivery change the catalogue."""
    with writing(engine) as conn:
        delivery = receive(conn, statement, provider, files)
        apply_statement(conn, delivery.id, NOW)
    return delivery
