"""Stars and plays over HTTP: in the caller's own name, refused in JSON, safe to send again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from antiphon.access import SigningKeys, Tier, issue_access_token, make_client
from antiphon.blobs import BlobStore, FolderBlobs
from antiphon.listeners import STARS_PER_LISTENER_MAX, Stars, open_stars
from antiphon.listeners import database as listeners_database
from antiphon.plays import BATCH_BYTES_MAX, Plays, open_plays
from antiphon.record import migrate, open_record
from antiphon.surfaces.application import answer_refusal
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.listening import listening_routes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = SigningKeys(current=b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4")
ADA, _ = make_client("Ada's player", tier=Tier.FREE)
BOB, _ = make_client("Bob's player")
TOKENS = {client.name[:3].lower(): issue_access_token(KEYS, client, NOW) for client in (ADA, BOB)}

EVENT = {
    "event_id": "5f2b7c1e-9a44-4d0e-8f63-0c1d2e3f4a5b",
    "track_id": "song",
    "market": "SE",
    "played_at": "2026-11-22T11:58:00Z",
    "played_ms": 45_000,
}

OPERATIONS = [
    ("GET", "/listening/v1/stars"),
    ("GET", "/listening/v1/stars/song"),
    ("PUT", "/listening/v1/stars/song"),
    ("DELETE", "/listening/v1/stars/song"),
    ("POST", "/listening/v1/plays"),
]

Ask = Callable[..., httpx.Response]


class Served(NamedTuple):
    """The surface on real files: ``ask`` it, and look at what lies behind it."""

    ask: Ask
    root: Path
    stars: Stars
    plays: Plays


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """Return a gate on a record that nobody writes to, so that all tests may share it."""
    engine = open_record(f"sqlite:///{tmp_path_factory.mktemp('gate') / 'record.db'}")
    migrate(engine)
    yield Gate(engine=engine, keys=KEYS, clock=lambda: NOW)
    engine.dispose()


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> BlobStore:
    """Return a store on disk. All tests may share it: what lies in it counts only where an index says so."""
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate, blobs: BlobStore) -> Iterator[Served]:
    """Return the surface on empty files. No writer waits for another, so that a stuck one is seen at once."""
    monkeypatch.setattr("antiphon.listeners.database.BUSY_TIMEOUT_MS", 0)
    monkeypatch.setattr("antiphon.plays.database.BUSY_TIMEOUT_MS", 0)
    stars = open_stars(tmp_path / "listeners.db")
    plays = open_plays(tmp_path / "plays.db", blobs, {"song": 180_000}.get)
    app = Starlette(routes=listening_routes(gate, stars, plays), exception_handlers={HTTPException: answer_refusal})

    async def send(method: str, path: str, headers: dict[str, str], options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://music.example") as client:
            return await client.request(method, path, headers=headers, **options)

    def ask(method: str, path: str, *, listener: str = "ada", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKENS[listener]}"} if listener else {}
        return asyncio.run(send(method, path, headers | options.pop("headers", {}), options))

    yield Served(ask, tmp_path, stars, plays)
    stars.close()
    plays.close()


def read_error(response: httpx.Response) -> str:
    """Return the message of a refusal, which must have the catalogue API's form."""
    error = response.json()["error"]
    assert error["status"] == response.status_code
    return str(error["message"])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic !!!"])
def test_whoever_does_not_say_who_they_are_gets_nothing(
    served: Served, method: str, path: str, authorization: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = served.ask(method, path, listener="", headers=headers)
    assert response.status_code == 401
    assert "bearer token" in read_error(response)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/listening/v1/stars", {"GET", "HEAD"}),
        ("POST", "/listening/v1/stars/song", {"GET", "HEAD", "PUT", "DELETE"}),
        ("GET", "/listening/v1/plays", {"POST"}),
    ],
)
def test_another_method_is_refused_with_those_that_work(
    served: Served, method: str, path: str, allowed: set[str]
) -> None:
    response = served.ask(method, path)
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("track_id", ["a%20b", "%00", "%C3%A4", "a" * 65, "%2e%2e%5c"])
def test_what_is_no_id_is_a_bad_request(served: Served, method: str, track_id: str) -> None:
    response = served.ask(method, f"/listening/v1/stars/{track_id}")
    assert response.status_code == 400
    assert "expected 1 to 64" in read_error(response)


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "before=-1", "before=" + "9" * 5_000])
def test_a_page_outside_its_limits_is_a_bad_request(served: Served, query: str) -> None:
    response = served.ask("GET", f"/listening/v1/stars?{query}")
    assert response.status_code == 400
    assert "whole number" in read_error(response)


def test_stars_beyond_the_limit_conflict(served: Served) -> None:
    engine = listeners_database.open_database(served.root / "listeners.db")
    rows = [
        {"listener_id": ADA.client_id, "number": n, "track_id": f"track{n}", "starred_at": "2026-11-22T12:00:00Z"}
        for n in range(1, STARS_PER_LISTENER_MAX + 1)
    ]
    with listeners_database.writing(engine) as conn:
        conn.execute(insert(listeners_database.stars), rows)
    engine.dispose()
    response = served.ask("PUT", "/listening/v1/stars/song")
    assert response.status_code == 409
    assert "unstar some" in read_error(response)


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_another_site_could_send_is_refused(served: Served, media_type: str) -> None:
    body = msgspec.json.encode({"events": [EVENT]})
    response = served.ask("POST", "/listening/v1/plays", content=body, headers={"Content-Type": media_type})
    assert response.status_code == 415
    assert "application/json" in read_error(response)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_batch_is_a_bad_request(served: Served, body: bytes) -> None:
    response = served.ask("POST", "/listening/v1/plays", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert '{"events": [...]}' in read_error(response)


def test_an_endless_body_is_read_no_further_than_its_limit(served: Served) -> None:
    sent_bytes = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent_bytes
        while sent_bytes < 100 * BATCH_BYTES_MAX:
            sent_bytes += 65_536
            yield b" " * 65_536

    response = served.ask(
        "POST", "/listening/v1/plays", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 413
    assert "in parts" in read_error(response)
    assert sent_bytes <= BATCH_BYTES_MAX + 2 * 65_536


def test_too_many_events_are_too_large(served: Served) -> None:
    response = served.ask("POST", "/listening/v1/plays", json={"events": [{}] * 1_001})
    assert response.status_code == 413


@pytest.mark.parametrize(("method", "path", "file"), [("PUT", "/stars/song", "listeners"), ("POST", "/plays", "plays")])
def test_a_stuck_database_says_when_to_come_back_and_names_no_file(
    served: Served, method: str, path: str, file: str
) -> None:
    body = {"json": {"events": [EVENT]}} if method == "POST" else {}
    with sqlite3.connect(served.root / f"{file}.db", isolation_level=None) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        response = served.ask(method, f"/listening/v1{path}", **body)
        stuck.execute("ROLLBACK")
    stuck.close()
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert str(served.root) not in read_error(response)
    assert "database" not in read_error(response)
    assert served.ask(method, f"/listening/v1{path}", **body).is_success


def test_a_star_is_set_read_and_taken_away_as_often_as_one_likes(served: Served) -> None:
    path = "/listening/v1/stars/song"
    assert served.ask("GET", path).status_code == 404
    for _ in range(2):
        response = served.ask("PUT", path)
        assert (response.status_code, response.content) == (204, b"")
    assert served.ask("GET", path).json() == {
        "track_id": "song",
        "starred_at": "2026-11-22T12:00:00.000000Z",
        "number": 1,
    }
    assert served.ask("HEAD", path).status_code == 200
    for _ in range(2):
        assert served.ask("DELETE", path).status_code == 204
    assert served.ask("GET", "/listening/v1/stars").json() == {"stars": [], "next_before": None}


def test_stars_are_paged_newest_first_and_each_listener_has_its_own(served: Served) -> None:
    for n in range(5):
        served.ask("PUT", f"/listening/v1/stars/track{n}")
    served.ask("PUT", "/listening/v1/stars/other", listener="bob")
    served.ask("DELETE", "/listening/v1/stars/track1", listener="bob")
    pages, before = [], ""
    while True:
        response = served.ask("GET", f"/listening/v1/stars?limit=2{before}")
        assert response.headers["cache-control"] == "no-store"
        pages.append([star["track_id"] for star in response.json()["stars"]])
        if response.json()["next_before"] is None:
            break
        before = f"&before={response.json()['next_before']}"
    assert pages == [["track4", "track3"], ["track2", "track1"], ["track0"]]
    assert [star.track_id for star in served.stars.list_stars(BOB.client_id, limit=10)] == ["other"]


def test_a_batch_is_accepted_once_and_each_refusal_is_told(served: Served) -> None:
    old = EVENT | {"event_id": "0" * 32, "played_at": "2025-01-01T00:00:00Z"}
    wrong = EVENT | {"event_id": "1" * 32, "played_ms": -1}
    batch = {"events": [EVENT, wrong, old]}
    first, again = (served.ask("POST", "/listening/v1/plays", json=batch) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert (first.json()["accepted"], first.json()["repeated"]) == (1, 0)
    assert (again.json()["accepted"], again.json()["repeated"]) == (0, 1)
    assert [(refused["event_id"], refused["reason"]) for refused in first.json()["refused"]] == [
        ("1" * 32, "malformed"),
        ("0" * 32, "too_old"),
    ]
    assert served.plays.counts_by_track(NOW.date()) == {"song": 1}


def test_a_play_is_in_the_name_and_tier_of_its_caller_whatever_the_event_says(served: Served) -> None:
    event = EVENT | {"listener_id": BOB.client_id, "tier": "premium"}
    assert served.ask("POST", "/listening/v1/plays", json={"events": [event]}).json()["accepted"] == 1
    kept = [play for batch in served.plays.read_batches() for play in batch.plays]
    assert [(play.listener_id, play.tier) for play in kept] == [(ADA.client_id, Tier.FREE)]
