"""What a batch may hold, and what is refused of it: alone, with a reason, and with its id where it has one."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from antiphon.model.errors import Refused
from antiphon.plays import BATCH_BYTES_MAX, Refusal, read_events
from antiphon.plays.events import EVENTS_PER_BATCH_MAX, FUTURE_SKEW_MAX, PLAYED_AGE_MAX, PLAYED_MS_MAX, find_refusal
from tests.plays.events import NOW, an_event, encode_batch, event_id


def fields(**changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(an_event())
    return said | changed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'{"events": {}}',
        b'{"events": [}',
        b"[" * 200_000,
        b'{"events": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b'{"other": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b', "events": []}',
    ],
    ids=lambda body: repr(body[:16]),
)
def test_a_body_that_is_no_batch_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_events(body)
    assert caught.value.code == "NotABatch"


def test_a_batch_beyond_its_limits_is_refused_whole() -> None:
    full = [msgspec.to_builtins(an_event(n)) for n in range(EVENTS_PER_BATCH_MAX)]
    assert len(encode_batch(*full)) < BATCH_BYTES_MAX / 2, "a full batch has room to spare"
    assert len(read_events(encode_batch(*full))[0]) == EVENTS_PER_BATCH_MAX
    with pytest.raises(Refused, match="1001 events, expected at most 1000"):
        read_events(encode_batch(*full, fields(event_id=event_id(EVENTS_PER_BATCH_MAX))))
    with pytest.raises(Refused, match="send it in parts"):
        read_events(b'{"events": []}' + b" " * BATCH_BYTES_MAX)


@pytest.mark.parametrize(
    "wrong",
    [
        {"event_id": "1"},
        {"event_id": "a" * 65},
        {"event_id": "a" * 21 + "é"},
        {"event_id": "a" * 22 + "\n"},
        {"event_id": 7},
        {"track_id": ""},
        {"track_id": "../song"},
        {"track_id": None},
        {"market": 46},
        {"market": "S" * 11},
        {"played_at": "yesterday"},
        {"played_at": "2026-11-22T12:00:00"},
        {"played_at": 1_795_000_000},
        {"played_at": "2026-02-30T12:00:00Z"},
        {"played_ms": -1},
        {"played_ms": PLAYED_MS_MAX + 1},
        {"played_ms": 45_000.5},
        {"played_ms": "45000"},
    ],
    ids=repr,
)
def test_a_malformed_event_is_refused_alone_with_its_place(wrong: dict[str, Any]) -> None:
    events, refused = read_events(encode_batch(fields(), fields(**wrong), fields(event_id=event_id(2))))
    assert [event.event_id for event in events] == [event_id(1), event_id(2)]
    assert [refusal.reason for refusal in refused] == [Refusal.MALFORMED]
    assert refused[0].detail.startswith("events[1]: ")


@pytest.mark.parametrize("event", [None, 1, "x", [], {}, {"event_id": []}])
def test_what_is_no_event_at_all_is_refused_without_an_id(event: object) -> None:
    _, refused = read_events(encode_batch(event))
    assert [(refusal.event_id, refusal.reason) for refusal in refused] == [("", Refusal.MALFORMED)]


def test_a_refused_id_is_sent_back_cut() -> None:
    _, refused = read_events(encode_batch(fields(event_id="x" * 100_000)))
    assert refused[0].event_id == "x" * 64


@pytest.mark.parametrize("market", ["", "XX", "Worldwide", "S\u0000"])
def test_a_market_that_is_none_is_named(market: str) -> None:
    _, refused = read_events(encode_batch(fields(market=market)))
    assert [(refusal.event_id, refusal.reason) for refusal in refused] == [(event_id(1), Refusal.UNKNOWN_MARKET)]


def test_mangled_bodies_give_events_or_reasons_and_nothing_else() -> None:
    seed = 20261122
    print(f"seed {seed}")
    chance = random.Random(seed)
    good = encode_batch(fields(), fields(event_id=event_id(2), played_at="0001-01-01T00:00:00+23:59"))
    for _ in range(2_000):
        body = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(body))
            body[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        try:
            events, _refused = read_events(bytes(body))
        except Refused:
            continue
        for event in events:
            find_refusal(event, NOW)


@pytest.mark.parametrize(
    ("age", "played_ms", "reason"),
    [
        (PLAYED_AGE_MAX + timedelta(seconds=1), 45_000, Refusal.TOO_OLD),
        (PLAYED_AGE_MAX, 45_000, None),
        (timedelta(seconds=45), 45_000, None),
        (timedelta(0), 45_000, None),
        (timedelta(seconds=45) - FUTURE_SKEW_MAX, 45_000, None),
        (timedelta(seconds=44) - FUTURE_SKEW_MAX, 45_000, Refusal.IN_THE_FUTURE),
        (timedelta(minutes=1), PLAYED_MS_MAX, Refusal.IN_THE_FUTURE),
    ],
)
def test_an_event_from_another_time_is_refused(age: timedelta, played_ms: int, reason: Refusal | None) -> None:
    refusal = find_refusal(an_event(played_at=NOW - age, played_ms=played_ms), NOW)
    assert (refusal.reason if refusal is not None else None) == reason


def test_a_new_field_of_a_newer_client_loses_no_play() -> None:
    events, refused = read_events(encode_batch(fields(volume=11, market="se")))
    assert refused == ()
    assert events == (an_event(),)
