"""Works are entities of the record, and no document tells of them."""

from pathlib import Path

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.entities import EntityKind
from antiphon.publication.building import build_entries
from antiphon.record import reading
from antiphon.record.changes import changes_after
from tests.builders import a_recording, a_statement
from tests.publication.test_publisher import NOW, House


def test_a_work_is_no_document(tmp_path: Path, record_url: str) -> None:
    house = House(tmp_path, record_url)
    named = (DeliveredId(scheme=IdScheme.ISWC, text="T0345246801"),)
    house.commit(a_statement(1, resources=(a_recording(1, work_ids=named),)), 1)
    with reading(house.engine) as conn:
        works = [change for change in changes_after(conn, 0, 100) if change.kind is EntityKind.WORK]
        assert len(works) == 1
        assert build_entries(conn, works) == ()
    assert house.publisher.publish(NOW) is not None
    house.close()
