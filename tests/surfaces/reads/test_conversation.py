"""What every answer has: tokens, entity tags, methods, headers for browsers and caches."""

from datetime import timedelta

import pytest

from antiphon.access import SigningKeys, Tier, issue_access_token
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from antiphon.surfaces.reads.callers import MAX_CALLERS_KEPT, CallerBook
from antiphon.surfaces.reads.clients import ClientBook
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.routes import CatalogueRoute
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, Shelf, a_client, a_token, an_id

TRACK = an_id("Harbour Lights 1")
PATH = f"/v1/tracks/{TRACK}?market=SE"
TOKEN_PATHS = [route.path.replace("{id}", TRACK) for route in ROUTES if isinstance(route, CatalogueRoute)]


@pytest.mark.parametrize("path", TOKEN_PATHS)
def test_no_catalogue_route_answers_without_a_token(read_path: ReadPath, path: str) -> None:
    got = ask(read_path, path, tier=None)
    assert (got.status, got.headers["www-authenticate"]) == (401, 'Bearer realm="antiphon"')


@pytest.mark.parametrize(
    "authorization", ["Bearer ", "Bearer x", "Basic eDp5", "bearer", a_token(), f"Bearer {a_token()}x"]
)
def test_a_token_that_does_not_hold_is_refused_and_not_repeated(read_path: ReadPath, authorization: str) -> None:
    got = ask(read_path, PATH, headers={"authorization": authorization})
    assert got.status == 401
    assert a_token() not in got.body.decode()


def test_a_token_ends_although_it_was_verified_before(read_path: ReadPath) -> None:
    headers = {"authorization": f"Bearer {a_token()}"}
    assert ask(read_path, PATH, headers=headers).status == 200
    assert ask(read_path, PATH, headers=headers, now=NOW + timedelta(seconds=3599)).status == 200
    assert ask(read_path, PATH, headers=headers, now=NOW + timedelta(seconds=3600)).status == 401


def test_the_book_of_callers_is_bounded(shelf: Shelf) -> None:
    book = CallerBook(KEYS, ClientBook(shelf.replica))
    book._callers.update(
        {f"token {number}": book.identify(f"Bearer {a_token()}", NOW.timestamp()) for number in range(MAX_CALLERS_KEPT)}
    )
    book.identify(f"Bearer {a_token(Tier.FREE)}", NOW.timestamp())
    assert len(book._callers) <= MAX_CALLERS_KEPT


def test_a_rotated_key_refuses_no_caller(shelf: Shelf) -> None:
    new = SigningKeys(current=b"r2W8yNfK5tXq1ZbV7mLc4HjD9gSpE3Ua", previous=KEYS.current)
    read_path = ReadPath(shelf.replica, shelf.blobs, new, ReadSettings(public_url="https://music.example"))
    for keys in (KEYS, new):
        token = issue_access_token(keys, a_client(), NOW)
        assert ask(read_path, PATH, headers={"authorization": f"Bearer {token}"}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_reads_only_read(read_path: ReadPath, method: str) -> None:
    got = ask(read_path, PATH, method=method)
    assert (got.status, got.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", [*TOKEN_PATHS, "/v1/openapi.json"])
def test_head_is_get_without_its_body(read_path: ReadPath, path: str) -> None:
    got, head = ask(read_path, path), ask(read_path, path, method="HEAD")
    assert (head.status, head.body) == (got.status, b"")
    assert head.headers == got.headers or path.endswith("/stream")


@pytest.mark.parametrize(
    "path", [PATH, f"/v1/albums/{an_id('Harbour Lights')}", "/v1/search?q=lantern&type=track", "/v1/openapi.json"]
)
def test_what_a_client_has_is_not_sent_again(read_path: ReadPath, path: str) -> None:
    first = ask(read_path, path)
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for header in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = ask(read_path, path, headers={"if-none-match": header})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == etag
        assert "content-length" not in again.headers
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert ask(read_path, path, headers={"if-none-match": '"x"'}).status == 200


def test_an_entity_tag_names_one_body(read_path: ReadPath) -> None:
    bodies: dict[str, bytes] = {}
    for tier in Tier:
        for market in ("", "SE", "NO"):
            for number in range(1, 6):
                path = f"/v1/tracks/{an_id(f'Harbour Lights {number}')}?market={market}"
                got = ask(read_path, path, tier=tier)
                assert bodies.setdefault(f"{market} {got.headers['etag']}", got.body) == got.body


def test_a_private_answer_varies_with_its_caller(read_path: ReadPath) -> None:
    headers = ask(read_path, PATH).headers
    assert headers["cache-control"] == "private, max-age=10"
    assert headers["vary"] == "Authorization, X-API-Key, Accept-Encoding"


def test_every_answer_is_open_to_pages_and_safe_from_guessing(read_path: ReadPath) -> None:
    for path, tier in (
        (PATH, Tier.PREMIUM),
        (PATH, None),
        ("/nothing", None),
        ("/images/x", None),
        ("/stream/x", None),
    ):
        headers = ask(read_path, path, tier=tier).headers
        assert headers["access-control-allow-origin"] == "*"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_browser_may_ask_first(read_path: ReadPath) -> None:
    got = ask(read_path, PATH, method="OPTIONS", tier=None)
    assert got.status == 204
    assert "Authorization" in got.headers["access-control-allow-headers"]
    assert "GET" in got.headers["access-control-allow-methods"]


def test_an_answer_says_which_version_and_how_old(read_path: ReadPath) -> None:
    headers = ask(read_path, PATH, now=NOW + timedelta(seconds=42)).headers
    assert (headers["x-catalogue-version"], headers["catalogue-age"]) == ("1", "42")


def test_a_response_is_named_by_its_operation_and_never_by_its_path(read_path: ReadPath) -> None:
    for path, operation in (
        (f"/stream/{a_token()}", "stream"),
        (f"/v1/tracks/{TRACK}", "get_track"),
        ("/x", "no_route"),
    ):
        request = Request(method="GET", path=path, query_string="", headers={"host": "x"})
        assert read_path.answer(request, NOW.timestamp()).operation == operation
