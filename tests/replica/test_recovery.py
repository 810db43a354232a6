"""Recovery: whatever is broken in the log, a node serves what it had, and gets past it where a snapshot leads past."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import lmdb
import pytest

from antiphon.blobs import BlobCorrupt, BlobMissing, FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken
from antiphon.replica import Follower, index_keeping
from antiphon.replica.files import documents_path
from antiphon.replica.index import index_path
from antiphon.segments import DocumentKind, Entry, version_name
from antiphon.segments import snapshot as snapshot_module
from antiphon.segments.snapshot import Snapshot
from antiphon.segments.snapshot_building import build_snapshot
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal

SEED = 20_261_122
MINUTE = timedelta(minutes=1)

Follow = Callable[[], Follower]
Build = Callable[..., Snapshot]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_module, "ENTRIES_PER_CHUNK", 4)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def publisher(blobs: FolderBlobs) -> Publisher:
    return Publisher(blobs)


@pytest.fixture
def build(blobs: FolderBlobs, tmp_path: Path) -> Build:
    return lambda version=None: build_snapshot(blobs, tmp_path / "scratch", version)


@pytest.fixture
def follow(blobs: FolderBlobs, tmp_path: Path) -> Iterator[Follow]:
    """Open a follower of the node's folder, the one before closed first: a process that is started again."""
    opened: list[Follower] = []

    def start() -> Follower:
        while opened:
            opened.pop().close()
        opened.append(Follower(blobs, tmp_path / "node", map_size_bytes=64 << 20))
        return opened[-1]

    yield start
    for follower in opened:
        follower.close()


def found(follower: Follower) -> set[str]:
    return set(follower.replica.search(EntityKind.TRACK, "title", limit=100).ids)


def served(follower: Follower) -> dict[bytes, bytes]:
    """Return every document the node serves."""
    with follower._files.environment.begin() as transaction, transaction.cursor() as cursor:
        return {bytes(key): bytes(value) for key, value in cursor if key[0] != 0}


def documents(*entries: Entry) -> dict[bytes, bytes | None]:
    return {entry.key: entry.document for entry in entries}


def tracks(*numbers: int, form: int = 0) -> list[Entry]:
    return [a_track(f"t{number:02}", f"title {form}") for number in numbers]


def rewrite(blobs: FolderBlobs, blob: str, change: Callable[[bytes], bytes]) -> None:
    path = blobs.local_path(blob)
    assert path is not None
    path.write_bytes(change(path.read_bytes()))


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 0x10,)) + data[place + 1 :]


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


def remove_file(path: Path) -> None:
    path.unlink()


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def cut_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("pattern", ["meta.json", "*.term", "*.store", "*.idx", "*"])
@pytest.mark.parametrize("harm", [remove_file, empty_file, cut_file])
def test_a_lost_or_damaged_index_is_filled_anew_beside_what_is_served(
    blobs: FolderBlobs,
    publisher: Publisher,
    build: Build,
    follow: Follow,
    tmp_path: Path,
    pattern: str,
    harm: Callable[[Path], None],
) -> None:
    for number in range(5):
        publisher.announce([*tracks(number), a_withdrawal(f"t{number - 3:02}")])
    build(3)
    for number in (1, 2, 3):
        blobs.delete_named(version_name(number))
    follower = follow()
    follower.poll(NOW)
    follower.close()
    harmed = list(index_path(tmp_path / "node").glob(pattern))
    assert harmed
    for path in harmed:
        harm(path)
    follower = follow()
    assert len(served(follower)) == 3
    follower.poll(NOW)
    assert found(follower) == {"t02", "t03", "t04"}


def test_an_index_that_cannot_be_mended_yet_does_not_hold_back_documents(
    blobs: FolderBlobs, publisher: Publisher, follow: Follow, tmp_path: Path
) -> None:
    segment = publisher.announce(tracks(1))
    follower = follow()
    follower.poll(NOW)
    follower.close()
    for path in index_path(tmp_path / "node").iterdir():
        path.unlink()
    whole = blobs.get(segment)
    blobs.delete(segment)
    publisher.announce(tracks(2))
    follower = follow()
    for seconds in (0, 1):
        with pytest.raises(Broken, match=segment):
            follower.poll(NOW + timedelta(seconds=seconds))
    assert (follower.version, len(served(follower))) == (2, 2)
    blobs.put(whole)
    follower.poll(NOW + 2 * MINUTE)
    assert found(follower) == {"t01", "t02"}


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


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every snapshot count as large: its index is filled by a process of its own."""
    monkeypatch.setattr(index_keeping, "APART_ENTRIES", 1)


def wait_for_index(follower: Follower) -> None:
    """Poll until nothing fills the index any more."""
    while follower._index.is_filling:
        multiprocessing.active_children()[0].join()
        follower.poll(NOW)


@pytest.mark.process
@pytest.mark.usefixtures("large")
def test_while_a_large_index_is_filled_by_a_process_of_its_own_documents_go_on(
    publisher: Publisher, build: Build, follow: Follow, tmp_path: Path
) -> None:
    publisher.announce(tracks(*range(20)))
    build()
    follower = follow()
    follower.poll(NOW)
    publisher.announce([*tracks(20), a_withdrawal("t01")])
    publisher.deny(1, "t02")
    follower.poll(NOW)
    assert (follower.version, len(served(follower))) == (2, 20)
    wait_for_index(follower)
    assert found(follower) == {f"t{number:02}" for number in (0, *range(2, 21))}
    follower.close()
    for path in index_path(tmp_path / "node").iterdir():
        path.unlink()
    follower = follow()
    follower.poll(NOW)
    wait_for_index(follower)
    assert len(found(follower)) == 20


@pytest.mark.process
@pytest.mark.usefixtures("large")
def test_a_process_that_fails_to_fill_the_index_is_trouble_that_is_tried_again(
    blobs: FolderBlobs, publisher: Publisher, build: Build, follow: Follow
) -> None:
    publisher.announce(tracks(*range(20)))
    chunk = build().chunks[-1].blob
    whole = blobs.get(chunk)
    follower = follow()
    follower.poll(NOW)
    wait_for_index(follower)
    follower.close()
    follower = follow()
    follower._files.change_head(search_version=0)
    rewrite(blobs, chunk, lambda data: data[:-1])
    blobs.delete_named(version_name(1))
    follower.poll(NOW)
    with pytest.raises(Broken, match="the index was not filled for version 1"):
        wait_for_index(follower)
    assert len(found(follower)) == 20  # the old one
    rewrite(blobs, chunk, lambda _: whole)
    follower.poll(NOW + 2 * MINUTE)
    wait_for_index(follower)
    assert follower.replica.trouble() == ""


KILLED_FOLLOWER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from antiphon.blobs import FolderBlobs
from antiphon.replica.files import NodeFiles
from antiphon.replica.follower import Follower
from antiphon.replica.index import IndexWriter
from antiphon.segments.state import State

def killed_at(owner, name, count, *, after):
    original, calls = getattr(owner, name), []
    def call(*arguments, **keywords):
        calls.append(name)
        if len(calls) == count and not after:
            os._exit(9)
        result = original(*arguments, **keywords)
        if len(calls) == count:
            os._exit(9)
        return result
    setattr(owner, name, call)

def killed_while_listing(self):
    for number, entry in enumerate(listed(self)):
        if number == 10:
            os._exit(9)
        yield entry

blobs, node, step = sys.argv[1:]
listed = State.__iter__
if step == "listing":
    State.__iter__ = killed_while_listing
else:
    name, when = step.split()
    owner = IndexWriter if name == "fill" else NodeFiles
    killed_at(owner, name, 1, after=when == "after")
follower = Follower(FolderBlobs(Path(blobs)), Path(node))
follower.poll(datetime(2026, 11, 22, tzinfo=UTC))
os._exit(0)
"""


@pytest.mark.process
@pytest.mark.parametrize("step", ["listing", "make_equal before", "make_equal after", "fill before", "fill after"])
@pytest.mark.parametrize("is_new", [True, False])
def test_killed_anywhere_in_a_recovery_it_has_the_old_state_or_the_new_one(
    blobs: FolderBlobs,
    publisher: Publisher,
    build: Build,
    follow: Follow,
    tmp_path: Path,
    step: str,
    is_new: bool,
) -> None:
    publisher.announce(tracks(*range(20)))
    if not is_new:
        follow().poll(NOW)
        follow().close()
    segment = publisher.announce([*tracks(1, form=1), a_withdrawal("t02")])
    build()
    publisher.announce(tracks(21))
    blobs.delete(segment)
    arguments = [sys.executable, "-c", KILLED_FOLLOWER, str(tmp_path / "blobs"), str(tmp_path / "node"), step]
    assert subprocess.run(arguments, env=dict(os.environ), check=False).returncode == 9
    follower = follow()
    old = {} if is_new else documents(*tracks(*range(20)))
    new = documents(*tracks(0, *range(3, 20)), *tracks(1, form=1))
    newest = new | documents(*tracks(21))
    assert (follower.version, served(follower)) in ((0 if is_new else 1, old), (2, new), (3, newest))
    follower.poll(NOW + MINUTE)
    assert (follower.version, served(follower)) == (3, newest)
    assert found(follower) == {f"t{number:02}" for number in (0, 1, *range(3, 20), 21)}
