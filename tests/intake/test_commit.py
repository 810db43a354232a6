"""What a delivery does to the catalogue, in whatever order deliveries come."""

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from antiphon.identity import entity_id, release_key
from antiphon.intake.commit import apply_statement
from antiphon.model.availability import Tier, Use
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.delivery import DeliveredFile, Delivery, Stage
from antiphon.model.entities import RECORDED_KINDS, Album, EntityKind, Track
from antiphon.model.errors import Broken, Refused
from antiphon.model.statement import MessageKind, Statement
from antiphon.model.territories import Territory
from antiphon.record import open_record, reading, writing
from antiphon.record.catalogue import (
    find_entities,
    find_track,
    load_album,
    load_appearances,
    load_artist,
    load_recording,
)
from antiphon.record.changes import changes_after, head_version
from antiphon.record.deciding import decide, undo
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.entity_lookups import list_albums_of
from antiphon.record.media import store_media
from antiphon.record.providers import Provider, add_provider
from antiphon.record.rebuild import recompute
from antiphon.record.statements import store_statement
from antiphon.rights import available_territories, territories_of
from tests.builders import ARTIST, a_cover, a_moment, a_recording, a_release, a_statement, changed
from tests.catalogue.statements import some_audio, some_cover

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AUDIO, OTHER_AUDIO, COVER = "a" * 64, "d" * 64, "c" * 64


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    """Return the engine of a record that knows two providers and has rendered two recordings and a cover."""
    engine = open_record(record_url)
    with writing(engine) as conn:
        for provider in ("north", "south"):
            add_provider(conn, Provider(id=provider, name=provider.title()), NOW)
        for media in (some_audio(AUDIO), some_audio(OTHER_AUDIO), some_cover(COVER)):
            store_media(conn, media)
    yield engine
    engine.dispose()


def _created(statement: Statement, day: int) -> Statement:
    return changed(statement, header=changed(statement.header, created=a_moment(f"2026-03-{day:02}T09:00:00Z")))


def _entitled(title: str, day: int) -> Statement:
    statement = _created(a_statement(), day)
    release = changed(statement.releases[0], titles=(changed(statement.releases[0].titles[0], value=title),))
    return changed(statement, releases=(release, *statement.releases[1:]))


def _purge(day: int) -> Statement:
    release = a_release(is_main=False, group=None, resources=())
    return _created(a_statement(kind=MessageKind.PURGE, resources=(), releases=(release,), release_deals=()), day)


def _receive(
    conn: Connection, statement: Statement, *, provider: str = "north", files: tuple[str, ...] = (AUDIO, COVER)
) -> str:
    """Accept a delivery of a statement, as far as its statement is stored; return its id."""
    receipt = next_receipt(conn)
    paths = dict(zip(("resources/01.flac", "resources/cover.jpg"), files, strict=False))
    delivery = Delivery(
        id=f"delivery-{receipt}",
        provider=provider,
        batch="",
        message=DeliveredFile(path="r/r.xml", blob=f"{receipt:064}", size_bytes=2_000),
        files=tuple(DeliveredFile(path=path, blob=blob, size_bytes=9) for path, blob in paths.items()),
        received_at="2026-11-22T10:00:00.000000Z",
        receipt=receipt,
    )
    assert add_delivery(conn, delivery, "", "")
    store_statement(conn, delivery.id, provider, release_key(statement), statement)
    return delivery.id


def _apply(
    engine: Engine, statement: Statement, *, provider: str = "north", files: tuple[str, ...] = (AUDIO, COVER)
) -> Stage:
    with writing(engine) as conn:
        return apply_statement(conn, _receive(conn, statement, provider=provider, files=files), NOW)


def _album(engine: Engine, icpn: str = "04006381333931") -> Album:
    with reading(engine) as conn:
        found = [album for _, i in find_entities(conn, "icpn", icpn) if (album := load_album(conn, i)) is not None]
    assert len(found) == 1
    return found[0]


def _versions_are_gapless(engine: Engine) -> bool:
    with reading(engine) as conn:
        versions = [change.version for change in changes_after(conn, 0, 10_000)]
        return versions == list(range(1, head_version(conn) + 1))


def _is_proven(engine: Engine) -> bool:
    with reading(engine) as conn:
        return recompute(conn) == []


def test_a_delivery_that_was_not_read_cannot_be_applied(engine: Engine) -> None:
    with writing(engine) as conn, pytest.raises(Broken):
        apply_statement(conn, "nothing", NOW)


def test_an_older_message_never_overwrites_a_newer_one(engine: Engine) -> None:
    assert _apply(engine, _entitled("Newer", 2)) is Stage.COMMITTED
    assert _apply(engine, _entitled("Older", 1)) is Stage.SUPERSEDED
    assert _album(engine).title == "Newer"
    assert _is_proven(engine)


def test_a_release_is_written_with_all_that_is_on_it_and_a_change_for_each_entity(engine: Engine) -> None:
    assert _apply(engine, a_statement()) is Stage.COMMITTED
    album = _album(engine)
    with reading(engine) as conn:
        artist = load_artist(conn, album.artists[0].artist_id)
        recording = load_recording(conn, album.tracks[0].recording_id)
        found = find_track(conn, album.tracks[1].id)
        by_isrc = find_entities(conn, "isrc", "QZANT2600001")
        changed_kinds = [change.kind for change in changes_after(conn, 0, 100)]
        assert list_albums_of(conn, [album.artists[0].artist_id]) == {album.artists[0].artist_id: [album.id]}
    assert artist is not None
    assert recording is not None
    assert (artist.name, recording.isrc, found) == ("The Tidemarks", "QZANT2600001", (album, album.tracks[1]))
    assert {entity for _, entity in by_isrc} == {album.tracks[0].id, album.tracks[0].recording_id}
    assert sorted(changed_kinds) == ["album", "artist", "recording", "recording", "track", "track"]
    assert _versions_are_gapless(engine)
    assert _is_proven(engine)


def test_applying_a_delivery_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery_id = _receive(conn, a_statement())
        apply_statement(conn, delivery_id, NOW)
        version = head_version(conn)
    with writing(engine) as conn:
        assert apply_statement(conn, delivery_id, NOW) is Stage.COMMITTED
        assert head_version(conn) == version


def test_an_update_keeps_every_id_and_is_what_the_catalogue_shows(engine: Engine) -> None:
    _apply(engine, _entitled("First", 1))
    before = _album(engine)
    _apply(engine, _entitled("Second", 2))
    after = _album(engine)
    assert (after.title, after.id) == ("Second", before.id)
    assert [track.id for track in after.tracks] == [track.id for track in before.tracks]
    assert after.delivery_id == "delivery-2"


def test_an_update_without_files_keeps_the_audio_and_the_cover_it_had(engine: Engine) -> None:
    _apply(engine, _entitled("First", 1))
    _apply(engine, _entitled("Second", 2), files=())
    album = _album(engine)
    assert album.tracks[0].renditions == some_audio().renditions
    assert album.covers == some_cover().covers
    assert album.tracks[1].renditions == ()


def test_a_superseded_messages_files_serve_the_newer_one_that_came_without(engine: Engine) -> None:
    _apply(engine, _entitled("Newer", 2), files=())
    assert _album(engine).tracks[0].renditions == ()
    assert _apply(engine, _entitled("Older", 1)) is Stage.SUPERSEDED
    album = _album(engine)
    assert (album.title, album.delivery_id) == ("Newer", "delivery-1")
    assert album.tracks[0].renditions == some_audio().renditions
    assert _is_proven(engine)


def test_files_of_another_provider_are_never_used(engine: Engine) -> None:
    _apply(engine, a_statement(), provider="south")
    _apply(engine, a_statement(), provider="north", files=())
    with reading(engine) as conn:
        albums = [load_album(conn, i) for _, i in find_entities(conn, "icpn", "04006381333931")]
    north = next(album for album in albums if album is not None and album.provider == "north")
    assert north.tracks[0].renditions == ()


@pytest.mark.parametrize("takedown", [_created(a_statement(release_deals=()), 2), _purge(2)], ids=["no deals", "purge"])
def test_a_takedown_leaves_the_album_in_place_with_nothing_granted(engine: Engine, takedown: Statement) -> None:
    _apply(engine, _created(a_statement(), 1))
    assert all(track.intervals for track in _album(engine).tracks)
    assert _apply(engine, takedown, files=()) is Stage.COMMITTED
    album = _album(engine)
    assert (len(album.tracks), [track.intervals for track in album.tracks]) == (2, [(), ()])
    assert album.delivery_id == "delivery-2"
    assert _is_proven(engine)


def test_a_purge_that_overtakes_its_release_still_ends_it(engine: Engine) -> None:
    assert _apply(engine, _purge(2), files=()) is Stage.LIVE
    assert _apply(engine, _created(a_statement(), 1)) is Stage.SUPERSEDED
    assert [track.intervals for track in _album(engine).tracks] == [(), ()]
    assert _is_proven(engine)


def test_every_order_of_arrival_ends_in_the_same_catalogue(engine: Engine) -> None:
    takedown = _created(a_statement(release_deals=()), 3)
    story = [_entitled("Insert", 1), _entitled("Update", 2), takedown, _purge(4), _entitled("Again", 5)]
    expected = {3: ("Harbour Lights", False), 4: ("Harbour Lights", False), 5: ("Again", True)}
    orders = [order for length in expected for order in itertools.permutations(story[:length])]
    for number, order in enumerate(orders[::7]):
        provider = f"provider-{number}"
        with writing(engine) as conn:
            add_provider(conn, Provider(id=provider, name=provider), NOW)
            for statement in order:
                apply_statement(conn, _receive(conn, statement, provider=provider, files=()), NOW)
            album = load_album(conn, entity_id(EntityKind.ALBUM, provider, "icpn:04006381333931"))
        assert album is not None
        assert (album.title, bool(album.tracks[0].intervals)) == expected[len(order)], order
    assert _is_proven(engine)
    assert _versions_are_gapless(engine)


def test_a_track_that_leaves_a_release_is_gone_and_its_recording_with_it(engine: Engine) -> None:
    _apply(engine, _created(a_statement(2), 1))
    gone = _album(engine).tracks[1]
    _apply(engine, _created(a_statement(1), 2))
    with reading(engine) as conn:
        assert find_track(conn, gone.id) is None
        assert load_recording(conn, gone.recording_id) is None
        assert find_entities(conn, "isrc", "QZANT2600002") == ()
        latest = {(change.kind, change.entity_id) for change in changes_after(conn, 6, 100)}
    assert {(EntityKind.TRACK, gone.id), (EntityKind.RECORDING, gone.recording_id)} <= latest
    assert _is_proven(engine)


def test_a_recording_on_two_providers_releases_is_one_and_shows_what_the_newest_statement_says(engine: Engine) -> None:
    _apply(engine, _created(a_statement(1), 2))
    south = changed(
        a_recording(1),
        titles=(changed(a_recording(1).titles[0], value="Harbor Light No. 1"),),
        display_artists=(ARTIST,),
    )
    release = a_release(1, ids=(DeliveredId(scheme=IdScheme.ICPN, text="96385074"),))
    later = _created(a_statement(1, resources=(south, a_cover())), 3)
    _apply(engine, changed(later, releases=(release, *later.releases[1:])), provider="south")
    north = _album(engine)
    with reading(engine) as conn:
        recording = load_recording(conn, north.tracks[0].recording_id)
        tracks = [track for _, track in load_appearances(conn, north.tracks[0].recording_id, 10)]
    assert recording is not None
    assert (recording.title, north.tracks[0].title, len(tracks)) == ("Harbor Light No. 1", "Harbour Light No. 1", 2)
    assert _is_proven(engine)


def _takedown(kind: EntityKind, target: str, *territories: str) -> Decision:
    return Decision(
        id=f"decision-{kind}",
        effect=Takedown(territories=territories),
        target_kind=TargetKind(kind.value),
        target_id=target,
        decided_by="ana",
        decided_at="2026-11-22T10:00:00.000000Z",
        reason="court order 17/2026",
    )


def _granted(track: Track) -> tuple[Territory, ...]:
    """Return where a track may be streamed for money from the takedown on."""
    now_s = int(NOW.timestamp())
    return territories_of(available_territories(track.intervals, tier=Tier.PREMIUM, use=Use.STREAM, now_s=now_s))


def test_a_takedown_of_nothing_we_have_is_refused(engine: Engine) -> None:
    with writing(engine) as conn, pytest.raises(Refused, match="no album"):
        decide(conn, _takedown(EntityKind.ALBUM, "x" * 22), NOW)


@pytest.mark.parametrize("kind", [kind for kind in RECORDED_KINDS if kind is not EntityKind.WORK])
def test_a_takedown_takes_its_territories_away_and_its_undo_gives_them_back(engine: Engine, kind: EntityKind) -> None:
    _apply(engine, a_statement())
    before = _album(engine)
    target = {
        EntityKind.ALBUM: before.id,
        EntityKind.TRACK: before.tracks[0].id,
        EntityKind.RECORDING: before.tracks[0].recording_id,
        EntityKind.ARTIST: before.artists[0].artist_id,
    }[kind]
    decision = _takedown(kind, target, "NO")
    with writing(engine) as conn:
        assert decide(conn, decision, NOW) > 0
        last = changes_after(conn, 0, 100)[-1]
    assert (last.decision_id, last.delivery_id) == (decision.id, None)
    denied = _album(engine)
    assert "NO" not in _granted(denied.tracks[0])
    assert (denied.tracks[1] == before.tracks[1]) is (kind in (EntityKind.TRACK, EntityKind.RECORDING))
    assert _is_proven(engine)
    _apply(engine, a_statement(), files=())
    assert "NO" not in _granted(_album(engine).tracks[0])
    with writing(engine) as conn:
        undo(conn, decision.id, by="ben", now=NOW)
    assert _album(engine).tracks == before.tracks
    assert _versions_are_gapless(engine)


def test_two_workers_on_one_release_make_no_entity_twice_and_leave_no_gap(engine: Engine) -> None:
    with writing(engine) as conn:
        ids = [_receive(conn, _entitled(f"Edition {day}", day)) for day in range(1, 9)]
    failures: list[BaseException] = []

    def work(mine: list[str]) -> None:
        own = open_record(str(engine.url))
        try:
            for delivery_id in mine:
                with writing(own) as conn:
                    apply_statement(conn, delivery_id, NOW)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
        finally:
            own.dispose()

    workers = [threading.Thread(target=work, args=(ids[start::2],)) for start in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert _album(engine).title == "Edition 8"
    assert _versions_are_gapless(engine)
    assert _is_proven(engine)


def test_a_catalogue_that_was_tampered_with_is_found_out(engine: Engine) -> None:
    _apply(engine, a_statement())
    album = _album(engine)
    with writing(engine) as conn:
        conn.execute(text("DELETE FROM album_tracks WHERE track_id = :id"), {"id": album.tracks[0].id})
        conn.execute(text("UPDATE entities SET body = '{}' WHERE id = :id"), {"id": album.artists[0].artist_id})
    with reading(engine) as conn:
        assert recompute(conn) == sorted([album.id, album.artists[0].artist_id])


@pytest.mark.parametrize("table", ["statements", "applied_statements", "resources", "links"])
def test_what_a_delivery_said_and_was_linked_to_stays(engine: Engine, table: str) -> None:
    _apply(engine, a_statement())
    with pytest.raises(IntegrityError, match="append-only"), writing(engine) as conn:
        conn.execute(text(f"DELETE FROM {table}"))
