"""A node on loopback that hands out its own tokens, for libraries that know nothing of it but its address."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.replica import Follower
from tests.surfaces.reads.catalogue_fixture import publish
from tests.surfaces.reads.server_process import run_server


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the node."""
    root: Path = tmp_path_factory.mktemp("clients")
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(datetime.now(UTC))
    follower.close()
    with run_server("asgi", "make_app", root, root / "log") as url:
        yield url
