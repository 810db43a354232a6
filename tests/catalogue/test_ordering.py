"""Which of two statements about a release is newer."""

import pytest

from antiphon.catalogue import StatementOrder, order_statement
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.periods import Moment
from tests.builders import a_moment, a_statement, changed


def _order(created: Moment | None, *, batch: str = "", folder: str = "r", receipt: int = 1) -> StatementOrder:
    statement = a_statement()
    delivery = Delivery(
        id="d",
        provider="north",
        batch=batch,
        message=DeliveredFile(path=f"{folder}/r.xml", blob="0" * 64, size_bytes=1),
        files=(),
        received_at="2026-11-22T10:00:00+00:00",
        receipt=receipt,
    )
    return order_statement(changed(statement, header=changed(statement.header, created=created)), delivery)


NINE = a_moment("2026-11-22T09:00:00Z")


def test_the_creation_time_counts_first_as_an_instant_whatever_its_offset() -> None:
    assert _order(a_moment("2026-11-22T11:00:00+02:00"), receipt=2) > _order(NINE, receipt=1)
    assert _order(a_moment("2026-11-22T09:30:00+01:00"), receipt=2) < _order(NINE, receipt=1)


def test_a_creation_time_without_a_zone_counts_as_utc() -> None:
    assert _order(a_moment("2026-11-22T09:00:00")) == _order(NINE)


@pytest.mark.parametrize("created", [None, Moment("soon", a_moment("2026-01-01").kind)])
def test_without_a_readable_creation_time_the_time_of_receipt_counts(created: Moment | None) -> None:
    assert _order(created).created_at == "2026-11-22T10:00:00.000000Z"


def test_then_the_timestamp_of_the_batch_or_of_the_release_folder_counts() -> None:
    assert _order(NINE, batch="N_20261122093000001", receipt=1) > _order(NINE, batch="20261122093000000", receipt=2)
    assert _order(NINE, folder="P_4006381333931_20261122093000").arranged_at == "20261122093000000"
    assert _order(NINE, batch="Batch20261122093000").arranged_at == "20261122093000000"


def test_a_barcode_is_no_timestamp() -> None:
    assert _order(NINE, folder="04006381333931").arranged_at == ""


def test_last_the_receipt_decides() -> None:
    assert _order(NINE, receipt=2) > _order(NINE, receipt=1)
