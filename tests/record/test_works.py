"""Works in the record, on both databases."""

from sqlalchemy import Engine

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.entities import RECORDED_KINDS, EntityKind
from antiphon.record import reading
from antiphon.record.catalogue import find_entities, load_work
from antiphon.record.changes import changes_after
from antiphon.record.links import list_links
from antiphon.record.provenance import trace_entity
from antiphon.record.rebuild import recompute
from tests.builders import a_recording
from tests.record.deliveries import OTHER_ICPN, an_album, apply

ISWC = "T0345246801"


def test_a_work_is_shared_by_providers_and_goes_with_its_last_recording(engine: Engine) -> None:
    named = (DeliveredId(scheme=IdScheme.ISWC, text=ISWC),)
    apply(engine, an_album(a_recording(1, work_ids=named)))
    apply(engine, an_album(a_recording(2, work_ids=named), icpn=OTHER_ICPN), provider="south")
    with reading(engine) as conn:
        ((kind, work_id),) = find_entities(conn, "iswc", ISWC)
        work = load_work(conn, work_id)
        traced = trace_entity(conn, kind, work_id)
        assert [link.provider for link in list_links(conn, kind, [work_id])] == ["north", "south"]
        assert {change.kind for change in changes_after(conn, 0, 100)} == set(RECORDED_KINDS)
        assert recompute(conn) == []
    assert kind is EntityKind.WORK
    assert work is not None
    assert (work.iswc, work.title) == (ISWC, "Harbour Light No. 2")
    assert traced is not None
    assert traced.current.provider == "south"
    apply(engine, an_album(a_recording(1), day=2))
    apply(engine, an_album(a_recording(2), icpn=OTHER_ICPN, day=2), provider="south")
    with reading(engine) as conn:
        assert (find_entities(conn, "iswc", ISWC), load_work(conn, work_id)) == ((), None)
        assert recompute(conn) == []
