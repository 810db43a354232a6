"""One delivery as everybody is shown it: console, API and command line say the same with the same ids."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.model.delivery import Delivery, Stage, TimelineEntry
from antiphon.model.findings import Finding, Severity
from antiphon.record.deliveries import find_delivery, list_deliveries
from antiphon.record.held import is_let_go
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
    is_let_go: bool = False
    """It was held, and somebody has let it go on; no worker has taken it up yet."""

    @property
    def is_moving(self) -> bool:
        """Tell whether more will happen without somebody's action."""
        return self.is_let_go or not self.stage.is_final

    @property
    def held_by(self) -> tuple[str, ...]:
        """The rules that hold it, each once; empty where it is not held, or was let go."""
        if self.stage is not Stage.HELD or self.is_let_go:
            return ()
        return tuple(dict.fromkeys(f.rule for f in self.findings if f.severity is Severity.HOLD))

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
        is_let_go=is_let_go(conn, delivery_id),
    )


def show_report(report: DeliveryReport) -> dict[str, object]:
    """Return a report as JSON tells it, over HTTP and in a terminal alike."""
    return {
        "delivery": report.delivery,
        "stage": report.stage,
        "is_moving": report.is_moving,
        "held_by": report.held_by,
        "timeline": report.timeline,
        "findings": [show_finding(finding) for finding in report.findings],
    }


def show_finding(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON tells it, its id first."""
    return {"id": finding.id, **msgspec.to_builtins(finding)}


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
