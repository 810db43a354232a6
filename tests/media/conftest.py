"""A store and a scratch folder, and the nursery closed once the last test is done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import BlobStore, open_blobs
from antiphon.media import close_nursery


@pytest.fixture(scope="package", autouse=True)
def _nursery() -> Iterator[None]:
    yield
    close_nursery()


@pytest.fixture
def blobs() -> BlobStore:
    return open_blobs("memory://")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
