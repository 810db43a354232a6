"""Deliveries, timelines and findings in the record."""

import msgspec
import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.model.errors import Broken, Refused
from antiphon.model.findings import Finding, Place, Severity
from antiphon.record import reading, writing
from antiphon.record.deliveries import (
    add_delivery,
    find_delivery,
    find_duplicate,
    find_release_files,
    list_deliveries,
    load_delivery,
    next_receipt,
)
from antiphon.record.providers import Provider, add_provider, find_provider, find_provider_of_dpid
from antiphon.record.statements import store_statement
from antiphon.record.tables import findings, timeline
from antiphon.record.timeline import add_findings, append_timeline, load_findings, load_stages, load_timeline
from tests.builders import a_statement
from tests.record.deliveries import NOW, a_delivery, accept


def test_the_same_message_with_the_same_files_is_refused_as_a_duplicate(engine: Engine) -> None:
    with writing(engine) as conn:
        accept(conn, 1, message_id="MSG1")
        again = a_delivery(2)
        assert not add_delivery(conn, again, "MSG1", "")
        assert find_duplicate(conn, again, "MSG1") == "delivery-1"
        assert find_delivery(conn, "delivery-2") is None


def test_the_same_message_with_a_mended_file_is_not_a_duplicate(engine: Engine) -> None:
    with writing(engine) as conn:
        accept(conn, 1, message_id="MSG1")
        assert add_delivery(conn, a_delivery(2, files="f2"), "MSG1", "")


def test_empty_message_ids_do_not_make_different_messages_duplicates(engine: Engine) -> None:
    with writing(engine) as conn:
        accept(conn, 1)
        assert add_delivery(conn, a_delivery(2, message="m2"), "", "")


def test_a_delivery_of_an_unknown_provider_is_refused_by_the_database(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as conn:
        add_delivery(conn, a_delivery(1, provider="nobody"), "", "")


def test_a_receipt_number_belongs_to_one_delivery(engine: Engine) -> None:
    with writing(engine) as conn:
        accept(conn, 1)
        other = msgspec.structs.replace(a_delivery(1, message="m2"), id="other")
        with pytest.raises(IntegrityError):
            add_delivery(conn, other, "", "")


def test_a_rolled_back_acceptance_gives_its_receipt_back(engine: Engine) -> None:
    with engine.connect() as conn, conn.begin() as transaction:
        assert next_receipt(conn) == 1
        transaction.rollback()
    with writing(engine) as conn:
        assert next_receipt(conn) == 1


def test_loading_a_delivery_that_was_never_accepted_is_our_fault(engine: Engine) -> None:
    with reading(engine) as conn, pytest.raises(Broken):
        load_delivery(conn, "nothing")


def test_a_delivery_comes_back_as_it_was_accepted(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1)
    with reading(engine) as conn:
        assert load_delivery(conn, delivery.id) == delivery


def test_deliveries_are_listed_newest_first_and_paged_by_receipt(engine: Engine) -> None:
    with writing(engine) as conn:
        for number in range(1, 6):
            accept(conn, number, message=f"m{number}")
    with reading(engine) as conn:
        assert [d.receipt for d in list_deliveries(conn, limit=2)] == [5, 4]
        assert [d.receipt for d in list_deliveries(conn, limit=2, before=4)] == [3, 2]
        assert list_deliveries(conn, provider="south") == ()


def test_files_of_a_release_are_those_its_other_deliveries_brought_once_they_were_read(engine: Engine) -> None:
    with writing(engine) as conn:
        for number in (1, 2):
            accept(conn, number, message=f"m{number}")
        assert find_release_files(conn, "north", ["icpn:1"], beside="delivery-2") is None
        store_statement(conn, "delivery-1", "north", "icpn:1", a_statement())
        assert find_release_files(conn, "north", ["icpn:1"], beside="delivery-1") is None
        assert find_release_files(conn, "south", ["icpn:1"], beside="delivery-2") is None
        assert find_release_files(conn, "north", ["icpn:1", "grid:1"], beside="delivery-2") == {
            "r1/resources/1.flac": 9_000
        }
        append_timeline(conn, "delivery-1", TimelineEntry(stage=Stage.REJECTED, at="2026-11-22T10:00:00Z"))
        assert find_release_files(conn, "north", ["icpn:1"], beside="delivery-2") is None


@pytest.mark.parametrize("table", [timeline, findings])
def test_nothing_in_a_log_can_be_changed_or_deleted(engine: Engine, table: object) -> None:
    with writing(engine) as conn:
        accept(conn, 1)
        append_timeline(conn, "delivery-1", TimelineEntry(stage=Stage.ACCEPTED, at="2026-11-22T10:00:00Z"))
        add_findings(conn, "delivery-1", [Finding(rule="I1", severity=Severity.WARN)])
    for statement in (delete(table), update(table).values(position=7)):  # type: ignore[arg-type]
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as conn:
            conn.execute(statement)


def test_a_timeline_keeps_its_order_and_the_newest_stage_is_the_one_listed(engine: Engine) -> None:
    entries = [
        TimelineEntry(stage=Stage.ACCEPTED, at="2026-11-22T10:00:00Z"),
        TimelineEntry(stage=Stage.READ, at="2026-11-22T10:00:01Z", elapsed_ms=12, detail="ERN 4.3.2, 12 recordings"),
    ]
    with writing(engine) as conn:
        accept(conn, 1)
        assert [append_timeline(conn, "delivery-1", entry) for entry in entries] == [1, 2]
    with reading(engine) as conn:
        assert load_timeline(conn, "delivery-1") == tuple(entries)
        assert load_stages(conn, ["delivery-1", "unknown"]) == {"delivery-1": Stage.READ}


def test_findings_come_back_worst_first_and_are_kept_once(engine: Engine) -> None:
    note = Finding(rule="T1", severity=Severity.NOTE, place=Place(file="r1.xml", line=4, path="/a/b"), got="x")
    fatal = Finding(rule="I1", severity=Severity.FATAL, expected="an ISRC", fix="add it", message="No ISRC.")
    with writing(engine) as conn:
        accept(conn, 1)
        assert add_findings(conn, "delivery-1", [note]) == 1
        assert add_findings(conn, "delivery-1", [note, fatal, fatal]) == 1
    with reading(engine) as conn:
        assert load_findings(conn, "delivery-1") == (fatal, note)


def test_a_dpid_cannot_speak_for_two_providers(engine: Engine) -> None:
    with writing(engine) as conn:
        add_provider(conn, Provider(id="north", name="North", dpids=("PADPIDA2026112201A",)), NOW)
        with pytest.raises(Refused):
            add_provider(conn, Provider(id="south", name="South", dpids=("PADPIDA2026112201A",)), NOW)


def test_a_provider_is_found_by_id_and_by_dpid_and_can_be_renamed(engine: Engine) -> None:
    with writing(engine) as conn:
        add_provider(conn, Provider(id="north", name="North", dpids=("PADPIDA2026112201A",)), NOW)
        add_provider(conn, Provider(id="north", name="North Records"), NOW)
        expected = Provider(id="north", name="North Records", dpids=("PADPIDA2026112201A",))
        assert find_provider(conn, "north") == expected
        assert find_provider_of_dpid(conn, "PADPIDA2026112201A") == expected
        assert find_provider(conn, "south") is None
