"""Nodes of a store: what tests of following and of recovery have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower
from antiphon.segments import snapshot as snapshot_module
from tests.log_fixtures import blobs, build, publisher
from tests.replica.nodes import Follow

__all__ = ["blobs", "build", "publisher"]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a snapshot of a few tracks in several chunks."""
    monkeypatch.setattr(snapshot_module, "ENTRIES_PER_CHUNK", 4)


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
