"""A store, its publisher, its snapshots and a node of it: what tests of following and of recovery have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower
from antiphon.segments import snapshot as snapshot_module
from antiphon.segments.snapshot_building import build_snapshot
from tests.replica.nodes import Build, Follow
from tests.replica.publishing import Publisher


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a snapshot of a few tracks in several chunks."""
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
