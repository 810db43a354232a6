"""Deliveries repeated and in any order: what is left of them is what the reference model says (F11)."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from antiphon.identity import release_key
from antiphon.intake.commit import apply_statement
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.entities import Album
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.deliveries import add_delivery, find_duplicate, next_receipt
from antiphon.record.media import store_media
from antiphon.record.providers import Provider, add_provider
from antiphon.record.rebuild import recompute
from antiphon.record.statements import store_statement
from tests.builders import changed
from tests.catalogue.statements import some_audio
from tests.intake.installation import now
from tests.intake.stories import (
    Event,
    KnownTrack,
    icpn_of,
    isrc_of,
    remember_story,
    shuffle_story,
    tell_story,
    write_event,
)

SEEDS = range(200)
MORE_SEEDS = range(200, 2_200)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return a record; each story has a provider of its own in it."""
    engine = open_record(f"sqlite:///{tmp_path_factory.mktemp('stories') / 'record.sqlite'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_whatever_the_order_and_however_often_the_same_is_left(engine: Engine) -> None:
    for seed in SEEDS:
        _play(engine, seed)
    with reading(engine) as conn:
        assert recompute(conn) == []


@pytest.mark.fault
@pytest.mark.timeout(1_800)
def test_two_thousand_more_orders(tmp_path: Path) -> None:
    for start in range(MORE_SEEDS.start, MORE_SEEDS.stop, 200):
        engine = open_record(f"sqlite:///{tmp_path / str(start)}.sqlite")
        migrate(engine)
        for seed in range(start, start + 200):
            _play(engine, seed)
        engine.dispose()


def _play(engine: Engine, seed: int) -> None:
    """Deliver a story in one order and compare what is left with the model. A failure says its seed."""
    events = tell_story(seed)
    provider = f"label-{seed}"
    with writing(engine) as conn:
        add_provider(conn, Provider(id=provider, name=provider), now())
        for event in shuffle_story(events, seed):
            delivery_id, is_new = _accept(conn, provider, event)
            if is_new or seed % 10 == 0:  # a duplicate is not worked on again, but a killed worker's delivery is
                apply_statement(conn, delivery_id, now())
        assert _recordings_are_one(conn, provider, seed), f"seed {seed}"
        left = {release: _see(conn, provider, seed, icpn_of(seed, release)) for release in (1, 2)}
    expected = remember_story(events)
    assert {release: seen for release, seen in left.items() if seen is not None} == expected, f"seed {seed}"


def _accept(conn: Connection, provider: str, event: Event) -> tuple[str, bool]:
    """Accept a message with the files it brings, rendered; return the delivery it is, and whether that is new."""
    statement = write_event(event)
    files = {f"resources/{n:02}.flac": event.brings[t] for n, t in enumerate(event.tracks, 1) if t in event.brings}
    receipt = next_receipt(conn)
    delivery = Delivery(
        id=f"{provider}-{receipt}",
        provider=provider,
        batch=f"202603{event.day:02}{event.batch:06}",
        message=DeliveredFile(path="r.xml", blob=_blob(f"{provider} {event.release} {event.batch}"), size_bytes=2_000),
        files=tuple(DeliveredFile(path=path, blob=_blob(name), size_bytes=9) for path, name in files.items()),
        received_at="2026-11-22T10:00:00.000000Z",
        receipt=receipt,
    )
    if not add_delivery(conn, delivery, statement.header.message_id, ""):
        known = find_duplicate(conn, delivery, statement.header.message_id)
        assert known is not None
        return known, False
    for name in files.values():
        rendition = changed(some_audio().renditions[0], blob=name)
        store_media(conn, changed(some_audio(_blob(name)), renditions=(rendition,)))
    store_statement(conn, delivery.id, provider, release_key(statement), statement)
    return delivery.id, True


def _see(conn: Connection, provider: str, story: int, icpn: str) -> tuple[str, tuple[KnownTrack, ...]] | None:
    albums = {i: load_album(conn, i) for _, i in find_entities(conn, "icpn", icpn.zfill(14))}
    own = [album for album in albums.values() if album is not None and album.provider == provider]
    assert len(own) < 2
    return (own[0].title, _see_tracks(own[0], story)) if own else None


def _recordings_are_one(conn: Connection, provider: str, story: int) -> bool:
    """Tell whether each ISRC is one recording, whatever releases it is on and whatever it was known by when."""
    albums = [load_album(conn, i) for r in (1, 2) for _, i in find_entities(conn, "icpn", icpn_of(story, r).zfill(14))]
    tracks = [track for album in albums if album is not None and album.provider == provider for track in album.tracks]
    return len({track.isrc for track in tracks}) == len({track.recording_id for track in tracks})


def _see_tracks(album: Album, story: int) -> tuple[KnownTrack, ...]:
    return tuple(
        KnownTrack(
            recording=next(n for n in range(1, 10) if isrc_of(story, n) == track.isrc),
            title=track.title,
            file=track.renditions[0].blob if track.renditions else None,
            is_granted=bool(track.intervals),
        )
        for track in album.tracks
    )


def _blob(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
