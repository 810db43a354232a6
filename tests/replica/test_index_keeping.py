"""The index beside the documents: lost, damaged or left behind, it is mended while everything else is served."""

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.model.errors import Broken
from antiphon.replica import Follower, index_keeping
from antiphon.replica.index import index_path
from antiphon.segments import version_name
from tests.replica.nodes import MINUTE, Build, Follow, found, rewrite, served, tracks
from tests.replica.publishing import NOW, Publisher, a_withdrawal

pytestmark = pytest.mark.usefixtures("small_chunks")


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
