"""Exports through a node: who gets them, in which parts, and that what they say is what the catalogue answers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.publication.exporting import build_export
from antiphon.replica import Follower
from antiphon.segments.export import delete_exports
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from antiphon.surfaces.reads.description import describe
from antiphon.surfaces.reads.pieces import STORE_PATHS
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NEXT_WEEK, NOW, an_id, publish
from tests.surfaces.reads.test_description import find_faults


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadPath]:
    """Return the read path of a node whose store has an export. Read only: it is shared."""
    root: Path = tmp_path_factory.mktemp("offered")
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    build_export(blobs, root / "scratch", NOW, frozenset)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield ReadPath(follower.replica, blobs, KEYS, ReadSettings(public_url="https://music.example"))
    follower.close()


@pytest.fixture(scope="module")
def database(offered: ReadPath, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a database of the files as they were downloaded."""
    root: Path = tmp_path_factory.mktemp("downloaded")
    with duckdb.connect() as database:
        for file in ask(offered, "/v1/exports/1").content["files"]:
            path = root / file["name"]
            path.write_bytes(ask(offered, file["href"].removeprefix("https://music.example")).body)
            database.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        yield database


@pytest.mark.parametrize("path", ["/v1/exports", "/v1/exports/1", "/v1/exports/1/tracks.parquet"])
def test_an_export_is_for_callers_we_know(offered: ReadPath, path: str) -> None:
    assert ask(offered, path, tier=None).status == 401
    assert ask(offered, path, tier=Tier.FREE).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/exports/2", 404),
        ("/v1/exports/x", 400),
        ("/v1/exports/0", 400),
        ("/v1/exports/1/clients.parquet", 404),
        ("/v1/exports/1/..", 404),
        ("/v1/exports/2/tracks.parquet", 404),
        ("/v1/exports/1/tracks.parquet/more", 404),
    ],
)
def test_what_is_not_there_is_not_found(offered: ReadPath, path: str, status: int) -> None:
    assert ask(offered, path).status == status


def test_an_export_that_was_taken_away_is_not_offered(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    publish(blobs)
    build_export(blobs, tmp_path / "scratch", NOW, frozenset)
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    read_path = ReadPath(follower.replica, blobs, KEYS, ReadSettings())
    delete_exports(blobs)
    assert ask(read_path, "/v1/exports").content == {"exports": []}
    assert ask(read_path, "/v1/exports/1").status == 404
    follower.close()


def test_an_export_says_what_is_in_it_and_where_to_go_on(offered: ReadPath) -> None:
    (export,) = ask(offered, "/v1/exports").content["exports"]
    assert export == ask(offered, "/v1/exports/1").content
    assert (export["version"], export["changes"]) == (1, "https://music.example/v1/changes?cursor=1")
    assert ask(offered, "/v1/changes?cursor=1").content["changes"] == []
    rows = {file["name"]: file["rows"] for file in export["files"]}
    assert (rows["albums.parquet"], rows["tracks.parquet"], rows["artists.parquet"]) == (3, 60, 2)
    document = describe("https://music.example")
    assert find_faults(document, document["components"]["schemas"]["Export"], export) == []
    assert all(column["description"] for file in export["files"] for column in file["columns"])


def test_a_file_comes_in_ranges_and_is_named_by_its_hash(offered: ReadPath) -> None:
    path = "/v1/exports/1/tracks.parquet"
    whole = ask(offered, path)
    assert whole.headers["content-type"] == "application/vnd.apache.parquet"
    tail = ask(offered, path, headers={"range": "bytes=-4"})
    assert (tail.status, tail.body) == (206, b"PAR1")
    assert ask(offered, path, headers={"range": "bytes=99999999-"}).status == 416
    assert ask(offered, path, headers={"if-none-match": whole.headers["etag"]}).status == 304
    head = ask(offered, path, method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))


def test_the_store_is_not_asked_on_the_event_loop() -> None:
    request = Request(method="GET", path="/v1/exports/1/tracks.parquet", query_string="", headers={})
    assert request.path.startswith(STORE_PATHS)


def test_what_the_files_say_is_what_the_catalogue_answers(
    offered: ReadPath, database: duckdb.DuckDBPyConnection
) -> None:
    query = """SELECT id, album_id, title, disc_number, track_number, duration_ms, explicit, isrc,
                      list_transform(artists, lambda artist: artist.id) FROM tracks"""
    rows = database.execute(query).fetchall()
    assert len(rows) == 60
    for row in rows:
        track = ask(offered, f"/v1/tracks/{row[0]}").content
        names = ("disc_number", "track_number", "duration_ms", "explicit")
        assert row == (
            track["id"],
            track["album"]["id"],
            track["name"],
            *(track[name] for name in names),
            track["external_ids"].get("isrc"),
            [artist["id"] for artist in track["artists"]],
        )


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("at", [NOW, NEXT_WEEK - timedelta(seconds=1), NEXT_WEEK])
@pytest.mark.parametrize(("table", "path"), [("tracks", "/v1/tracks"), ("albums", "/v1/albums")])
def test_where_it_plays_is_what_the_catalogue_answers(
    offered: ReadPath, database: duckdb.DuckDBPyConnection, tier: Tier, at: object, table: str, path: str
) -> None:
    query = f"""
        SELECT entity.id, list_sort(list_distinct(flatten(list(rights.markets)))) AS markets
        FROM {table} AS entity JOIN rights USING (rights_id)
        WHERE rights.tier = $tier AND rights.use = 'stream'
          AND (rights.starts_at IS NULL OR rights.starts_at <= to_timestamp($at))
          AND (rights.ends_at IS NULL OR rights.ends_at > to_timestamp($at))
        GROUP BY entity.id"""
    found = database.execute(query, {"tier": tier.value, "at": at.timestamp()}).fetchall()  # type: ignore[attr-defined]  # a datetime
    markets = dict(found)
    for (entity_id,) in database.execute(f"SELECT id FROM {table}").fetchall():
        content = ask(offered, f"{path}/{entity_id}", tier=tier, now=at).content  # type: ignore[arg-type]  # a datetime
        assert markets.get(entity_id, []) == content["available_markets"]
    assert an_id("Harbour Lights 5") not in markets
