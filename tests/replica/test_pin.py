"""Pins: a node told to stop at a version stops there, goes back to it, and still hears of every takedown."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken, Refused
from antiphon.replica import Follower, pin_node, read_pin, unpin_node
from antiphon.segments import DocumentKind
from antiphon.segments.snapshot_building import build_snapshot
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal

MINUTE = timedelta(minutes=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "node"


@pytest.fixture
def follower(blobs: FolderBlobs, root: Path) -> Iterator[Follower]:
    follower = Follower(blobs, root, map_size_bytes=16 << 20)
    yield follower
    follower.close()


def found(follower: Follower) -> set[str]:
    return set(follower.replica.search(EntityKind.TRACK, "title").ids)


@pytest.mark.parametrize("version", [0, -1, 10**8])
def test_a_number_no_version_has_is_refused(root: Path, version: int) -> None:
    with pytest.raises(Refused, match="expected 1 to"):
        pin_node(root, version)
    assert read_pin(root) is None


@pytest.mark.parametrize("content", [b"", b"nine", b"0", b"-1", b"9" * 9])
def test_a_pin_that_is_none_stops_the_node_where_it_is(
    publisher: Publisher, follower: Follower, root: Path, content: bytes
) -> None:
    publisher.announce([a_track("t1", "title")])
    follower.poll(NOW)
    (root / "pin").write_bytes(content)
    publisher.announce([a_track("t2", "title")])
    with pytest.raises(Broken, match="expected a version"):
        follower.poll(NOW)
    assert follower.version == 1
    assert "pin" in follower.replica.trouble()


def test_a_version_that_cannot_be_reached_any_more_leaves_the_node_where_it_is(
    blobs: FolderBlobs, publisher: Publisher, follower: Follower, root: Path
) -> None:
    segment = publisher.announce([a_track("t1", "title")])
    publisher.announce([a_track("t2", "title")])
    follower.poll(NOW)
    blobs.delete(segment)
    pin_node(root, 1)
    for _ in range(2):
        with pytest.raises(Broken, match=segment):
            follower.poll(NOW)
    assert (follower.version, found(follower)) == (2, {"t1", "t2"})


def test_a_pinned_node_stops_at_its_version_says_so_and_goes_on_when_it_is_unpinned(
    publisher: Publisher, follower: Follower, root: Path
) -> None:
    pin_node(root, 2)
    for number in range(1, 5):
        publisher.announce([a_track(f"t{number}", "title")])
    follower.poll(NOW)
    freshness = follower.replica.freshness(NOW)
    assert (freshness.version, freshness.pin) == (2, 2)
    assert found(follower) == {"t1", "t2"}
    assert follower.poll(NOW) is False
    unpin_node(root)
    unpin_node(root)
    follower.poll(NOW)
    freshness = follower.replica.freshness(NOW)
    assert (freshness.version, freshness.pin, len(found(follower))) == (4, 0, 4)


@pytest.mark.parametrize("snapshot", [None, 1, 2])
def test_a_node_pinned_below_where_it_stands_goes_back(
    blobs: FolderBlobs, publisher: Publisher, follower: Follower, root: Path, tmp_path: Path, snapshot: int | None
) -> None:
    publisher.announce([a_track("t1", "title one"), a_track("t2", "title")])
    publisher.announce([a_track("t1", "title two")])
    publisher.announce([a_track("t1", "title three"), a_withdrawal("t2"), a_track("t3", "title")])
    if snapshot is not None:
        build_snapshot(blobs, tmp_path / "scratch", snapshot)
    follower.poll(NOW)
    pin_node(root, 2)
    assert follower.poll(NOW) is True
    assert (follower.version, found(follower)) == (2, {"t1", "t2"})
    assert follower.replica.search(EntityKind.TRACK, "two").ids == ("t1",)
    assert follower.replica.search(EntityKind.TRACK, "three").ids == ()
    unpin_node(root)
    follower.poll(NOW)
    assert (follower.version, found(follower)) == (3, {"t1", "t3"})


def test_a_pinned_node_still_denies_what_is_taken_down_and_keeps_its_lease(
    publisher: Publisher, follower: Follower, root: Path
) -> None:
    publisher.announce([a_track("t1", "title")])
    follower.poll(NOW)
    pin_node(root, 1)
    publisher.announce([a_withdrawal("t1")])
    publisher.deny(1, "t1")
    assert follower.poll(NOW + MINUTE) is True
    with follower.replica.transaction() as view:
        assert view.get(DocumentKind.TRACK, "t1") is not None
        assert b"t1" in view.overlay.denied_at(0).ids
    freshness = follower.replica.freshness(NOW + MINUTE)
    assert (freshness.age_s, freshness.level_age_s) == (0, 60)
