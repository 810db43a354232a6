"""A provider that delivers over HTTP fetches its answers, in the words of its choreography."""

from pathlib import Path

import pytest

from antiphon.formats.ern import read_acknowledgement
from tests.docs.house import NOBODY, STRANGER
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.surfaces.provider.dockside import DELIVERIES, Dockside


def test_nobody_reads_the_answer_to_anothers_delivery(dock: Dockside, tmp_path: Path) -> None:
    (receipt,) = dock.site.accept(write_delivery(tmp_path / "out", a_small_statement()))
    path = f"{DELIVERIES}/{receipt.delivery_id}/acknowledgement"
    assert dock.ask("GET", path, STRANGER).status_code == 404
    assert dock.ask("GET", path, NOBODY).status_code == 401
    assert dock.ask("GET", f"{DELIVERIES}/none/acknowledgement").status_code == 404


def test_a_generation_that_there_is_not_is_refused_with_those_there_are(dock: Dockside, tmp_path: Path) -> None:
    (receipt,) = dock.site.accept(write_delivery(tmp_path / "out", a_small_statement()))
    answer = dock.ask("GET", f"{DELIVERIES}/{receipt.delivery_id}/acknowledgement?generation=2.0")
    assert answer.status_code == 400
    assert "1.6, 1.7, 1.8" in answer.text


@pytest.mark.parametrize(("asked", "given"), [("", "1.8"), ("?generation=1.6", "1.6"), ("?generation=1.7", "1.7")])
def test_an_answer_is_in_the_generation_asked_for_or_the_senders_own(
    dock: Dockside, tmp_path: Path, asked: str, given: str
) -> None:
    (receipt,) = dock.site.accept(write_delivery(tmp_path / "out", a_small_statement()))
    answer = dock.ask("GET", f"{DELIVERIES}/{receipt.delivery_id}/acknowledgement{asked}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["cache-control"] == "no-store"
    assert read_acknowledgement(answer.content)[0].generation == given
