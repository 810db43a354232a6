"""A record restored from an old backup: no number twice, no takedown lost, and nodes serve what the record holds."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.delivery import Stage
from antiphon.model.entities import Album
from antiphon.model.errors import Refused
from antiphon.publication import deciding
from antiphon.publication import recovery as recovery_module
from antiphon.publication.denials import drop_denials, list_unknown, mend_overlay, write_overlay
from antiphon.publication.publisher import Publisher
from antiphon.publication.recovery import RECOVERED, Recovered, recover_record
from antiphon.publication.rollback import announce_entries, roll_back
from antiphon.record import open_record, reading, writing
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.decisions import find_decision
from antiphon.record.instants import format_instant
from antiphon.record.publications import announced_head
from antiphon.segments import DocumentKind, Playability
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay
from antiphon.segments.snapshot_building import build_snapshot
from antiphon.segments.version import VersionRecord, encode_version, version_name
from tests.intake.deliveries import an_icpn
from tests.postgresql import make_database
from tests.publication.test_holds import release
from tests.publication.test_publisher import NOW, House

DENIED, GRANTED = Playability.MARKET, Playability.PLAYABLE

Copy = Callable[[], str]


@pytest.fixture
def copy_record(request: pytest.FixtureRequest, record_url: str, tmp_path: Path) -> Copy:
    """Return what makes a backup of the record, which nobody has open, and returns its address."""

    def copy() -> str:
        url = make_url(record_url)
        if url.get_backend_name() == "sqlite":
            here, there = url.database or "", tmp_path / "backup.sqlite"
            with closing(sqlite3.connect(here)) as source, closing(sqlite3.connect(there)) as target:
                source.backup(target)
            return f"sqlite:///{there}"
        server: str = request.getfixturevalue("postgresql")
        return make_database(server, f"{url.database}backup", str(url.database))

    return copy


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    """Return a house with two releases, published and followed: on each engine in turn."""
    house = House(tmp_path, record_url)
    house.publisher.recover(NOW)
    for number in (1, 2):
        house.commit(release(number, 1), number)
    house.catch_up()
    yield house
    house.close()


def back_up(house: House, copy: Copy) -> str:
    house.engine.dispose()
    return copy()


def restore(house: House, url: str) -> None:
    """Have the house go on with a backup of its record, as after a disk was lost."""
    house.engine.dispose()
    house.publisher.close()
    house.engine = open_record(url)
    house.publisher = Publisher(house.engine, house.blobs)


def recover(house: House, folder: Path) -> Recovered:
    return recover_record(house.engine, house.blobs, folder / "scratch", by="ana", reason="disk lost", now=NOW)


def album(house: House, number: int) -> Album:
    with reading(house.engine) as conn:
        ((_, album_id),) = [e for e in find_entities(conn, "icpn", f"0{an_icpn(number)}") if e[0] == "album"]
        found = load_album(conn, album_id)
    assert found is not None
    return found


def take_down(house: House, track_id: str, decision_id: str) -> None:
    decision = Decision(
        id=decision_id,
        effect=Takedown(),
        target_kind=TargetKind.TRACK,
        target_id=track_id,
        decided_by="ana",
        decided_at=format_instant(NOW),
        reason="court order",
    )
    deciding.decide(house.engine, house.blobs, decision, NOW)


def head(house: House) -> int:
    with reading(house.engine) as conn:
        newest = announced_head(conn)
    return newest.version if newest is not None else 0


def played(house: House, track_id: str) -> Playability | None:
    house.follower.poll(NOW)
    return house.playability(track_id)


def title(house: House, album_id: str) -> bytes | None:
    house.follower.poll(NOW)
    with house.follower.replica.transaction() as view:
        return view.get(DocumentKind.ALBUM, album_id)


def test_nothing_is_published_from_an_older_record_until_it_is_recovered(house: House, copy_record: Copy) -> None:
    backup = back_up(house, copy_record)
    house.commit(release(3, 1), 3)
    house.catch_up()
    restore(house, backup)
    with pytest.raises(Refused, match="antiphon publication recover"):
        house.publisher.recover(NOW)


def test_an_older_record_gives_no_number_twice_and_brings_nodes_to_what_it_holds(
    house: House, copy_record: Copy, tmp_path: Path
) -> None:
    backup = back_up(house, copy_record)
    first = album(house, 1)
    before = title(house, first.id)
    house.commit(release(1, 2, "Another Name"), 11)
    house.commit(release(3, 1), 3)
    house.catch_up()
    lost, newest = album(house, 3), head(house)
    assert title(house, first.id) != before
    restore(house, backup)
    done = recover(house, tmp_path)
    assert done.adopted == (newest,)
    assert done.versions == (newest + 1,)
    assert title(house, first.id) == before
    assert played(house, lost.tracks[0].id) is None
    assert [played(house, track.id) for track in first.tracks] == [GRANTED] * 2
    house.publisher.recover(NOW)
    delivery = house.commit(release(3, 1), 13)
    house.catch_up()
    assert (head(house), house.stages(delivery)[-1]) == (newest + 2, Stage.LIVE)
    assert played(house, lost.tracks[0].id) is GRANTED
    with pytest.raises(Refused, match="recovered an older record"):
        roll_back(house.engine, house.blobs, tmp_path / "scratch", newest, by="ana", reason="x", now=NOW)


def test_takedowns_made_since_the_backup_stay_down_throughout_and_become_decisions(
    house: House, copy_record: Copy, tmp_path: Path
) -> None:
    old, kept = album(house, 1).tracks[0].id, album(house, 2).tracks[0].id
    take_down(house, old, "before")
    backup = back_up(house, copy_record)
    house.commit(release(3, 1), 3)
    house.catch_up()
    lost = album(house, 3).tracks[0].id
    take_down(house, kept, "after")
    take_down(house, lost, "of-what-is-lost")
    restore(house, backup)
    with writing(house.engine) as conn:
        mend_overlay(conn, house.blobs, NOW)
    assert [played(house, track) for track in (old, kept, lost)] == [DENIED] * 3
    take_down(house, album(house, 2).tracks[1].id, "another")
    assert [played(house, track) for track in (old, kept, lost)] == [DENIED] * 3
    done = recover(house, tmp_path)
    assert set(done.decisions) == {"after", "of-what-is-lost"}
    assert [played(house, track) for track in (old, kept, lost)] == [DENIED, DENIED, None]
    with reading(house.engine) as conn:
        decision = find_decision(conn, "of-what-is-lost")
    assert decision is not None
    assert (decision.decided_by, decision.target_id) == (RECOVERED, lost)
    house.publisher.recover(NOW)
    house.commit(release(3, 1), 13)
    house.catch_up()
    assert [played(house, track) for track in (old, kept, lost)] == [DENIED] * 3
    deciding.undo(house.engine, house.blobs, "after", by="ana", now=NOW)
    house.catch_up()
    assert [played(house, track) for track in (old, kept, lost)] == [DENIED, GRANTED, DENIED]


def test_a_recovery_that_was_killed_leaves_publication_held_and_goes_on(
    house: House, copy_record: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = back_up(house, copy_record)
    house.commit(release(1, 2, "Another Name"), 11)
    house.commit(release(3, 1), 3)
    house.catch_up()
    lost, newest = album(house, 3).tracks[0].id, head(house)
    restore(house, backup)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(recovery_module, "announce_entries", die)
    with pytest.raises(Killed):
        recover(house, tmp_path)
    assert head(house) == newest
    house.publisher.recover(NOW)
    house.commit(release(4, 1), 4)
    assert house.publisher.publish(NOW) is None
    assert house.publisher.hold is not None
    assert house.publisher.hold.kind == "recovery"
    monkeypatch.setattr(recovery_module, "announce_entries", announce_entries)
    assert recover(house, tmp_path).versions == (newest + 1,)
    house.catch_up()
    assert played(house, lost) is None
    assert played(house, album(house, 4).tracks[0].id) is GRANTED


def test_a_record_that_is_not_older_has_nothing_to_recover(house: House, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not older"):
        recover(house, tmp_path)


def test_versions_that_the_store_no_longer_keeps_are_taken_over_by_their_numbers(
    house: House, copy_record: Copy, tmp_path: Path
) -> None:
    backup, behind = back_up(house, copy_record), head(house)
    for number in (3, 4, 5, 6):
        house.commit(release(number, 1), number)
        house.catch_up()
    newest, first = head(house), album(house, 1)
    build_snapshot(house.blobs, tmp_path / "scratch", newest - 1)
    for number in range(1, newest):
        house.blobs.delete_named(version_name(number))
    restore(house, backup)
    done = recover(house, tmp_path)
    assert done.adopted == tuple(range(behind + 1, newest + 1))
    assert done.versions == (newest + 1,)
    house.publisher.recover(NOW)
    house.commit(release(3, 1), 13)
    house.catch_up()
    assert head(house) == newest + 2
    assert [played(house, track.id) for track in (*first.tracks, *album(house, 3).tracks)] == [GRANTED] * 4


def test_a_store_of_another_installation_is_not_adopted(house: House, tmp_path: Path) -> None:
    house.blobs.put_named(
        version_name(head(house) + 1),
        encode_version(
            VersionRecord(version=head(house) + 1, segment="f" * 64, parent="e" * 64, record_version=9, announced_at="")
        ),
    )
    with pytest.raises(Refused, match="different installations"):
        recover(house, tmp_path)
    assert house.publisher.publish(NOW) is None


def test_a_denial_that_nobody_knows_stays_until_it_is_dropped_by_name(house: House) -> None:
    track = album(house, 1).tracks[0].id
    unknown = Denial(decision_id="killed", kind=TargetKind.TRACK, entity_id=track)
    house.blobs.put_named(OVERLAY_NAME, encode_overlay(Overlay(sequence=9, written_at="", denials=(unknown,))))
    house.publisher.recover(NOW)
    with writing(house.engine) as conn:
        write_overlay(conn, house.blobs, NOW)
        assert list_unknown(conn, house.blobs, NOW) == (unknown,)
    assert played(house, track) is DENIED
    for wrong in ("another", ""):
        with pytest.raises(Refused):
            drop_denials(house.engine, house.blobs, wrong, by="ana", reason="never made", now=NOW)
    drop_denials(house.engine, house.blobs, "killed", by="ana", reason="never made", now=NOW)
    assert played(house, track) is GRANTED


def test_a_takedown_that_was_not_committed_denies_nothing_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = album(house, 1).tracks[0].id

    def fail_once(*arguments: Any, **named: Any) -> Overlay:
        monkeypatch.setattr(deciding, "write_overlay", write_overlay)
        write_overlay(*arguments, **named)
        raise OSError("the disk of the record is gone")

    monkeypatch.setattr(deciding, "write_overlay", fail_once)
    with pytest.raises(OSError, match="is gone"):
        take_down(house, track, "t1")
    assert played(house, track) is GRANTED
    stored = house.blobs.get_named(OVERLAY_NAME)
    assert stored is not None
    assert decode_overlay(stored).denials == ()
