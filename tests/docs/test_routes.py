"""Every route of the real composition is documented, and answers each caller as documented."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripts.reference.routes import READING, Operation, Who, list_operations
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.settings import Web
from antiphon.surfaces.reads.forms import TOKEN_PATH
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.routes import FormRoute
from tests.docs.house import CALLERS, LISTENER, NOBODY, OWNER, STRANGER, CallerKind, House, open_house

ACTIONS = ("clear", "reject", "waive")
SPOKEN = ("shows", "episodes", "audiobooks", "chapters")
NOT_HERE = (
    *(f"/v1/{kind}/{{id}}" for kind in SPOKEN),
    *("/v1/shows/{id}/episodes", "/v1/audiobooks/{id}/chapters", "/v1/browse/categories/{id}"),
)
"""What there is none of in this house: it is asked for by an id that names nothing."""

EXAMPLES = {
    **{f"/v1/{kind}": f"/v1/{kind}?ids=none" for kind in SPOKEN},
    **{path: path.replace("{id}", "none") for path in NOT_HERE},
    "/v1/tracks": "/v1/tracks?ids={track}",
    "/v1/tracks/{id}": "/v1/tracks/{track}",
    "/v1/tracks/{id}/stream": "/v1/tracks/{track}/stream?market=DE",
    "/v1/albums": "/v1/albums?ids={album}",
    "/v1/albums/{id}": "/v1/albums/{album}",
    "/v1/albums/{id}/tracks": "/v1/albums/{album}/tracks",
    "/v1/artists": "/v1/artists?ids={artist}",
    "/v1/artists/{id}": "/v1/artists/{artist}",
    "/v1/artists/{id}/albums": "/v1/artists/{artist}/albums",
    "/v1/artists/{id}/top-tracks": "/v1/artists/{artist}/top-tracks",
    "/v1/tracks/{id}/linked-in": "/v1/tracks/{track}/linked-in",
    "/v1/lookup": "/v1/lookup?isrc=QZANT2600002",
    "/v1/exports/{version}": "/v1/exports/1",
    "/v1/exports/{version}/{file}": "/v1/exports/1/albums.parquet",
    "/v1/search": "/v1/search?q=a&type=track",
    "/v1/explain": "/v1/explain?track={track}&market=DE",
    "/v1/provenance": "/v1/provenance?kind=track&id={track}",
    "/player/{name}": "/player/player.js",
    "/provider/v1/deliveries/{delivery_id}/events": "/provider/v1/deliveries/{delivery_id}/events?after=9",
}
"""Something to ask for, where the path as documented is none."""

DELIVERIES = "/provider/v1/deliveries"
UPLOADS = "/provider/v1/uploads"
ONE_UPLOAD = f"{UPLOADS}/{{upload_id}}"
POLICY_PATH = "/provider/v1/providers/{provider_id}/policy"
PROTOCOL = {"tus-resumable": "1.0.0"}
FORM = {"data": {"reason": "a test", "rule": "I8"}, "headers": {"sec-fetch-site": "same-origin"}}
GOALIE = {f"{DELIVERIES}/{{delivery_id}}/{action}": {"json": {"reason": "a test", "rule": "I8"}} for action in ACTIONS}
FORMS = {f"/console/deliveries/{{delivery_id}}/{action}": FORM for action in ACTIONS}
A_DECISION = {"effect": {"type": "hold"}, "target_kind": "provider", "target_id": "nobody", "reason": "a test"}
BODIES: dict[str, dict[str, Any]] = {
    TOKEN_PATH: {"data": {"grant_type": "client_credentials"}},
    "/listening/v1/plays": {"json": {"events": []}},
    f"POST {UPLOADS}": {"headers": PROTOCOL | {"upload-length": "1", "upload-metadata": "path YQ=="}},
    f"HEAD {ONE_UPLOAD}": {"headers": PROTOCOL},
    f"PATCH {ONE_UPLOAD}": {
        "headers": PROTOCOL | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    },
    f"DELETE {ONE_UPLOAD}": {"headers": PROTOCOL},
    f"PUT {POLICY_PATH}": {"json": {"policy": {}, "reason": "a test", "after": 0}},
    f"POST {DELIVERIES}": {"json": {"uploads": ["none"]}},
    "/console/waivers/{waiver_id}/undo": FORM,
    "POST /provider/v1/decisions": {"json": A_DECISION},
    "POST /console/decisions": {"data": {**FORM["data"], "kind": "whim"}, "headers": FORM["headers"]},
    "/console/decisions/{decision_id}/undo": FORM,
    **GOALIE,
    **FORMS,
}
SUCCESSES = {
    **dict.fromkeys(NOT_HERE, 404),
    "/listening/v1/plays": 202,
    f"{DELIVERIES}/{{delivery_id}}/events": 204,  # it has ended, and the caller says that it has seen the end
    f"POST {DELIVERIES}": 404,  # it names no upload of the caller's
    f"POST {UPLOADS}": 201,
    f"PATCH {ONE_UPLOAD}": 204,
    f"PUT {POLICY_PATH}": 200,
    f"OPTIONS {UPLOADS}": 204,
    "/provider/v1/waivers/{waiver_id}": 409,  # there is none
    "/console/waivers/{waiver_id}/undo": 409,
    "/v1/exports/{version}": 404,  # nothing was exported
    "/v1/exports/{version}/{file}": 404,
    "POST /provider/v1/decisions": 404,  # there is no such provider
    "POST /console/decisions": 400,  # there is no such kind
    "/provider/v1/decisions/{decision_id}": 409,
    "/console/decisions/{decision_id}/undo": 409,
    **dict.fromkeys((*GOALIE, *FORMS), 409),  # the delivery is not held
    "PUT": 204,
    "DELETE": 204,
}
ROLES = {
    Who.PROVIDER: (AccessRole.PROVIDER,),
    Who.OPERATOR: (AccessRole.OPERATOR,),
    Who.STAFF: (AccessRole.PROVIDER, AccessRole.OPERATOR),
}
OWNED = ("{delivery_id}", "{upload_id}", "{provider_id}", "{album_id}")
"""Words in paths that stand for something of one provider, which for another is not there."""
STAR_PATH = "/listening/v1/stars/{track_id}"
"""Asked for only after the caller has starred the track, so that no test depends on another."""
OPERATIONS = list_operations()
ASKED = [(method, one) for one in OPERATIONS for method in one.methods]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), Web(open_player=True)) as one:
        yield one


def find_address(house: House, path: str) -> str:
    return EXAMPLES.get(path, path).format(**house.ids)


def announce_upload(house: House) -> str:
    """Announce an upload of the owner's, and return its id: no test depends on another's."""
    answer = house.ask(OWNER, "POST", UPLOADS, **BODIES[f"POST {UPLOADS}"])
    return str(answer.headers["location"].rpartition("/")[2])


def find_expected(method: str, operation: Operation, caller: CallerKind) -> int:
    """Return the status a caller must get, by what the documentation says who may call."""
    exact = SUCCESSES.get(f"{method} {operation.path}")
    success = exact or SUCCESSES.get(operation.path) or SUCCESSES.get(method, 200)
    if operation.who in (Who.ANYONE, Who.HOLDER, Who.VISITOR):
        return success
    if caller is NOBODY:
        return 401
    if operation.who not in ROLES:
        return success
    if caller.role not in ROLES[operation.who]:
        return 403
    return 404 if caller is STRANGER and any(word in operation.path for word in OWNED) else success


def test_every_route_of_the_application_is_documented_and_every_documented_one_is_there(house: House) -> None:
    pages = [route for route in house.application._pages.routes if isinstance(route, Route)]
    assert len(pages) == len(house.application._pages.routes), "a route of another kind: say here how it is documented"
    served = {(method, route.path) for route in pages for method in route.methods or ()}
    read = {route.path for route in ROUTES if not isinstance(route, FormRoute)}
    served |= {(method, path) for path in read for method in READING} | {("POST", TOKEN_PATH)}
    assert served == {(method, operation.path) for operation in OPERATIONS for method in operation.methods}


@pytest.mark.parametrize(("method", "operation"), ASKED, ids=[f"{method} {one.path}" for method, one in ASKED])
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller.name))
def test_a_route_answers_a_caller_as_documented(
    house: House, method: str, operation: Operation, caller: CallerKind
) -> None:
    address, by_secret = find_address(house, operation.path), operation.who is Who.SECRET
    if operation.path == STAR_PATH:
        house.ask(caller, "PUT", address)
    if operation.path == ONE_UPLOAD:
        address = f"{UPLOADS}/{announce_upload(house)}"
    body = BODIES.get(f"{method} {operation.path}") or BODIES.get(operation.path, {})
    answer = house.ask(caller, method, address, by_secret=by_secret, **body)
    assert answer.status_code == find_expected(method, operation, caller), answer.text[:200]


@pytest.mark.parametrize("caller", [caller for caller in CALLERS if caller.is_known], ids=lambda caller: caller.name)
@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_opens_what_a_token_opens(house: House, caller: CallerKind, header: str) -> None:
    key = house.key[caller.name]
    sent = {header: f"Bearer {key}" if header == "Authorization" else key}
    for operation in OPERATIONS:
        if operation.methods == READING:
            address = find_address(house, operation.path)
            by_token, by_key = house.ask(caller, "GET", address), house.ask_with(sent, "GET", address)
            assert by_key.status_code == by_token.status_code, f"{operation.path}: {by_key.text[:200]}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.methods[0]} {operation.path}")
def test_what_holds_no_more_opens_nothing(house: House, operation: Operation) -> None:
    if operation.who in (Who.ANYONE, Who.HOLDER, Who.VISITOR):
        return
    address, body = find_address(house, operation.path), BODIES.get(operation.path, {})
    for method in operation.methods:
        for fault, authorization in house.refused.items():
            sent = BODIES.get(f"{method} {operation.path}", body)
            answer = house.ask_with({"authorization": authorization}, method, address, **sent)
            assert answer.status_code == 401, f"{method} by {fault}: {answer.text[:200]}"


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller.name))
def test_a_method_that_is_not_documented_does_nothing(house: House, path: str, caller: CallerKind) -> None:
    documented = {method for operation in OPERATIONS if operation.path == path for method in operation.methods}
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - documented:
        answer = house.ask(caller, method, find_address(house, path))
        assert answer.status_code in (404, 405), f"{method}: {answer.text[:200]}"


@pytest.mark.parametrize(
    "path", ["/v2", "/v1/", "/v1/users", "/stream/", "/admin", "/ops", "/console/../ops", "/player/../routes.py"]
)
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller.name))
def test_what_is_not_documented_is_not_there(house: House, path: str, caller: CallerKind) -> None:
    assert house.ask(caller, "GET", path).status_code == 404


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.path))
@pytest.mark.parametrize("nonsense", ["%00", "%F0%28%8C", "..%2f..%2fetc", "'\"<>", "9" * 300])
def test_nonsense_is_refused_and_never_an_error_of_ours(house: House, operation: Operation, nonsense: str) -> None:
    path = re.sub(r"\{\w+\}", nonsense, operation.path)
    query = "?" + "&".join(f"{name}={nonsense}" for name in ("market", "limit", "before", "ids", "q", "type", "at"))
    for caller in (NOBODY, LISTENER):
        answer = house.ask(caller, operation.methods[0], path + query, content=nonsense.encode())
        assert answer.status_code < 500, answer.text[:200]


def test_a_closed_player_gives_visitors_no_token(tmp_path: Path) -> None:
    with open_house(tmp_path, Web()) as closed:
        assert closed.ask(NOBODY, "POST", "/player/session").status_code == 403
