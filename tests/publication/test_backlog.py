"""Large backlogs: what processes build ahead is what one would have built, each document once, in a few queries."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bench.filling import fill_record, make_rows
from sqlalchemy import Engine, delete, event

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.publication import backlog, building
from antiphon.publication.backlog import Backlog, Built
from antiphon.publication.building import build_entries
from antiphon.publication.publisher import Publisher
from antiphon.record import open_record, reading, writing
from antiphon.record.changes import Cause, append_changes, changes_after, head_version, lock_head
from antiphon.record.repair import repair_catalogue
from antiphon.record.tables import entities
from antiphon.segments import NO_PARENT, DocumentKind, Entry, encode_segment
from tests.databases import ON_SQLITE

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RELEASES = 30
"""Enough that some are compilations, and that several are by one artist."""


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    """Return the engine of a record with a catalogue of which nothing was published."""
    engine = open_record(record_url)
    fill_record(engine, RELEASES, [make_rows(RELEASES, range(RELEASES))], lambda _done, _total: None)
    repair_catalogue(engine, 1, NOW, lambda _done, _total: None)
    yield engine
    engine.dispose()


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few hundred changes be a large backlog, in many stretches."""
    monkeypatch.setattr(backlog, "LARGE_CHANGES", 1)
    monkeypatch.setattr(backlog, "CHANGES_PER_STRETCH", 50)


def newest(engine: Engine) -> int:
    with reading(engine) as conn:
        return head_version(conn)


def build_all(engine: Engine, processes: int = 1, after: int = 0) -> list[Built]:
    """Return all segments of what changed after a version."""
    backlog, through, built = Backlog(engine, processes), newest(engine), []
    while after < through:
        built.append(backlog.build_next(after, through))
        after = built[-1].record_version
    backlog.drop()
    return built


def gather(built: Sequence[Built]) -> dict[bytes, Entry]:
    """Return what a node has that has applied all of it."""
    return {entry.key: entry for one in built for entry in one.entries}


def build_whole(engine: Engine) -> dict[bytes, Entry]:
    """Return what a node would have if all changes were built at once."""
    with reading(engine) as conn:
        return {entry.key: entry for entry in build_entries(conn, changes_after(conn, 0, 100_000))}


@pytest.mark.usefixtures("_large")
def test_an_entity_that_no_document_can_be_made_of_stops_the_backlog_and_is_named(engine: Engine) -> None:
    with writing(engine) as conn:
        conn.execute(entities.update().where(entities.c.kind == "album").values(body=b"{}"))
    with pytest.raises(Broken, match="Album"):
        build_all(engine)


@ON_SQLITE
@pytest.mark.usefixtures("_large")
def test_what_two_processes_build_is_what_nodes_would_have_from_one_segment(engine: Engine) -> None:
    built = build_all(engine, processes=2)
    assert len(built) > 5
    assert [one.record_version for one in built] == sorted({one.record_version for one in built})
    assert built[-1].record_version == newest(engine)
    assert gather(built) == build_whole(engine)


@pytest.mark.usefixtures("_large")
def test_an_album_or_artist_is_built_once_however_many_changes_it_has(engine: Engine) -> None:
    with writing(engine) as conn:
        lock_head(conn)
        named = [(change.kind, change.entity_id) for change in changes_after(conn, 0, 100_000)]
        append_changes(conn, named, Cause(at=NOW))
    keys = [entry.key for one in build_all(engine) for entry in one.entries]
    once = [key for key in keys if key[0] in (DocumentKind.ALBUM, DocumentKind.ARTIST, DocumentKind.RECORDING_TRACKS)]
    assert len(once) == len(set(once))
    assert set(keys) == build_whole(engine).keys()


@ON_SQLITE
@pytest.mark.usefixtures("_large")
def test_a_segment_packed_beforehand_is_the_one_its_entries_come_to(engine: Engine) -> None:
    parent = "a" * 64
    for one in build_all(engine)[:3]:
        assert one.packed
        assert one.encode(parent) == encode_segment(one.entries, parent)
        assert one.encode(NO_PARENT) == encode_segment(one.entries, NO_PARENT)


@ON_SQLITE
@pytest.mark.usefixtures("_large")
def test_a_segment_is_cut_where_it_holds_enough_bytes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = build_all(engine)
    monkeypatch.setattr(backlog, "SEGMENT_BYTES", 20_000)
    monkeypatch.setattr(backlog, "CHANGES_AT_ONCE", 10)
    cut = build_all(engine)
    assert len(cut) > len(whole)
    assert gather(cut) == gather(whole)


@ON_SQLITE
@pytest.mark.usefixtures("_large")
def test_what_was_built_ahead_is_dropped_where_another_publisher_was_faster(engine: Engine) -> None:
    ahead, through = Backlog(engine), newest(engine)
    first = ahead.build_next(0, through)
    elsewhere = first.record_version + 30
    after = ahead.build_next(elsewhere, through)
    assert after.record_version == elsewhere + 50
    again = ahead.build_next(0, through)
    assert again.entries == first.entries
    ahead.drop()


@ON_SQLITE
def test_a_small_backlog_is_built_at_once_and_goes_on_where_the_last_segment_ended(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "CHANGES_PER_SEGMENT", 100)
    built = build_all(engine)
    assert [one.record_version for one in built[:2]] == [100, 200]
    assert not any(one.packed for one in built)
    assert gather(built) == build_whole(engine)


def test_a_batch_of_any_size_is_read_in_as_many_queries(engine: Engine) -> None:
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: counted.append(statement))
    with reading(engine) as conn:
        changes = changes_after(conn, 0, 100_000)
        asked = []
        for size in (60, 240, len(changes)):
            counted.clear()
            build_entries(conn, changes[:size])
            asked.append(len(counted))
    kinds = {change.kind for change in changes}
    assert {EntityKind.ALBUM, EntityKind.ARTIST, EntityKind.RECORDING, EntityKind.TRACK} <= kinds
    assert len(changes) < building.CHANGES_AT_ONCE
    assert max(asked) <= 10, asked


def test_what_is_gone_is_withdrawn_in_the_same_few_queries(engine: Engine) -> None:
    with writing(engine) as conn:
        changes = changes_after(conn, 0, 100_000)
        artists = [change for change in changes if change.kind is EntityKind.ARTIST]
        conn.execute(delete(entities).where(entities.c.kind == EntityKind.ARTIST.value))
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: counted.append(statement))
    with reading(engine) as conn:
        entries = build_entries(conn, artists)
    assert {entry.document for entry in entries} == {None}
    assert len({entry.key for entry in entries}) == 2 * len({change.entity_id for change in artists})
    assert len(counted) <= 6, counted


@pytest.mark.usefixtures("_large")
def test_a_whole_record_is_published_through_the_gate_version_by_version(engine: Engine, tmp_path: Path) -> None:
    publisher = Publisher(engine, FolderBlobs(tmp_path / "blobs"))
    publisher.recover(NOW)
    published = []
    while (one := publisher.publish(NOW)) is not None:
        published.append(one)
    publisher.close()
    assert [one.version for one in published] == list(range(1, len(published) + 1))
    assert len(published) > 5
    assert published[-1].record_version == newest(engine)
