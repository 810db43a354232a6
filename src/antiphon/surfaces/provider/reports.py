"""One delivery as everybody is shown it: console, API and command line say the same with the same ids."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.model.delivery import Delivery, Stage, TimelineEntry
from antiphon.model.findings import Finding
from antiphon.record.deliveries import find_delivery, list_deliveries
from antiphon.record.timeline import load_findings, load_stages, load_timeline

PAGE_DELIVERIES = 50
"""rows of one page of deliveries: what a screen shows without scrolling for long."""


class DeliveryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery in a list. ``stage`` is its newest; ``receipt`` is also the cursor of the next page."""

    id: str
    provider: str
    batch: str
    message: str
    received_at: str
    receipt: int
    stage: Stage


class DeliveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery whole: what came, what happened when, and what is wrong with it, worst first."""

    delivery: Delivery
    stage: Stage
    timeline: tuple[TimelineEntry, ...]
    findings: tuple[Finding, ...]

    @property
    def seconds_to_live(self) -> float | None:
        """Seconds from acceptance to live; None where it is not live."""
        live = next((entry.at for entry in self.timeline if entry.stage is Stage.LIVE), None)
        if live is None:
            return None
        return (datetime.fromisoformat(live) - datetime.fromisoformat(self.delivery.received_at)).total_seconds()


def report_delivery(conn: Connection, delivery_id: str) -> DeliveryReport | None:
    """Return the report of a delivery; None: there is none of this id."""
    delivery = find_delivery(conn, delivery_id)
    if delivery is None:
        return None
    timeline = load_timeline(conn, delivery_id)
    return DeliveryReport(
        delivery=delivery,
        stage=timeline[-1].stage if timeline else Stage.ACCEPTED,
        timeline=timeline,
        findings=load_findings(conn, delivery_id),
    )


def list_delivery_lines(
    conn: Connection, *, provider: str | None, limit: int = PAGE_DELIVERIES, before: int | None = None
) -> tuple[DeliveryLine, ...]:
    """Return deliveries, newest first. ``provider`` None: everybody's. ``before``: only receipts below it."""
    deliveries = list_deliveries(conn, limit=limit, before=before, provider=provider)
    stages = load_stages(conn, [delivery.id for delivery in deliveries])
    return tuple(
        DeliveryLine(
            id=delivery.id,
            provider=delivery.provider,
            batch=delivery.batch,
            message=delivery.message.path,
            received_at=delivery.received_at,
            receipt=delivery.receipt,
            stage=stages.get(delivery.id, Stage.ACCEPTED),
        )
        for delivery in deliveries
    )
