"""The list of changes: what is told of a version, where it goes on, and when a node must say that it cannot know."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import lmdb
import msgspec
import pytest

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import Album, EntityKind
from antiphon.publication.cards import make_card
from antiphon.publication.documents import (
    album_entries,
    artist_entries,
    redirect_entries,
    withdrawn_entries,
    withdrawn_redirect,
)
from antiphon.replica import Follower
from antiphon.replica.change_list import ROW_CHANGES, ChangesGone, read_changes, record_changes
from antiphon.replica.changes import END, Change, ChangeEvent, ChangeFilter, Place
from antiphon.segments import Entry
from antiphon.segments.snapshot_building import build_snapshot
from tests.publication.catalogue import an_album, an_artist_of
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal

ALL = ChangeFilter()
START = Place(0)
ADDED, CHANGED, REMOVED, REDIRECTED = ChangeEvent


class Node:
    """The documents and the list of a node, versions applied by hand."""

    def __init__(self, path: Path) -> None:
        self.environment = lmdb.open(str(path), map_size=64 << 20)
        self.version = 0

    def apply(self, entries: Sequence[Entry], *, version: int | None = None, kept: int = 1_000) -> None:
        """Apply a version as the follower does."""
        self.version = self.version + 1 if version is None else version
        with self.environment.begin(write=True) as transaction:
            record_changes(transaction, entries, self.version, self.version * 1_000, kept)
            for entry in entries:
                if entry.document is None:
                    transaction.delete(entry.key)
                else:
                    transaction.put(entry.key, entry.document)

    def read(self, after: Place = START, wanted: ChangeFilter = ALL, limit: int = 1_000) -> list[Change]:
        """Return the changes behind a place."""
        with self.environment.begin() as transaction:
            page = read_changes(transaction, self.version, after, wanted, limit)
        return [placed.change for placed in page.changes]

    def tell(self, after: Place = START, wanted: ChangeFilter = ALL) -> list[tuple[str, ChangeEvent]]:
        """Return what happened behind a place, in short."""
        return [(change.id, change.event) for change in self.read(after, wanted)]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path / "documents")
    yield node
    node.environment.close()


def without_last_track(album: Album) -> tuple[Entry, ...]:
    """Return the entries of an album that lost its last track."""
    shorter = msgspec.structs.replace(album, tracks=album.tracks[:-1])
    return (*album_entries(shorter), *withdrawn_entries(EntityKind.TRACK, album.tracks[-1].id))


def test_a_place_older_than_what_is_kept_is_refused_with_the_way_back(node: Node) -> None:
    for number in range(4):
        node.apply([a_track(f"t{number}", "one"), a_track("again", "one", note=number)], kept=4)
    with pytest.raises(ChangesGone, match="only those after version 2; take an export") as gone:
        node.read(Place(1))
    assert gone.value.kept_after == 2
    with pytest.raises(ChangesGone):
        node.read(Place(2, 0))  # in the middle of what was dropped
    assert node.tell(Place(2)) == [("t2", ADDED), ("again", CHANGED), ("t3", ADDED), ("again", CHANGED)]


def test_a_version_larger_than_what_is_kept_is_not_kept_at_all(node: Node) -> None:
    node.apply([a_track(f"t{number}", "one") for number in range(6)], kept=5)
    with pytest.raises(ChangesGone):
        node.read(START)
    assert node.tell(Place(1)) == []


def test_a_node_that_took_over_a_snapshot_does_not_know_what_was_before(node: Node) -> None:
    node.apply([a_track("t1", "one")])
    node.version = 7  # the documents are those of another version than the list ends with
    with pytest.raises(ChangesGone, match="after version 7;"):
        node.read(Place(1))
    assert node.tell(Place(7)) == []
    node.apply([a_track("t2", "two")], version=8)
    assert node.tell(Place(7)) == [("t2", ADDED)]
    with pytest.raises(ChangesGone):
        node.read(Place(6, 3))


def test_an_album_is_added_with_its_tracks_and_its_media_are_nobodys_business(node: Node) -> None:
    album = an_album(1, tracks=3)
    node.apply([*album_entries(album), *artist_entries(an_artist_of(album), [make_card(album)])])
    artist_id = album.artists[0].artist_id
    told = node.read()
    assert [(change.kind, change.id, change.event) for change in told] == [
        (EntityKind.ALBUM, album.id, ADDED),
        *((EntityKind.TRACK, track.id, ADDED) for track in album.tracks),
        (EntityKind.ARTIST, artist_id, ADDED),
    ]
    assert [change.related for change in told] == [(artist_id,), *[tuple(sorted((album.id, artist_id)))] * 3, ()]
    assert [change.position for change in told] == sorted({change.position for change in told})


def test_what_is_written_again_as_it_was_is_no_change(node: Node) -> None:
    album = an_album(1)
    node.apply(album_entries(album))
    node.apply(album_entries(album))
    assert node.tell(Place(1)) == []
    node.apply([a_withdrawal("never-there")])
    assert node.tell(Place(1)) == []


def test_an_album_changes_with_its_list_of_tracks(node: Node) -> None:
    album = an_album(1, tracks=3)
    node.apply(album_entries(album))
    first = msgspec.structs.replace(album.tracks[0], title="Another title")
    node.apply(album_entries(msgspec.structs.replace(album, tracks=(first, *album.tracks[1:]))))
    assert node.tell(Place(1)) == [(album.id, CHANGED), (first.id, CHANGED)]
    node.apply(without_last_track(album))
    assert node.tell(Place(2))[-1] == (album.tracks[2].id, REMOVED)
    assert set(node.read(Place(2))[-1].related) == {album.id, album.artists[0].artist_id}


def test_rights_are_part_of_what_changes(node: Node) -> None:
    node.apply(album_entries(an_album(1, tracks=1, starts_at=1_700_000_000)))
    node.apply(album_entries(an_album(1, tracks=1, starts_at=1_800_000_000)))
    assert [event for _, event in node.tell(Place(1))] == [CHANGED, CHANGED]


def test_a_merge_is_told_as_a_redirect_and_its_undoing_as_an_addition(node: Node) -> None:
    album, other = an_album(1), an_album(2)
    old, new = an_artist_of(album), an_artist_of(other)
    node.apply([*artist_entries(old, [make_card(album)]), *artist_entries(new, [make_card(other)])])
    merge = redirect_entries(EntityKind.ARTIST, old.id, new.id)
    node.apply(merge)
    (told,) = node.read(Place(1))
    assert (told.kind, told.id, told.event, told.into) == (EntityKind.ARTIST, old.id, REDIRECTED, new.id)
    node.apply(merge)
    assert node.tell(Place(2)) == []
    node.apply([*artist_entries(old, [make_card(album)]), withdrawn_redirect(old.id)])
    assert node.tell(Place(3)) == [(old.id, ADDED)]


def test_changes_are_filtered_by_kind_and_by_what_they_belong_to(node: Node) -> None:
    one, other = an_album(1, tracks=2), an_album(2, tracks=2)
    node.apply([*album_entries(one), *album_entries(other)])
    tracks = [(track.id, ADDED) for track in one.tracks]
    assert node.tell(wanted=ChangeFilter(ids={one.id})) == [(one.id, ADDED), *tracks]
    assert node.tell(wanted=ChangeFilter({EntityKind.TRACK}, {one.id})) == tracks
    assert node.tell(wanted=ChangeFilter(ids={one.artists[0].artist_id})) == [(one.id, ADDED), *tracks]
    assert node.tell(wanted=ChangeFilter(ids={one.tracks[1].id})) == tracks[1:]
    assert node.tell(wanted=ChangeFilter({EntityKind.ARTIST})) == []


def test_a_filter_that_finds_nothing_still_gets_on(node: Node) -> None:
    node.apply([a_track(f"t{number}", "one") for number in range(10)])
    with node.environment.begin() as transaction:
        page = read_changes(transaction, 1, START, ChangeFilter(ids={"nobody"}), 5, looked_at=4)
        assert (page.changes, page.after, page.has_more) == ((), Place(1, 3), True)
        page = read_changes(transaction, 1, page.after, ChangeFilter(ids={"nobody"}), 5)
        assert (page.changes, page.after, page.has_more) == ((), Place(1, END), False)


def test_a_large_version_is_read_from_the_middle(node: Node) -> None:
    size = 2 * ROW_CHANGES + 3
    for names in (["first"], [f"t{number}" for number in range(size)], ["last"]):
        node.apply([a_track(name, "one") for name in names], kept=2 * size)
    for position in (0, 1, ROW_CHANGES - 1, ROW_CHANGES, 2 * ROW_CHANGES, size - 1, END):
        told = [change.position for change in node.read(Place(2, position), limit=2 * size)]
        assert told == [*range(position + 1, size), 0]
    assert len(node.read(Place(1), limit=2 * size)) == size + 1


def test_a_place_that_a_node_further_on_gave_out_is_kept(node: Node) -> None:
    node.apply([a_track("t1", "one")])
    with node.environment.begin() as transaction:
        page = read_changes(transaction, 1, Place(4, 17), ALL, 5)
    assert (page.changes, page.after, page.has_more) == ((), Place(4, 17), False)


def test_a_node_that_started_from_a_snapshot_goes_on_where_the_others_are(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    publisher = Publisher(blobs)
    old = Follower(blobs, tmp_path / "old", map_size_bytes=16 << 20)
    for number in range(3):
        publisher.announce([a_track("t1", "one", note=number), a_track(f"t2{number}", "two")])
    old.poll(NOW)
    build_snapshot(blobs, tmp_path / "scratch", 3)
    young = Follower(blobs, tmp_path / "young", map_size_bytes=16 << 20)
    young.poll(NOW)
    with young.replica.transaction() as view:
        with pytest.raises(ChangesGone, match="only those after version 3"):
            view.list_changes(Place(1), ALL, 10)
        assert view.list_changes(Place(3), ALL, 10).changes == ()
    publisher.announce([a_track("t3", "three"), a_withdrawal("t1")])
    pages = []
    for follower in (old, young):
        follower.poll(NOW)
        with follower.replica.transaction() as view:
            pages.append(view.list_changes(Place(3), ALL, 10))
        follower.close()
    assert pages[0] == pages[1]
    assert [(placed.version, placed.change.id) for placed in pages[0].changes] == [(4, "t3"), (4, "t1")]


def test_pages_of_any_size_over_nodes_and_restarts_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    seed = 20261122
    random = Random(seed)
    blobs = FolderBlobs(tmp_path / "blobs")
    publisher = Publisher(blobs)
    for number in range(12):
        ids = random.sample(range(30), random.randrange(1, 8))
        publisher.announce(
            [a_withdrawal(f"t{i}") if random.random() < 0.3 else a_track(f"t{i}", "one", note=number) for i in ids]
        )
    nodes = [tmp_path / "one", tmp_path / "two"]
    whole: list[object] = []
    for root in nodes:
        follower = Follower(blobs, root, map_size_bytes=16 << 20)
        follower.poll(NOW)
        with follower.replica.transaction() as view:
            whole.append(view.list_changes(START, ALL, 1_000).changes)
        follower.close()
    assert whole[0] == whole[1], f"seed {seed}"
    told: list[object] = []
    place, has_more = START, True
    while has_more:
        follower = Follower(blobs, random.choice(nodes), map_size_bytes=16 << 20)
        with follower.replica.transaction() as view:
            page = view.list_changes(place, ALL, random.randrange(1, 6))
        follower.close()
        told += page.changes
        place, has_more = page.after, page.has_more
    assert tuple(told) == whole[0], f"seed {seed}"
