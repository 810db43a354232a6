"""Recovery: whatever is broken in the log, a node serves what it had, and gets past it where a snapshot leads past."""

from datetime import timedelta
from pathlib import Path
from random import Random

import lmdb
import pytest

from antiphon.blobs import BlobCorrupt, BlobMissing, FolderBlobs, StoreUnavailable
from antiphon.model.errors import Broken
from antiphon.replica import Follower
from antiphon.replica.files import documents_path
from antiphon.segments import DocumentKind, Entry, version_name
from tests.replica.nodes import MINUTE, Build, Follow, documents, flip, found, rewrite, served, tracks
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal

SEED = 20_261_122

pytestmark = pytest.mark.usefixtures("small_chunks")


def test_twenty_truncated_and_twenty_flipped_segments_are_found_before_a_byte_of_them_is_served(
    blobs: FolderBlobs, publisher: Publisher, follow: Follow
) -> None:
    print(f"seed {SEED}")
    chance = Random(SEED)
    publisher.announce(tracks(1))
    follower = follow()
    follower.poll(NOW)
    before = served(follower)
    segment = publisher.announce(tracks(1, 2, form=1))
    whole = blobs.get(segment)
    for attempt in range(40):
        place = chance.randrange(len(whole))
        path = blobs.local_path(segment)
        assert path is not None
        path.write_bytes(whole[:place] if attempt < 20 else flip(whole, place))
        with pytest.raises(BlobCorrupt, match=segment):
            follower.poll(NOW + attempt * MINUTE)
        assert served(follower) == before
        assert found(follower) == {"t01"}
    rewrite(blobs, segment, lambda _: whole)
    follower.poll(NOW)
    assert served(follower) == documents(*tracks(1, 2, form=1))


def test_a_missing_segment_leaves_the_node_where_it_is_saying_so_until_the_segment_is_back(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(1))
    build()
    follower = follow()
    follower.poll(NOW)
    segment = publisher.announce(tracks(2))
    whole = blobs.get(segment)
    blobs.delete(segment)
    for minutes in range(3):
        with pytest.raises(BlobMissing):
            follower.poll(NOW + minutes * MINUTE)
    assert segment in follower.replica.trouble()
    assert (follower.version, found(follower)) == (1, {"t01"})
    assert follower.replica.freshness(NOW + 2 * MINUTE).level_age_s == 120
    blobs.put(whole)
    assert follower.poll(NOW) is True
    assert follower.replica.trouble() == ""
    assert (follower.version, found(follower)) == (2, {"t01", "t02"})


@pytest.mark.parametrize("harm", ["missing", "truncated", "flipped", "no version"])
def test_a_broken_segment_is_got_past_by_a_snapshot_after_it(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow, harm: str
) -> None:
    publisher.announce(tracks(1, 2, 3))
    follower = follow()
    follower.poll(NOW)
    segment = publisher.announce([*tracks(2, 4, form=1), a_withdrawal("t03")])
    publisher.announce(tracks(5))
    build()
    publisher.announce(tracks(6))
    if harm == "missing":
        blobs.delete(segment)
    elif harm == "no version":
        blobs.put_named(version_name(2), b"{}")
    else:
        rewrite(blobs, segment, lambda data: data[:-1] if harm == "truncated" else flip(data, 50))
    assert follower.poll(NOW) is True
    expected = [*tracks(1), *tracks(2, 4, form=1), *tracks(5, 6)]
    assert (follower.version, served(follower)) == (4, documents(*expected))
    assert found(follower) == {"t01", "t02", "t04", "t05", "t06"}
    assert follower.replica.trouble() == ""


def test_a_new_node_starts_from_the_newest_snapshot_and_follows_from_there(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(*range(30)))
    publisher.announce([a_withdrawal("t07")])
    build()
    publisher.announce(tracks(30))
    publisher.deny(1, "t01")
    for number in (1, 2):
        blobs.delete_named(version_name(number))
    follower = follow()
    assert follower.poll(NOW) is True
    assert follower.version == 3
    assert served(follower) == documents(*tracks(*range(7), *range(8, 31)))
    assert found(follower) == {f"t{number:02}" for number in range(31) if number != 7}
    with follower.replica.transaction() as view:
        assert (view.head.record_version, b"t01" in view.overlay.denied_at(0).ids) == (30, True)


def test_a_node_that_was_away_for_longer_than_versions_are_kept_takes_the_snapshot(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(1, 2))
    follower = follow()
    follower.poll(NOW)
    for number in range(3, 6):
        publisher.announce(tracks(number))
    build()
    for number in range(1, 5):
        blobs.delete_named(version_name(number))
    follower.poll(NOW + timedelta(seconds=1))
    assert follower.version == 1  # nothing seems to have been announced, and nobody looks all the time
    follower.poll(NOW + MINUTE)
    assert (follower.version, found(follower)) == (4, {f"t{number:02}" for number in range(1, 6)})


def test_a_damaged_chunk_is_got_past_by_the_snapshot_before(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(*range(20)))
    build()
    publisher.announce(tracks(*range(20), form=1))
    for chunk in build().chunks:
        rewrite(blobs, chunk.blob, lambda data: flip(data, len(data) // 2))
    follower = follow()
    follower.poll(NOW)
    assert (follower.version, served(follower)) == (2, documents(*tracks(*range(20), form=1)))


def test_where_every_snapshot_is_damaged_a_node_takes_nothing_of_them_and_tries_again_later(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(*range(20)))
    chunk = build().chunks[-1].blob
    whole = blobs.get(chunk)
    rewrite(blobs, chunk, lambda data: data[:-1])
    blobs.delete_named(version_name(1))
    follower = follow()
    for seconds in (0, 1):
        with pytest.raises(Broken, match=chunk):
            follower.poll(NOW + timedelta(seconds=seconds))
    assert (follower.version, served(follower)) == (0, {})
    rewrite(blobs, chunk, lambda _: whole)
    with pytest.raises(Broken, match=chunk):
        follower.poll(NOW + timedelta(seconds=2))
    follower.poll(NOW + 2 * MINUTE)
    assert (follower.version, len(found(follower))) == (1, 20)


def test_a_log_that_is_not_the_one_it_followed_is_taken_up_where_it_leads_further(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(1, 2))
    build()
    publisher.announce(tracks(3))
    follower = follow()
    follower.poll(NOW)
    other = Publisher(blobs)
    other.announce(tracks(1, 2))
    other.announce(tracks(4))
    assert follower.poll(NOW + MINUTE) is False  # at its own version it keeps its own
    assert found(follower) == {"t01", "t02", "t03"}
    other.announce(tracks(5))
    follower.poll(NOW + 2 * MINUTE)
    assert (follower.version, found(follower)) == (3, {"t01", "t02", "t04", "t05"})
    assert served(follower) == documents(*tracks(1, 2, 4, 5))


def test_a_store_restored_from_before_changes_nothing_until_it_is_ahead_again(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(1))
    build()
    publisher.announce(tracks(2))
    segment = publisher.announce(tracks(3))
    follower = follow()
    follower.poll(NOW)
    for number in (2, 3):
        blobs.delete_named(version_name(number))
    assert follow().poll(NOW + MINUTE) is False
    follower = follow()
    follower.poll(NOW + 2 * MINUTE)
    assert (follower.version, found(follower)) == (3, {"t01", "t02", "t03"})
    publisher.announce(tracks(4), parent=segment)
    follower.poll(NOW + 3 * MINUTE)
    assert (follower.version, found(follower)) == (4, {"t01", "t02", "t03", "t04"})


def test_readers_go_on_with_the_old_version_until_the_recovery_is_whole(
    publisher: Publisher, build: Build, tmp_path: Path
) -> None:
    seen: list[tuple[int, bool, int]] = []

    class WatchedBlobs(FolderBlobs):
        """Looks at the node while it reads what it recovers from."""

        def get(self, blob: str) -> bytes:
            if follower is not None:
                with follower.replica.transaction() as view:
                    seen.append((view.version, view.get(DocumentKind.TRACK, "t01") is None, len(found(follower))))
            return super().get(blob)

    follower: Follower | None = None
    publisher.announce(tracks(*range(20)))
    follower = Follower(WatchedBlobs(tmp_path / "blobs"), tmp_path / "node", map_size_bytes=64 << 20)
    follower.poll(NOW)
    segment = publisher.announce([a_withdrawal("t01")])
    publisher.announce([a_withdrawal("t02")])
    assert len(build().chunks) > 2
    FolderBlobs(tmp_path / "blobs").delete(segment)
    del seen[:]
    follower.poll(NOW)
    assert seen[0] == (1, False, 20)
    assert {(version, is_gone) for version, is_gone, _ in seen} == {(1, False), (3, True)}
    assert {rows for _, _, rows in seen} == {20}
    assert len(found(follower)) == 18
    follower.close()


def test_a_store_that_fails_in_the_middle_leaves_everything_as_it_was_and_is_tried_again(
    publisher: Publisher, build: Build, tmp_path: Path
) -> None:
    failing: list[str] = []

    class FailingBlobs(FolderBlobs):
        """Does not answer for some blobs."""

        def get(self, blob: str) -> bytes:
            if blob in failing:
                raise StoreUnavailable(repr(self), "cut off")
            return super().get(blob)

    publisher.announce(tracks(*range(20)))
    follower = Follower(FailingBlobs(tmp_path / "blobs"), tmp_path / "node", map_size_bytes=64 << 20)
    follower.poll(NOW)
    segment = publisher.announce([a_withdrawal("t01")])
    chunks = build().chunks
    FolderBlobs(tmp_path / "blobs").delete(segment)
    publisher.announce(tracks(30))
    failing.append(chunks[-1].blob)
    with pytest.raises(StoreUnavailable):
        follower.poll(NOW)
    assert (follower.version, served(follower)) == (1, documents(*tracks(*range(20))))
    failing.clear()
    follower.poll(NOW + 2 * MINUTE)
    assert (follower.version, len(served(follower))) == (3, 20)
    follower.close()


def test_the_map_grows_while_a_snapshot_is_taken_up(
    blobs: FolderBlobs, publisher: Publisher, build: Build, tmp_path: Path
) -> None:
    entries = [a_track(f"t{number:03}", "word " * 200) for number in range(400)]
    publisher.announce(entries)
    build()
    blobs.delete_named(version_name(1))
    follower = Follower(blobs, tmp_path / "small", map_size_bytes=1 << 18)
    follower.poll(NOW)
    assert served(follower) == documents(*entries)
    follower.close()


def test_files_of_a_form_from_before_are_made_equal_to_the_log(
    publisher: Publisher, build: Build, follow: Follow, tmp_path: Path
) -> None:
    publisher.announce(tracks(1, 2))
    build()
    documents_path(tmp_path / "node").mkdir(parents=True)
    with lmdb.open(str(documents_path(tmp_path / "node"))) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"\x00head", b"of another form")
        transaction.put(b"\x04t01", b"old")
        transaction.put(b"\x04t99", b"old")
    follower = follow()
    follower.poll(NOW)
    assert served(follower) == documents(*tracks(1, 2))


def test_any_broken_state_comes_to_the_same_files_as_following(
    blobs: FolderBlobs, publisher: Publisher, build: Build, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    chance = Random(SEED)
    forms = [[a_track(f"t{number:02}", f"title {form}") for form in range(3)] for number in range(30)]
    followed = Follower(blobs, tmp_path / "followed", map_size_bytes=64 << 20)
    broken = [Follower(blobs, tmp_path / f"node-{number}", map_size_bytes=64 << 20) for number in range(3)]
    for version in range(1, 19):
        changed = chance.sample(range(30), chance.randint(0, 8))
        publisher.announce(
            [a_withdrawal(f"t{n:02}") if chance.random() < 0.3 else chance.choice(forms[n]) for n in changed]
        )
        followed.poll(NOW + version * MINUTE)
        if chance.random() < 0.2:
            build()
        node = chance.choice(broken)
        with node._files.environment.begin(write=True) as transaction:
            _break_files(transaction, chance, forms)
        node.poll(NOW + version * MINUTE)
    build()
    for number, node in enumerate(broken):
        with node._files.environment.begin(write=True) as transaction:
            _break_files(transaction, chance, forms)
        node.poll(NOW + timedelta(hours=1))
        assert (number, served(node), found(node)) == (number, served(followed), found(followed))
        node.close()
    followed.close()


def _break_files(transaction: lmdb.Transaction, chance: Random, forms: list[list[Entry]]) -> None:
    """Change some documents behind the node's back, and have it forget where it stands."""
    for number in chance.sample(range(30), 5):
        key, document = forms[number][0].key, chance.choice(forms[number]).document
        assert document is not None
        if chance.random() < 0.5:
            transaction.delete(key)
        else:
            transaction.put(key, document)
    transaction.delete(b"\x00head")
