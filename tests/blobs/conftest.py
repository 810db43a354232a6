"""The stores under test, each with a way to damage what lies in it behind its back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from antiphon.blobs import BlobStore, FolderBlobs
from antiphon.blobs.names import blob_key
from antiphon.blobs.objects import ObjectBlobs


@dataclass(frozen=True)
class StoreUnderTest:
    """A store, and ``overwrite``: what a failing disk does to a blob."""

    blobs: BlobStore
    overwrite: Callable[[str, bytes], object]


@pytest.fixture(params=["folder", "memory", "local"])
def under_test(request: pytest.FixtureRequest, tmp_path: Path) -> StoreUnderTest:
    root = tmp_path / "store"
    if request.param == "folder":
        return StoreUnderTest(FolderBlobs(root), lambda blob, data: (root / blob_key(blob)).write_bytes(data))
    objects = MemoryStore() if request.param == "memory" else LocalStore(root, mkdir=True)
    return StoreUnderTest(ObjectBlobs(objects), lambda blob, data: obstore.put(objects, blob_key(blob), data))


@pytest.fixture
def blobs(under_test: StoreUnderTest) -> BlobStore:
    return under_test.blobs
