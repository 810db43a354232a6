"""Decisions from the record to what a node grants: denied at once, ended by the clock, and undone without a trace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from antiphon.model.decisions import (
    Decision,
    Effect,
    Geoblock,
    Hold,
    Merge,
    Takedown,
    TargetKind,
    Transfer,
)
from antiphon.model.entities import Album
from antiphon.model.errors import Refused
from antiphon.publication.deciding import decide, undo
from antiphon.record import applying, reading, writing
from antiphon.record.audit import list_acts
from antiphon.record.catalogue import load_album
from antiphon.record.changes import changes_after
from antiphon.record.deciding import decide as record_decision
from antiphon.record.decisions import decisions_bearing_on, list_decisions
from antiphon.record.instants import format_instant
from antiphon.record.rebuild import recompute
from antiphon.record.tables import contributions, entities
from antiphon.segments import DocumentKind, DocumentView, Playability
from antiphon.segments.overlay import NO_DENIALS, OVERLAY_NAME, encode_overlay
from tests.builders import changed
from tests.publication.test_corrections import titled
from tests.publication.test_publisher import NOW, House, an_update

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DENIED, GRANTED = Playability.MARKET, Playability.PLAYABLE


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    """Return a house with a release of one provider, published and followed: on each engine in turn."""
    house = House(tmp_path, record_url)
    house.publisher.recover(NOW)
    house.commit(an_update(titled("Mira Vale", "96385074"), 1), 1)
    house.catch_up()
    yield house
    house.close()


def albums(house: House) -> list[Album]:
    with reading(house.engine) as conn:
        ids = conn.execute(select(entities.c.id).where(entities.c.kind == "album").order_by(entities.c.id)).scalars()
        return [album for album_id in ids.all() if (album := load_album(conn, album_id)) is not None]


def everything(house: House) -> set[tuple[object, ...]]:
    """Return the whole catalogue as it is stored, byte for byte, once it is proven."""
    with reading(house.engine) as conn:
        rows = [tuple(row) for table in (entities, contributions) for row in conn.execute(select(table))]
        assert recompute(conn) == []
    return set(rows)


def a_decision(effect: Effect, kind: TargetKind, target: str, *, until: str = "", number: int = 1) -> Decision:
    return Decision(
        id=f"d{number}",
        effect=effect,
        target_kind=kind,
        target_id=target,
        decided_by="ana",
        decided_at=format_instant(NOW),
        reason="court order 17/2026",
        until=until,
    )


def target_of(album: Album, kind: TargetKind) -> str:
    track = album.tracks[0]
    return {
        TargetKind.ALBUM: album.id,
        TargetKind.TRACK: track.id,
        TargetKind.RECORDING: track.recording_id,
        TargetKind.ARTIST: track.artists[0].artist_id,
        TargetKind.PROVIDER: album.provider,
    }[kind]


REFUSED: dict[str, tuple[Effect, TargetKind, str]] = {
    "holds until it is undone": (Merge(into_id="x" * 22), TargetKind.ARTIST, "2027-01-01T00:00:00Z"),
    "is over": (Takedown(), TargetKind.ALBUM, "2026-11-22T10:00:00Z"),
    "write an ISO 8601 instant": (Takedown(), TargetKind.ALBUM, "tomorrow"),
    "no ISO 3166-1 territory": (Takedown(territories=("XX",)), TargetKind.ALBUM, ""),
    "names its territories": (Geoblock(territories=()), TargetKind.ALBUM, ""),
    "about one of: album": (Transfer(to_provider="south"), TargetKind.TRACK, ""),
    "about one of: artist, recording": (Merge(into_id="x" * 22), TargetKind.PROVIDER, ""),
}


@pytest.mark.parametrize("told", list(REFUSED))
def test_what_cannot_be_decided_is_refused_and_nothing_is_kept_of_it(house: House, told: str) -> None:
    effect, kind, until = REFUSED[told]
    overlay = house.blobs.get_named(OVERLAY_NAME)
    decision = a_decision(effect, kind, target_of(albums(house)[0], kind), until=until)
    with pytest.raises(Refused, match=told):
        decide(house.engine, house.blobs, decision, NOW)
    with reading(house.engine) as conn:
        assert (list_decisions(conn), list_acts(conn)) == ((), ())
    assert house.blobs.get_named(OVERLAY_NAME) == overlay


@pytest.mark.parametrize("kind", list(TargetKind))
@pytest.mark.parametrize("effect", [Takedown(), Geoblock(territories=("NO", "SE"))])
def test_a_denial_of_anything_reaches_the_node_at_once_and_its_undo_leaves_no_trace(
    house: House, effect: Effect, kind: TargetKind
) -> None:
    (album,), before = albums(house), everything(house)
    assert house.playability(album.tracks[0].id) is GRANTED
    decided = decide(house.engine, house.blobs, a_decision(effect, kind, target_of(album, kind)), NOW)
    assert decided > 0
    house.follower.poll(NOW)  # nothing was published
    assert house.playability(album.tracks[0].id) is DENIED
    house.catch_up()
    house.blobs.put_named(OVERLAY_NAME, encode_overlay(changed(NO_DENIALS, sequence=99)))
    house.follower.poll(NOW)
    assert house.playability(album.tracks[0].id) is DENIED, "the documents say so too"
    undo(house.engine, house.blobs, "d1", by="ben", now=NOW)
    house.catch_up()
    assert house.playability(album.tracks[0].id) is GRANTED
    assert everything(house) == before
    with reading(house.engine) as conn:
        assert [(act.action, act.done_by, act.subject) for act in list_acts(conn)] == [
            ("undo", "ben", "d1"),
            (list_decisions(conn)[0].kind, "ana", "d1"),
        ]


def test_a_denial_ends_at_its_instant_with_nothing_published_written_or_polled(house: House) -> None:
    (album,) = albums(house)
    track, end = album.tracks[0].id, NOW + DAY
    decision = a_decision(Takedown(), TargetKind.TRACK, track, until=format_instant(end))
    decide(house.engine, house.blobs, decision, NOW)
    house.follower.poll(NOW)
    assert house.playability(track, end - SECOND) is DENIED
    assert house.playability(track, end) is GRANTED, "by the overlay"
    house.catch_up()
    assert house.playability(track, end - SECOND) is DENIED
    assert house.playability(track, end) is GRANTED, "by the documents"
    assert house.publisher.publish(end) is None
    with reading(house.engine) as conn:
        assert recompute(conn) == []


def test_a_denial_that_has_ended_is_in_no_later_overlay_and_can_still_be_undone(house: House) -> None:
    (album,), before = albums(house), everything(house)
    short = a_decision(Takedown(), TargetKind.ALBUM, album.id, until=format_instant(NOW + DAY))
    decide(house.engine, house.blobs, short, NOW)
    later = a_decision(Geoblock(territories=("NO",)), TargetKind.ALBUM, album.id, number=2)
    decide(house.engine, house.blobs, later, NOW + DAY)
    house.follower.poll(NOW)
    with house.follower.replica.transaction() as view:
        assert [denial.decision_id for denial in view.overlay.denials] == ["d2"]
    for number in (1, 2):
        undo(house.engine, house.blobs, f"d{number}", by="ben", now=NOW + DAY)
    assert everything(house) == before


def test_everything_of_a_provider_is_taken_down_also_what_it_delivers_later(house: House) -> None:
    decide(house.engine, house.blobs, a_decision(Takedown(), TargetKind.PROVIDER, "north"), NOW)
    house.commit(an_update(titled("Ada North", "00602577318801"), 2), 2)
    house.commit(an_update(titled("Ilse Marr", "4006381333931"), 3), 3, provider="south")
    house.catch_up()
    for album in albums(house):
        wanted = DENIED if album.provider == "north" else GRANTED
        assert [house.playability(track.id) for track in album.tracks] == [wanted, wanted]
    assert {album.provider for album in albums(house)} == {"north", "south"}
    everything(house)


def test_no_redirect_brings_back_what_was_taken_down_not_even_before_the_merge_is_published(house: House) -> None:
    house.commit(an_update(titled("Mira Vayle", "00602577318801"), 2), 2)
    house.catch_up()
    one, other = albums(house)
    old, into = (album.artists[0].artist_id for album in (one, other))
    with writing(house.engine) as conn:
        record_decision(conn, a_decision(Merge(into_id=into), TargetKind.ARTIST, old), NOW)
    with pytest.raises(Refused, match=f"merged into {into}"):
        decide(house.engine, house.blobs, a_decision(Takedown(), TargetKind.ARTIST, old, number=2), NOW)
    decide(house.engine, house.blobs, a_decision(Takedown(), TargetKind.ARTIST, into, number=3), NOW)
    house.follower.poll(NOW)  # the node has documents of before the merge, which name the old artist
    assert {house.playability(track.id) for album in (one, other) for track in album.tracks} == {DENIED}
    house.catch_up()
    assert {house.playability(track.id) for album in (one, other) for track in album.tracks} == {DENIED}
    with house.follower.replica.transaction() as view:
        redirect = view.get(DocumentKind.REDIRECT, old)
    assert redirect is not None
    assert DocumentView(redirect).body() == into.encode()
    with pytest.raises(Refused, match="taken down"):
        undo(house.engine, house.blobs, "d1", by="ben", now=NOW)


def test_what_is_held_is_not_merged_away_and_a_hold_changes_nothing_that_is_live(house: House) -> None:
    house.commit(an_update(titled("Mira Vayle", "00602577318801"), 2), 2)
    old, into = (album.artists[0].artist_id for album in albums(house))
    before = everything(house)
    assert decide(house.engine, house.blobs, a_decision(Hold(), TargetKind.ARTIST, old), NOW) == 0
    assert everything(house) == before
    with pytest.raises(Refused, match="is held by decision d1"):
        decide(house.engine, house.blobs, a_decision(Merge(into_id=into), TargetKind.ARTIST, old, number=2), NOW)


def test_decisions_are_listed_by_what_is_asked_newest_first_a_page_at_a_time(house: House) -> None:
    (album,) = albums(house)
    with writing(house.engine) as conn:
        for number in range(1, 6):
            made = a_decision(Takedown(), TargetKind.ALBUM, album.id, number=number)
            ends = format_instant(NOW + DAY) if number == 2 else ""
            record_decision(conn, changed(made, decided_at=format_instant(NOW + number * SECOND), until=ends), NOW)
        record_decision(conn, a_decision(Hold(), TargetKind.PROVIDER, "south", number=6), NOW)
    with reading(house.engine) as conn:
        listed = [d.id for d in list_decisions(conn)]
        assert listed == ["d5", "d4", "d3", "d2", "d1", "d6"]
        assert [d.id for d in list_decisions(conn, limit=2, before="d4")] == ["d3", "d2"]
        assert [d.id for d in list_decisions(conn, target_id="south")] == ["d6"]
        assert "d2" not in [d.id for d in list_decisions(conn, in_force_at=format_instant(NOW + DAY))]
        assert [d.id for d in decisions_bearing_on(conn, "south", [])] == ["d6"]
        assert [d.id for d in decisions_bearing_on(conn, "north", [album.id])] == ["d1", "d2", "d3", "d4", "d5"]
        assert {change.decision_id for change in changes_after(conn, 0, 1000)} >= {"d1"}


def test_a_decision_about_many_releases_is_applied_in_batches_and_goes_on_where_a_dead_process_left_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "RELEASES_AT_ONCE", 1)
    track = albums(house)[0].tracks[0].id
    for number, icpn in enumerate(("00602577318801", "4006381333931"), 2):
        house.commit(an_update(titled("Ada North", icpn), number), number)
    before = everything(house)
    takedown = a_decision(Takedown(), TargetKind.PROVIDER, "north")
    with writing(house.engine) as conn:
        assert record_decision(conn, takedown, NOW) > 0  # and the process dies
    with reading(house.engine) as conn:
        assert len(recompute(conn)) == 2
    assert applying.finish_abandoned(house.engine, NOW) == 0, "somebody may be at it"
    assert applying.finish_abandoned(house.engine, NOW + applying.ABANDONED_AFTER + SECOND) > 0
    after = everything(house)
    assert after != before
    house.publisher.recover(NOW)
    house.follower.poll(NOW)
    assert house.playability(track) is DENIED
    undo(house.engine, house.blobs, "d1", by="ben", now=NOW)
    assert everything(house) == before
