"""Small deliveries for the record's tests."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.providers import Provider, add_provider

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


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
