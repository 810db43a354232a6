"""A node with a small catalogue on it, made of the real parts: documents, a segment, a store, a follower."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, Shelf, publish


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Return a store with one version in it, and a node that has followed it. Read only: it is shared."""
    root: Path = tmp_path_factory.mktemp("shelf")
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield Shelf(blobs=blobs, root=root / "node", replica=follower.replica)
    follower.close()


@pytest.fixture
def read_path(shelf: Shelf) -> ReadPath:
    """Return a read path over the shared node, which tells of its own errors by failing the test."""

    def fail(error: Exception, operation: str) -> None:
        raise AssertionError(f"{operation} failed") from error

    settings = ReadSettings(public_url="https://music.example")
    return ReadPath(shelf.replica, shelf.blobs, KEYS, settings, report=fail)
