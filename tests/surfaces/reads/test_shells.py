"""The same function behind both shells, in a real server: bytes, ranges and headers arrive as they were answered."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from antiphon.blobs import FolderBlobs, open_blobs
from antiphon.replica import Follower
from antiphon.surfaces.reads import BlobRange
from antiphon.surfaces.reads.forms import FORM_TYPE
from antiphon.surfaces.reads.pieces import PIECE_BYTES, read_pieces
from tests.surfaces.reads.asking import decode_body
from tests.surfaces.reads.catalogue_fixture import APP, CLIENT_SECRET, OPUS, a_token, an_id, make_cover, publish
from tests.surfaces.reads.server_process import run_server

TRACK = an_id("Harbour Lights 1")
pytestmark = pytest.mark.process


@pytest.fixture(scope="module", params=[("rsgi", "make_server"), ("asgi", "make_app")], ids=["rsgi", "asgi"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, Path]]:
    """Return a client of a server with a node on it, and the server's log."""
    interface, factory = request.param
    root: Path = tmp_path_factory.mktemp(interface)
    blobs = FolderBlobs(root / "blobs")
    publish(blobs)
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    now = datetime.now(UTC)
    follower.poll(now)
    follower.close()
    log = root / "log"
    with run_server(interface, factory, root, log) as base_url:
        headers = {"authorization": f"Bearer {a_token(now=now)}"}
        with httpx.Client(base_url=base_url, headers=headers, trust_env=False) as client:
            yield client, log
    assert "FAULT" not in log.read_text()
    assert "OBSERVED stream 206 5" in log.read_text()
    assert "/stream/" not in log.read_text(), "a token in a log"


@pytest.fixture
def client(served: tuple[httpx.Client, Path]) -> httpx.Client:
    return served[0]


def test_a_look_up_arrives_with_its_tag_and_is_not_sent_twice(client: httpx.Client) -> None:
    got = client.get(f"/v1/tracks/{TRACK}", params={"market": "SE"})
    assert (got.status_code, got.json()["is_playable"]) == (200, True)
    assert got.json()["href"] == f"{client.base_url}/v1/tracks/{TRACK}".replace("//v1", "/v1")
    again = client.get(f"/v1/tracks/{TRACK}", params={"market": "SE"}, headers={"if-none-match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_form_arrives_and_a_token_goes_out_that_holds(client: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": APP.client_id, "client_secret": CLIENT_SECRET}
    got = client.post("/api/token", data=form, headers={"authorization": ""})
    assert got.status_code == 401, "an empty header is no client"
    del client.headers["authorization"]
    got = client.post("/api/token", data=form)
    assert (got.status_code, got.headers["cache-control"]) == (200, "no-store")
    client.headers["authorization"] = f"Bearer {got.json()['access_token']}"
    assert client.get("/v1/markets").status_code == 200


def test_a_form_without_end_is_cut_and_the_next_request_answered(client: httpx.Client) -> None:
    got = client.post("/api/token", content=b"a" * 1_000_000, headers={"content-type": FORM_TYPE})
    assert (got.status_code, got.json()["error"]) == (413, "invalid_request")
    leaving = {"connection": "close"}  # what nobody reads ends the connection it came on
    assert client.post("/v1/markets", content=b"a" * 1000, headers=leaving).status_code == 405
    assert client.get("/v1/markets").status_code == 200


def test_who_leaves_in_the_middle_of_a_form_troubles_nobody(served: tuple[httpx.Client, Path]) -> None:
    client, log = served
    head = f"POST /api/token HTTP/1.1\r\nHost: node\r\nContent-Type: {FORM_TYPE}\r\nContent-Length: 99\r\n\r\ngrant"
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as leaver:
        leaver.sendall(head.encode())
    for _ in range(50):
        assert client.get("/v1/markets").status_code == 200
    assert "Traceback" not in log.read_text()


def test_a_refusal_arrives_as_json(client: httpx.Client) -> None:
    got = client.get("/v1/markets", headers={"authorization": "Bearer x"})
    assert (got.status_code, got.json()["error"]["status"]) == (401, 401)
    assert client.get("/v1/tracks/%2e%2e%2f").status_code in (400, 404)
    assert client.post("/v1/markets").status_code == 405


def test_head_arrives_with_the_size_of_get(client: httpx.Client) -> None:
    for path in (f"/v1/tracks/{TRACK}", "/v1/markets", granted(client)):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_an_album_arrives_coded_where_that_is_asked_for(client: httpx.Client, name: str) -> None:
    path, asked = f"/v1/albums/{an_id('Harbour Lights')}", {"accept-encoding": name}
    plain = client.get(path, headers={"accept-encoding": "identity"})
    with client.stream("GET", path, headers=asked) as answer:
        coded = b"".join(answer.iter_raw())
    assert (answer.headers["content-encoding"], answer.headers["content-length"]) == (name, str(len(coded)))
    assert decode_body(coded, name) == plain.content
    assert len({plain.headers["etag"], answer.headers["etag"]}) == 2
    again = client.get(path, headers={**asked, "if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def granted(client: httpx.Client) -> str:
    """Return a stream URL."""
    url: str = client.get(f"/v1/tracks/{TRACK}/stream", params={"market": "SE"}).json()["url"]
    return url


def test_audio_arrives_whole_and_in_ranges(client: httpx.Client) -> None:
    url = granted(client)
    whole = client.get(url)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, OPUS, "audio/ogg")
    for header, part in (
        ("bytes=5-9", OPUS[5:10]),
        ("bytes=-7", OPUS[-7:]),
        ("bytes=262143-262145", OPUS[262143:262146]),
        ("bytes=1-", OPUS[1:]),
    ):
        got = client.get(url, headers={"range": header})
        assert (got.status_code, got.content) == (206, part)
        assert got.headers["content-length"] == str(len(part))
        assert got.headers["content-range"].endswith(f"/{len(OPUS)}")
    beyond = client.get(url, headers={"range": "bytes=9999999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(OPUS)}")


def test_a_cover_arrives(client: httpx.Client) -> None:
    url = client.get(f"/v1/tracks/{TRACK}").json()["album"]["images"][0]["url"]
    assert client.get(url, headers={"authorization": ""}).content == make_cover()


def test_a_stream_from_an_object_store_is_read_in_pieces() -> None:
    blobs = open_blobs("memory://")
    audio = bytes(range(256)) * 5000
    wanted = BlobRange(blob=blobs.put(audio), path=None, start=3, stop=len(audio) - 5)

    async def collect() -> list[bytes]:
        return [piece async for piece in read_pieces(blobs, wanted)]

    pieces = asyncio.run(collect())
    assert b"".join(pieces) == audio[3:-5]
    assert max(len(piece) for piece in pieces) == PIECE_BYTES
