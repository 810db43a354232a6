"""A log of versions in a folder: its store, who announces into it, and its snapshots."""

from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.segments.snapshot_building import build_snapshot
from tests.replica.nodes import Build
from tests.replica.publishing import Publisher


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def publisher(blobs: FolderBlobs) -> Publisher:
    return Publisher(blobs)


@pytest.fixture
def build(blobs: FolderBlobs, tmp_path: Path) -> Build:
    return lambda version=None: build_snapshot(blobs, tmp_path / "scratch", version)
