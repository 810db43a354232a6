"""The operations beyond the profile answer generated calls, right and wrong ones, as they are described."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.publication.exporting import build_export
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.description import describe
from antiphon.surfaces.reads.extension_paths import EXTENSION_PATHS
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, an_id, publish
from tests.surfaces.reads.generated_calls import BASE_URL, check_operation, find_operations

EXAMPLES = 25
KNOWN = {
    "id": [an_id(f"Harbour Lights {number}") for number in range(1, 6)],
    "ids": [an_id("Harbour Lights"), f"{an_id('Low Water')},{an_id('Night Ferries')}"],
    "isrc": ["QZANT2600001", "qz-ant-26-00002"],
    "upc": ["4006381333931", "04006381333931"],
    "cursor": ["0", "1", "1.3"],
    "kind": ["album", "track,artist"],
    "version": ["1"],
    "file": ["tracks.parquet", "rights.parquet"],
    "market": ["SE", "NO"],
}


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadPath]:
    """Return the read path of a node whose store has an export. Read only: it is shared."""
    root: Path = tmp_path_factory.mktemp("extensions")
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    build_export(blobs, root / "scratch", NOW, frozenset)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield ReadPath(follower.replica, blobs, KEYS, ReadSettings(public_url=BASE_URL))
    follower.close()


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    """Return the operations as they are described, but for waiting: nothing comes while a call is made up."""
    document = copy.deepcopy(describe(BASE_URL))
    document["paths"] = {path: document["paths"][path] for path in EXTENSION_PATHS}
    changes = document["paths"]["/v1/changes"]["get"]
    changes["parameters"] = [one for one in changes["parameters"] if one["name"] != "wait"]
    return find_operations(document)


@pytest.mark.parametrize("path", EXTENSION_PATHS)
def test_every_answer_is_as_we_describe_it(offered: ReadPath, operations: dict[str, Any], path: str) -> None:
    answered = check_operation(offered, operations[path], KNOWN, examples=EXAMPLES)
    assert {200, 401} <= answered.keys()
