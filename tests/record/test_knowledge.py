"""What the record tells the rules of a delivery: what it knows, what it leaves out, and what that costs."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from antiphon.identity import match_release
from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.entities import EntityKind
from antiphon.model.statement import Statement
from antiphon.record import reading, writing
from antiphon.record.knowledge import RecordedKnowledge
from antiphon.record.links import RecordedLinks
from antiphon.rules import CheckContext, check_statement
from tests.builders import a_recording, changed
from tests.databases import ON_SQLITE
from tests.record.deliveries import ICPN, NOW, OTHER_ICPN, an_album, apply, receive

AUDIO, OTHER_AUDIO, COVER = "a" * 64, "d" * 64, "c" * 64
DPID = "PADPIDA2014120301Q"


def ask(
    engine: Engine, statement: Statement, *, provider: str = "north", files: tuple[str, ...] = ()
) -> RecordedKnowledge:
    """Return what the record knows for a delivery that has arrived and is not applied yet."""
    with writing(engine) as conn:
        delivery = receive(conn, statement, provider, files)
    with reading(engine) as conn:
        key = match_release(provider, statement, RecordedLinks(conn))
    return RecordedKnowledge(engine, delivery, find_album_id(engine, provider, key))


def find_album_id(engine: Engine, provider: str, key: str) -> str | None:
    with reading(engine) as conn:
        link = RecordedLinks(conn).find_link(provider, EntityKind.ALBUM, key)
    return link.entity_id if link is not None else None


@pytest.fixture
def queries(engine: Engine) -> Iterator[list[str]]:
    """Return the SELECTs the engine has run, as they come."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_an_empty_catalogue_knows_nothing_and_says_so(engine: Engine) -> None:
    knowledge = ask(engine, an_album(a_recording(1)), files=(AUDIO,))
    assert knowledge.find_release() is None
    assert knowledge.find_recordings(["QZANT2600001"]) == {}
    assert knowledge.find_products(["04006381333931"]) == {}
    assert knowledge.find_same_audio(["resources/01.flac", "gone.flac"]) == {}
    assert knowledge.find_artists([Credit(name="The Tidemarks")]) == {}


def test_what_a_delivery_itself_brought_is_not_known_to_it(engine: Engine) -> None:
    delivery = apply(engine, an_album(a_recording(1)), files=(AUDIO,))
    knowledge = RecordedKnowledge(engine, delivery, find_album_id(engine, "north", f"icpn:0{ICPN}"))
    assert knowledge.find_release() is None
    assert knowledge.find_recordings(["QZANT2600001"]) == {}
    assert knowledge.find_products([f"0{ICPN}"]) == {}
    assert knowledge.find_same_audio(["resources/01.flac"]) == {}
    assert knowledge.find_artists([Credit(name="The Tidemarks")]) == {}


def test_an_update_knows_its_release_as_it_was(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1), a_recording(2)))
    known = ask(engine, an_album(a_recording(1), day=2)).find_release()
    assert known is not None
    assert known.keys == (f"icpn:0{ICPN}",)
    assert [(track.track_number, track.isrc) for track in known.tracks] == [(1, "QZANT2600001"), (2, "QZANT2600002")]


def test_another_providers_release_is_not_the_one_a_delivery_is_about(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)))
    assert ask(engine, an_album(a_recording(1)), provider="south").find_release() is None


def test_an_isrc_is_known_from_both_sides_and_the_own_side_comes_first(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)))
    apply(engine, an_album(a_recording(1, duration_ms=200_000), icpn=OTHER_ICPN), provider="south")
    statement = an_album(a_recording(1), icpn="036000291452")
    for provider, own_ms, other_ms in (("north", 180_000, 200_000), ("south", 200_000, 180_000)):
        (known,) = ask(engine, statement, provider=provider).find_recordings(["QZANT2600001"]).values()
        assert [(k.is_own, k.duration_ms) for k in known] == [(True, own_ms), (False, other_ms)]
        assert {(k.title, k.artists) for k in known} == {("Harbour Light No. 1", ("The Tidemarks",))}


def test_the_bytes_of_a_file_are_known_by_every_isrc_they_were_delivered_under(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)), files=(AUDIO,))
    knowledge = ask(engine, an_album(a_recording(2), icpn=OTHER_ICPN), files=(AUDIO, OTHER_AUDIO))
    found = knowledge.find_same_audio(["resources/01.flac", "resources/02.flac"])
    assert {path: [known.isrc for known in recordings] for path, recordings in found.items()} == {
        "resources/01.flac": ["QZANT2600001"]
    }


def test_a_barcode_is_live_as_long_as_something_is_granted(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)), provider="south")
    (live,) = ask(engine, an_album(a_recording(1))).find_products([f"0{ICPN}"])[f"0{ICPN}"]
    assert (live.is_own, live.title, live.artists) == (False, "Harbour Lights", ("The Tidemarks",))
    assert "FR" in live.territories
    apply(engine, changed(an_album(a_recording(1), day=2), release_deals=()), provider="south")
    (ended,) = ask(engine, an_album(a_recording(1), day=3)).find_products([f"0{ICPN}"])[f"0{ICPN}"]
    assert not ended.territories


def test_an_artist_is_known_by_ids_before_names_and_to_its_provider_before_others(engine: Engine) -> None:
    isni = DeliveredId(scheme=IdScheme.ISNI, text="0000000121032683")
    own = DeliveredId(scheme=IdScheme.PROPRIETARY, text="tide-7", namespace=DPID)
    by_isni: dict[str, Any] = {"display_artists": (Credit(name="Tidemarks, The", ids=(isni,)),)}
    apply(engine, an_album(a_recording(1, **by_isni), **by_isni), provider="south")
    by_own: dict[str, Any] = {"display_artists": (Credit(name="The Tidemarks", ids=(own,)),)}
    apply(engine, an_album(a_recording(2, **by_own), icpn=OTHER_ICPN, **by_own))
    asked = Credit(name="THE TIDEMARKS", ids=(isni, own))
    (known,) = ask(engine, an_album(a_recording(3), icpn="036000291452")).find_artists([asked]).values()
    assert [(k.is_own, k.matched_by, k.name) for k in known] == [
        (True, "proprietary", "The Tidemarks"),
        (True, "name", "The Tidemarks"),
        (False, "isni", "Tidemarks, The"),
    ]


def test_an_artists_albums_are_counted_but_not_those_it_is_only_a_guest_on(engine: Engine) -> None:
    guest = Credit(name="Vera Solvang")
    apply(engine, an_album(a_recording(1, display_artists=(*a_recording(1).display_artists, guest))))
    apply(engine, an_album(a_recording(2), icpn=OTHER_ICPN))
    found = ask(engine, an_album(a_recording(3), icpn="036000291452")).find_artists(
        [Credit(name="The Tidemarks"), guest]
    )
    assert {name: [k.album_count for k in known] for name, known in found.items()} == {
        "The Tidemarks": [2],
        "Vera Solvang": [0],
    }


def test_the_artists_of_a_recording_are_known_by_its_isrc_and_by_its_song(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)), provider="south")
    by_isrc = an_album(a_recording(1, titles=(ScopedText(value="Night Ferry"),)), icpn=OTHER_ICPN)
    by_song = an_album(a_recording(1, ids=(DeliveredId(scheme=IdScheme.ISRC, text="QZANT2600077"),)), icpn=OTHER_ICPN)
    neither = an_album(a_recording(2), icpn=OTHER_ICPN)
    for statement, names in ((by_isrc, ["The Tidemarks"]), (by_song, ["The Tidemarks"]), (neither, [])):
        found = ask(engine, statement).find_credited(statement.resources[:1])
        assert [(known.name, known.matched_by, known.is_own, known.album_count) for known in found] == [
            (name, "recording", False, 1) for name in names
        ]
        (own,) = ask(engine, by_isrc, provider="south").find_credited(by_isrc.resources[:1])
        assert own.is_own


def test_a_question_costs_its_queries_once_whatever_the_number_of_tracks(engine: Engine, queries: list[str]) -> None:
    tracks = 40
    apply(engine, an_album(*map(a_recording, range(1, tracks + 1))), files=tuple(f"{n:064}" for n in range(tracks)))
    statement = an_album(*map(a_recording, range(1, tracks + 1)), icpn=OTHER_ICPN)
    knowledge = ask(engine, statement, files=tuple(f"{n:064}" for n in range(tracks)))
    isrcs = [f"QZANT26{number:05}" for number in range(1, tracks + 1)]
    paths = [f"resources/{number:02}.flac" for number in range(1, tracks + 1)]
    queries.clear()
    for _ in range(2):
        assert len(knowledge.find_recordings(isrcs)) == tracks
        assert len(knowledge.find_same_audio(paths)) == tracks
        assert knowledge.find_products([f"0{ICPN}"])
        assert knowledge.find_artists([Credit(name="The Tidemarks")])
        assert knowledge.find_release() is None
        assert len(knowledge.find_credited(statement.resources[:tracks])) == 1
    assert len(queries) <= 14


@ON_SQLITE
def test_every_question_goes_through_an_index(engine: Engine, queries: list[str]) -> None:
    """PostgreSQL scans tables as small as these, whatever indexes they have."""
    apply(engine, an_album(a_recording(1)), files=(AUDIO,))
    knowledge = ask(engine, an_album(a_recording(1), day=2), files=(AUDIO,))
    queries.clear()
    knowledge.find_release()
    knowledge.find_recordings(["QZANT2600001"])
    knowledge.find_same_audio(["resources/01.flac"])
    knowledge.find_products([f"0{ICPN}"])
    knowledge.find_artists([Credit(name="The Tidemarks")])
    knowledge.find_credited([a_recording(1)])
    with engine.connect() as conn:
        for query in list(queries):
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("x",) * query.count("?")).all()
            assert not [row.detail for row in plan if row.detail.startswith("SCAN")], query


def test_the_rules_see_the_record_through_it(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)), files=(AUDIO,))
    apply(engine, an_album(a_recording(5), icpn=OTHER_ICPN), provider="south")
    elsewhere: dict[str, Any] = {
        "titles": (ScopedText(value="Night Ferry"),),
        "display_artists": (Credit(name="Ilse Marr"),),
        "display_artist_names": (ScopedText(value="Ilse Marr"),),
    }
    update = an_album(
        a_recording(1, ids=(DeliveredId(scheme=IdScheme.ISRC, text="QZANT2600077"),)),
        a_recording(5, duration_ms=400_000, **elsewhere),
        day=2,
    )
    knowledge = ask(engine, update, files=(AUDIO,))
    findings = check_statement(update, CheckContext(now=NOW, files={"resources/01.flac": 9}, knowledge=knowledge))
    found = {finding.rule: finding for finding in findings}
    assert {"I2", "I5", "I9"} <= found.keys()
    assert "QZANT2600001" in found["I2"].expected
    assert "QZANT2600001" in found["I9"].expected
    assert found["I5"].severity.stops
    assert "south" not in "".join(f"{f.got}{f.expected}{f.message}".lower() for f in findings)
