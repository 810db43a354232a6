"""The proof of a whole catalogue, and the repair of one: by several processes, on both databases."""

from datetime import UTC, datetime

import pytest
from bench.filling import fill_record, make_rows
from sqlalchemy import Connection, Engine, delete, func, select, update

from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.errors import Broken
from antiphon.record import reading, writing
from antiphon.record.batches import load_inputs_of
from antiphon.record.catalogue import load_inputs
from antiphon.record.changes import changes_after, head_version
from antiphon.record.comparison import IdRange
from antiphon.record.crew import open_crew
from antiphon.record.decisions import add_decision
from antiphon.record.rebuild import list_batches, one_state, recompute, recompute_with
from antiphon.record.repair import repair_catalogue
from antiphon.record.tables import album_tracks, contributions, entities, identifiers
from tests.databases import ON_SQLITE

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RELEASES = 30
"""Enough that some are compilations, and that several contribute to one artist."""


def _ignore(_done: int, _total: int) -> None: ...


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Return the engine of a record that has what labels said, and no catalogue yet."""
    fill_record(engine, RELEASES, [make_rows(RELEASES, range(RELEASES))], _ignore)
    return engine


@pytest.fixture
def derived(filled: Engine) -> Engine:
    """Return the engine of a record whose catalogue was derived."""
    repair_catalogue(filled, 1, NOW, _ignore)
    return filled


def _fail(_conn: Connection, told: str) -> None:
    raise Broken(told)


def _die(_conn: Connection, _code: int) -> None:
    raise SystemExit


@ON_SQLITE
def test_a_task_that_fails_fails_the_whole_and_says_why(engine: Engine) -> None:
    with open_crew(engine, 2) as crew, one_state(engine, crew), pytest.raises(Broken, match="damaged"):
        list(crew.run(_fail, ["damaged"]))


@ON_SQLITE
def test_a_process_that_dies_is_noticed(engine: Engine) -> None:
    with open_crew(engine, 2) as crew, one_state(engine, crew), pytest.raises(Broken, match="died"):
        list(crew.run(_die, [1]))


def test_a_catalogue_that_was_never_derived_differs_in_every_entity(filled: Engine) -> None:
    with reading(filled) as conn:
        differing = recompute(conn)
    repair_catalogue(filled, 1, NOW, _ignore)
    with reading(filled) as conn:
        assert differing == sorted(conn.execute(select(entities.c.id)).scalars())
        assert recompute(conn) == []


def test_processes_see_what_one_process_sees_and_tell_how_far_they_are(derived: Engine) -> None:
    told: list[tuple[int, int]] = []
    assert recompute_with(derived, 2, lambda done, total: told.append((done, total))) == []
    assert told[-1] == (RELEASES, RELEASES)
    with writing(derived) as conn:
        damaged = conn.execute(select(entities.c.id).where(entities.c.kind == "recording").limit(3)).scalars().all()
        conn.execute(update(entities).where(entities.c.id.in_(damaged)).values(body=b"{}"))
    with reading(derived) as conn:
        assert recompute(conn) == sorted(damaged)
    assert recompute_with(derived, 2, _ignore) == sorted(damaged)


def test_a_crew_goes_on_seeing_what_was_when_it_looked(derived: Engine) -> None:
    with open_crew(derived, 2) as crew, one_state(derived, crew):
        with writing(derived) as conn:
            conn.execute(update(entities).values(body=b"{}"))
        assert list(crew.run(_count_damaged, [IdRange("", "")])) == [0]
        crew.look()
        assert list(crew.run(_count_damaged, [IdRange("", "")])) != [0]


def _count_damaged(conn: Connection, _ids: IdRange) -> int:
    return conn.execute(select(func.count()).where(entities.c.body == b"{}")).scalar_one()


def test_a_repair_that_finds_nothing_changes_nothing(derived: Engine) -> None:
    with reading(derived) as conn:
        before = head_version(conn)
    assert repair_catalogue(derived, 1, NOW, _ignore) == 0
    with reading(derived) as conn:
        assert head_version(conn) == before


def test_a_repair_brings_everything_back_and_tells_nodes_of_it(derived: Engine) -> None:
    with writing(derived) as conn:
        before = head_version(conn)
        lost = conn.execute(select(contributions.c.entity_id).order_by(contributions.c.entity_id).limit(1)).scalar_one()
        album = conn.execute(select(album_tracks.c.album_id).limit(1)).scalar_one()
        conn.execute(delete(contributions).where(contributions.c.entity_id == lost))
        conn.execute(delete(entities).where(entities.c.id == lost))
        conn.execute(delete(identifiers).where(identifiers.c.album_id == album))
        conn.execute(update(entities).where(entities.c.id == album).values(body=b"{"))
    with reading(derived) as conn:
        assert {lost, album} <= set(recompute(conn))
    assert repair_catalogue(derived, 1, NOW, _ignore) > 0
    with reading(derived) as conn:
        assert recompute(conn) == []
        assert {lost, album} <= {change.entity_id for change in changes_after(conn, before, 10_000)}


def test_a_repair_removes_an_album_that_no_release_comes_to(derived: Engine) -> None:
    with writing(derived) as conn:
        body = conn.execute(select(entities.c.body).where(entities.c.kind == "album").limit(1)).scalar_one()
        stray = {"id": "0" * 22, "kind": "album", "body_format": 2, "body": body}
        conn.execute(entities.insert().values(stray))
        track = {"track_id": "1" * 22, "album_id": "0" * 22, "recording_id": "2" * 22}
        conn.execute(album_tracks.insert().values(track))
    with reading(derived) as conn:
        assert recompute(conn) == ["0" * 22]
    repair_catalogue(derived, 1, NOW, _ignore)
    with reading(derived) as conn:
        assert recompute(conn) == []
        assert conn.execute(select(entities.c.id).where(entities.c.id == "0" * 22)).first() is None


def test_what_is_read_of_many_releases_at_once_is_what_is_read_of_each(derived: Engine) -> None:
    with writing(derived) as conn:
        album, track = conn.execute(select(album_tracks.c.album_id, album_tracks.c.track_id).limit(1)).one()
        for number, (kind, target) in enumerate(((TargetKind.ALBUM, album), (TargetKind.TRACK, track))):
            decision = Decision(
                id=f"d{number}",
                effect=Takedown(territories=("SE",)),
                target_kind=kind,
                target_id=target,
                decided_by="a person",
                decided_at="2026-11-22T10:00:00.000000Z",
                reason="a test",
            )
            add_decision(conn, decision)
    with reading(derived) as conn:
        for provider, keys in list_batches(conn):
            each = [load_inputs(conn, provider, key) for key in keys]
            assert list(load_inputs_of(conn, provider, keys)) == each
        assert album in recompute(conn)
