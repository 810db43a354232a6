"""The page about changes and exports: each of its commands and queries works as it is written."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from antiphon.blobs import FolderBlobs
from antiphon.publication.exporting import build_export
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from antiphon.surfaces.reads.exchange import LiveBody
from antiphon.surfaces.reads.extension_paths import EXTENSION_PATHS
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.routes import RouteTable
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, a_token, an_id, publish

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "changes-and-exports.md").read_text()
CALLS = re.findall(r'curl .*?"\$NODE(/v1/[^"]+)"', PAGE)
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.S)


@pytest.fixture(scope="module")
def read_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadPath]:
    """Return the read path of a node whose store has an export. Read only: it is shared."""
    root: Path = tmp_path_factory.mktemp("page")
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    build_export(blobs, root / "scratch", NOW, frozenset)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield ReadPath(follower.replica, blobs, KEYS, ReadSettings())
    follower.close()


def test_the_page_shows_every_operation_that_is_about_it() -> None:
    table = RouteTable(ROUTES)
    shown = {found[0].path for call in CALLS if (found := table.find(call.partition("?")[0])) is not None}
    assert set(EXTENSION_PATHS) - {"/v1/exports/{version}"} <= shown


@pytest.mark.parametrize("call", CALLS)
def test_a_command_is_answered(read_path: ReadPath, call: str) -> None:
    path, _, query = call.replace("$TRACK", an_id("Harbour Lights 1")).partition("?")
    headers = {"host": "127.0.0.1:8080", "authorization": f"Bearer {a_token()}"}
    response = read_path.answer(Request(method="GET", path=path, query_string=query, headers=headers), NOW.timestamp())
    assert response.status == 200
    assert isinstance(response.body, LiveBody) is ("wait=" in query)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_works(read_path: ReadPath, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(re.findall(r"'(\w+\.parquet)'", query)):
        Path(name).write_bytes(ask(read_path, f"/v1/exports/1/{name}").body)
    with duckdb.connect() as database:
        rows = database.execute(query).fetchall()
    assert rows or "HAVING" in query  # no recording of that catalogue is on two releases
