"""What senders are owed an answer for, and what a source has given already."""

import pytest
from sqlalchemy import Connection, Engine

from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.record import writing
from antiphon.record.acknowledgements import (
    list_unsent,
    mark_tried,
    queue_notice,
    queue_repeated,
    safe_name,
)
from antiphon.record.arrivals import (
    Arrival,
    add_arrival,
    add_taken,
    find_arrivals,
    is_taken,
    list_taken,
)
from antiphon.record.timeline import append_timeline
from tests.record.deliveries import NOW, accept

FOLDER = Arrival(source="/in", place="20260105090000000/4006381333931", generation="1.8")
AT = "2026-11-22T10:00:01.234567Z"


def _reach(conn: Connection, delivery_id: str, *stages: Stage) -> list[str]:
    for stage in stages:
        append_timeline(conn, delivery_id, TimelineEntry(stage=stage, at=AT))
    return [answer.name for answer in list_unsent(conn, "/in", 10)]


def test_what_was_handed_in_is_owed_no_file(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1)
        add_arrival(conn, delivery.id, Arrival(is_test=True), NOW)
        assert _reach(conn, delivery.id, Stage.REJECTED) == []
        assert not queue_repeated(conn, delivery.id, Arrival(), NOW)


def test_the_stages_on_the_way_are_not_told(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1)
        add_arrival(conn, delivery.id, FOLDER, NOW)
        assert _reach(conn, delivery.id, Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.RENDERED) == []


def test_each_end_is_told_once_and_live_only_where_it_is_so_at_once(engine: Engine) -> None:
    with writing(engine) as conn:
        slow, quick = accept(conn, 1, message_id="M-1"), accept(conn, 2, message="m2", message_id="M-2")
        for delivery in (slow, quick):
            add_arrival(conn, delivery.id, FOLDER, NOW)
        assert len(_reach(conn, slow.id, Stage.HELD, Stage.COMMITTED, Stage.LIVE)) == 2
        assert len(_reach(conn, quick.id, Stage.LIVE)) == 3


@pytest.mark.parametrize(
    ("generation", "message_id", "names"),
    [
        ("1.8", "M-1", ["ACK_M-1_20261122100001234.xml", "ACK_M-1_20261122100001234_2.xml"]),
        ("1.8", "", ["ACK_4006381333931_20261122100001234.xml", "ACK_4006381333931_20261122100001234_2.xml"]),
        ("1.6", "M-1", ["ACK_20260105090000000_4006381333931.xml", "ACK_20260105090000000_4006381333931_2.xml"]),
        ("1.8", "../../etc/passwd", ["ACK_etc-passwd_20261122100001234.xml", "ACK_etc-passwd_20261122100001234_2.xml"]),
    ],
)
def test_an_answer_has_the_name_its_generation_gives_it_and_none_twice(
    engine: Engine, generation: str, message_id: str, names: list[str]
) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1, message_id=message_id)
        add_arrival(conn, delivery.id, Arrival(source="/in", place=FOLDER.place, generation=generation), NOW)
        assert _reach(conn, delivery.id, Stage.HELD, Stage.REJECTED) == names


def test_what_is_sent_is_owed_no_more_and_what_failed_comes_last(engine: Engine) -> None:
    with writing(engine) as conn:
        queue_notice(conn, "/in", "a.xml", b"a", NOW)
        queue_notice(conn, "/in", "b.xml", b"b", NOW)
        assert not queue_notice(conn, "/in", "b.xml", b"again", NOW)
        first, second = list_unsent(conn, "/in", 10)
        mark_tried(conn, [first], None)
        assert [answer.body for answer in list_unsent(conn, "/in", 10)] == [b"b", b"a"]
        mark_tried(conn, [second], NOW)
        assert list_unsent(conn, "/in", 10) == (first,)
        assert list_unsent(conn, "/elsewhere", 10) == ()


def test_a_delivery_that_comes_again_is_answered_where_it_came_again(engine: Engine) -> None:
    again = Arrival(source="/in", place="20260106090000000/4006381333931", generation="1.6")
    with writing(engine) as conn:
        delivery = accept(conn, 1)
        add_arrival(conn, delivery.id, FOLDER, NOW)
        assert not queue_repeated(conn, delivery.id, again, NOW)
        _reach(conn, delivery.id, Stage.COMMITTED)
        assert queue_repeated(conn, delivery.id, again, NOW)
        told = {answer.name: answer.position for answer in list_unsent(conn, "/in", 10)}
        assert told["ACK_20260106090000000_4006381333931.xml"] == 1


def test_a_place_is_recorded_once(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1)
        trial = Arrival(source="/in", place="a/1", is_test=True)
        assert add_arrival(conn, delivery.id, trial, NOW)
        assert not add_arrival(conn, delivery.id, trial, NOW)
        add_arrival(conn, delivery.id, Arrival(source="/in", place="b/1"), NOW)
        assert [arrival.place for arrival in find_arrivals(conn, delivery.id)] == ["a/1", "b/1"]


def test_a_unit_is_taken_as_it_lay_there(engine: Engine) -> None:
    with writing(engine) as conn:
        add_taken(conn, "/in", "batch", "f1", NOW)
        add_taken(conn, "/in", "batch", "f1", NOW, problem_count=3)
        assert is_taken(conn, "/in", "batch", "f1")
        assert not is_taken(conn, "/in", "batch", "f2")
        assert list_taken(conn, "/in") == {("batch", "f1")}


def test_nothing_of_a_senders_text_gets_into_a_file_name_but_harmless_characters() -> None:
    assert safe_name("../a\x00b/c\nd é%2e") == "a-b-c-d-2e"
    assert safe_name("...") == ""
    assert len(safe_name("x" * 5_000)) == 100
