"""What stops the log and what lets it go on: nothing is announced while it is held, and nothing is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from antiphon.model.decisions import Erase, Takedown, TargetKind
from antiphon.model.delivery import Stage
from antiphon.model.errors import Broken, Refused
from antiphon.model.statement import Statement
from antiphon.publication import rollback as rollback_module
from antiphon.publication.announcing import put_version
from antiphon.publication.backlog import Backlog
from antiphon.publication.deciding import decide, draft_decision, undo
from antiphon.publication.gate_settings import GateSettings
from antiphon.publication.holding import hold_publication, read_report, resume_publication
from antiphon.publication.publisher import Publisher
from antiphon.publication.rollback import RolledBack, roll_back
from antiphon.publication.totals import decode_totals
from antiphon.record import reading
from antiphon.record.audit import Act, list_acts
from antiphon.record.publication_holds import find_hold
from antiphon.record.publication_totals import find_baseline
from antiphon.record.publications import announced_head
from antiphon.record.tables import album_tracks, changes
from antiphon.segments import DocumentKind, Playability
from antiphon.segments.version import version_name
from tests.builders import changed
from tests.intake.deliveries import an_icpn
from tests.publication.test_corrections import titled
from tests.publication.test_publisher import NOW, House, an_update

STRICT = GateSettings(fall_share=0.4, fall_documents=2, fall_tracks=2)
"""Limits under which three albums are a catalogue that may lose one, and not two."""

WHY = "looked at it"


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    """Return a house with three releases of two tracks each, published and followed: on each engine in turn."""
    house = House(tmp_path, record_url, STRICT)
    house.publisher.recover(NOW)
    for number in (1, 2, 3):
        house.commit(release(number, 1), number)
    house.catch_up()
    yield house
    house.close()


def release(number: int, day: int, name: str = "Mira Vale") -> Statement:
    return an_update(titled(name, an_icpn(number)), day)


def silent(number: int, day: int) -> Statement:
    """Return the same release without a deal: its provider lost the rights, or sent a wrong message."""
    return changed(release(number, day), release_deals=())


def resume(house: House, *, accept: bool = False) -> None:
    resume_publication(house.engine, house.blobs, by="ana", reason=WHY, now=NOW, accept=accept)


def go_back(house: House, folder: Path, version: int) -> RolledBack:
    return roll_back(house.engine, house.blobs, folder / "scratch", version, by="ana", reason=WHY, now=NOW)


def lose_two(house: House) -> tuple[str, ...]:
    """Have two of three releases lose their deals; return their deliveries. The gate is to hold that."""
    deliveries = (house.commit(silent(1, 2), 11), house.commit(silent(2, 2), 12))
    assert house.publisher.publish(NOW) is None
    return deliveries


def announced(house: House) -> int:
    with reading(house.engine) as conn:
        head = announced_head(conn)
    return head.version if head is not None else 0


def acts(house: House) -> tuple[Act, ...]:
    """Return what the audit has of publication, newest first."""
    with reading(house.engine) as conn:
        return list_acts(conn, subject="publication")


def playable(house: House) -> int:
    """Return how many tracks the node grants."""
    house.follower.poll(NOW)
    with reading(house.engine) as conn:
        tracks = list(conn.execute(select(album_tracks.c.track_id)).scalars())
    return sum(house.playability(track) is Playability.PLAYABLE for track in tracks)


def test_a_version_that_swings_too_far_is_held_with_the_difference_and_listeners_keep_what_they_have(
    house: House,
) -> None:
    before = announced(house)
    deliveries = lose_two(house)
    hold = house.publisher.hold
    assert hold is not None
    assert (hold.version, hold.held_by, announced(house)) == (before + 1, "the gate", before)
    gates = {difference.gate: difference for difference in read_report(hold)}
    assert set(gates) == {"availability", "markets"}
    assert (gates["availability"].before, gates["availability"].after) == (6, 2)
    assert len(gates["availability"].examples) == 4
    assert "6 with version" in hold.reason
    assert playable(house) == 6
    assert [house.stages(delivery)[-1] for delivery in deliveries] == [Stage.COMMITTED] * 2


def test_a_hold_outlives_its_publisher_and_what_comes_after_it_waits(house: House, tmp_path: Path) -> None:
    lose_two(house)
    house.publisher.close()
    other = Publisher(house.engine, house.blobs, tmp_path / "ledger", STRICT)
    other.recover(NOW)
    house.commit(release(4, 1), 4)
    before = announced(house)
    assert [other.publish(NOW) for _ in range(3)] == [None] * 3
    assert other.hold is not None
    assert announced(house) == before
    with reading(house.engine) as conn:
        assert find_hold(conn) == other.hold
    assert [act.action for act in acts(house)] == ["hold"]
    other.close()


def test_accepting_announces_exactly_what_was_held_and_the_rest_goes_through_the_gate(house: House) -> None:
    deliveries = lose_two(house)
    hold = house.publisher.hold
    assert hold is not None
    later = house.commit(release(4, 1), 4)
    resume(house, accept=True)
    with reading(house.engine) as conn:
        head = announced_head(conn)
    assert head is not None
    assert (head.version, head.segment, head.record_version) == (hold.version, hold.segment, hold.record_version)
    assert house.blobs.get_named(version_name(head.version)) is not None
    assert playable(house) == 2
    house.catch_up()
    assert playable(house) == 4
    assert {house.stages(delivery)[-1] for delivery in (*deliveries, later)} == {Stage.LIVE}


def test_what_was_accepted_is_what_later_versions_are_held_against(house: House) -> None:
    day = timedelta(hours=24)
    house.commit(release(4, 1), 4)
    assert house.publisher.publish(NOW - 2 * day) is not None, "so that there is a version of a day ago"
    lose_two(house)
    resume(house, accept=True)
    house.commit(release(4, 2, "Mira Vayle"), 5)
    house.catch_up()
    assert house.publisher.hold is None


def test_a_takedown_of_everything_a_provider_has_is_denied_at_once_and_its_version_waits_for_a_word(
    house: House,
) -> None:
    decision = draft_decision(Takedown(), TargetKind.PROVIDER, "north", by="ana", reason="it left", now=NOW)
    decide(house.engine, house.blobs, decision, NOW)
    assert house.publisher.publish(NOW) is None
    assert house.publisher.hold is not None
    assert "6 with version" in house.publisher.hold.reason
    assert playable(house) == 0, "by the overlay, whatever is held"
    resume(house, accept=True)
    house.catch_up()
    assert playable(house) == 0
    assert undo(house.engine, house.blobs, decision.id, by="ana", now=NOW).is_undone
    house.catch_up()
    assert playable(house) == 6


def test_resuming_without_accepting_has_the_gate_look_again(house: House) -> None:
    lose_two(house)
    resume(house)
    assert house.publisher.publish(NOW) is None
    assert [act.action for act in acts(house)] == ["hold", "resume", "hold"]
    house.commit(release(1, 3), 13)
    resume(house)
    house.catch_up()
    assert house.publisher.hold is None
    assert playable(house) == 4


def test_what_is_not_held_is_not_resumed_and_nobody_acts_without_a_name(house: House) -> None:
    with pytest.raises(Refused, match="not held"):
        resume(house)
    with pytest.raises(Refused, match="name of whoever"):
        hold_publication(house.engine, by=" ", reason="x", now=NOW)
    hold_publication(house.engine, by="ana", reason=WHY, now=NOW)
    with pytest.raises(Refused, match="held by ana"):
        hold_publication(house.engine, by="ana", reason=WHY, now=NOW)
    with pytest.raises(Refused, match="not by the gate"):
        resume(house, accept=True)


def test_nothing_is_announced_while_a_person_holds_it_and_all_of_it_after(house: House) -> None:
    hold_publication(house.engine, by="ana", reason=WHY, now=NOW)
    delivery = house.commit(release(4, 1), 4)
    assert house.publisher.publish(NOW) is None
    assert house.stages(delivery) == [Stage.COMMITTED]
    resume(house)
    house.catch_up()
    assert (house.stages(delivery)[-1], playable(house)) == (Stage.LIVE, 8)


def test_a_version_nobody_can_build_holds_publication_and_cannot_be_accepted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise Broken("album document of 9 items is over the limit")

    monkeypatch.setattr(Backlog, "build_next", fail)
    house.commit(release(4, 1), 4)
    assert house.publisher.publish(NOW) is None
    assert house.publisher.hold is not None
    assert "over the limit" in house.publisher.hold.reason
    with pytest.raises(Refused, match="no version that could be announced"):
        resume(house, accept=True)
    monkeypatch.undo()
    resume(house)
    house.catch_up()
    assert playable(house) == 8


def test_a_rollback_serves_what_was_served_then_and_resuming_serves_all_that_came_after(
    house: House, tmp_path: Path
) -> None:
    good = announced(house)
    titles = names(house)
    house.commit(release(1, 2, "Wrong Name"), 11)
    new = house.commit(release(4, 1), 4)
    house.catch_up()
    assert names(house) != titles
    wrong = names(house)
    done = go_back(house, tmp_path, good)
    assert done.versions == (good + 2,)
    assert (names(house), playable(house)) == (titles, 6)
    house.commit(release(5, 1), 5)
    assert house.publisher.publish(NOW) is None, "it is held"
    resume(house)
    assert house.publisher.publish(NOW + timedelta(minutes=20)) is not None
    with reading(house.engine) as conn:
        totals = find_baseline(conn, NOW + timedelta(minutes=10))
    assert totals is not None
    assert (totals.version, decode_totals(totals.body).playable) == (done.versions[-1], 6)
    house.catch_up()
    assert house.publisher.hold is None
    assert set(wrong.items()) <= set(names(house).items())
    assert playable(house) == 10
    assert house.stages(new).count(Stage.LIVE) == 1


def test_a_rollback_brings_nothing_back_that_was_erased_since(house: House, tmp_path: Path) -> None:
    good, before = announced(house), names(house)
    erased = sorted(before)[0]
    decide(
        house.engine,
        house.blobs,
        draft_decision(Erase(), TargetKind.ALBUM, erased, by="ana", reason="court order", now=NOW),
        NOW,
    )
    house.commit(release(4, 1), 4)
    house.catch_up()
    done = go_back(house, tmp_path, good)
    assert done.documents > 0
    assert names(house) == {album_id: document for album_id, document in before.items() if album_id != erased}


def test_a_rollback_ends_the_hold_before_it_and_names_versions_that_there_are(house: House, tmp_path: Path) -> None:
    newest = announced(house)
    for wrong, said in ((99, "no version 99"), (newest, "serve already")):
        with pytest.raises(Refused, match=said):
            go_back(house, tmp_path, wrong)
    house.commit(release(4, 1), 4)
    house.catch_up()
    lose_two(house)
    go_back(house, tmp_path, newest)
    with reading(house.engine) as conn:
        hold = find_hold(conn)
    assert hold is not None
    assert (hold.kind, hold.number) == ("rollback", 2)
    assert playable(house) == 6


def test_a_rollback_that_was_killed_goes_on_and_a_resume_in_between_loses_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = announced(house)
    for number in (1, 2, 3):
        house.commit(release(number, 2, "Wrong Name"), 10 + number)
    house.catch_up()
    wrong = names(house)
    monkeypatch.setattr(rollback_module, "SEGMENT_BYTES", 1)
    left = [2]

    class Killed(BaseException):
        pass

    def die_soon(*arguments: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise Killed
        put_version(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rollback_module, "put_version", die_soon)
    with pytest.raises(Killed):
        go_back(house, tmp_path, good)
    monkeypatch.setattr(rollback_module, "put_version", put_version)
    assert house.publisher.publish(NOW) is None, "held, and the version whose last step is missing is finished"
    resume(house)
    house.catch_up()
    assert names(house) == wrong


def names(house: House) -> dict[str, bytes]:
    """Return every album a node serves, as it is stored."""
    house.follower.poll(NOW)
    with reading(house.engine) as conn:
        changed_albums = select(changes.c.entity_id).where(changes.c.kind == "album").distinct()
        ids = list(conn.execute(changed_albums).scalars())
    with house.follower.replica.transaction() as view:
        found = {album_id: view.get(DocumentKind.ALBUM, album_id) for album_id in ids}
    return {album_id: document for album_id, document in found.items() if document is not None}
