"""The token endpoint answers as OAuth says, from the node's files alone, and gives nothing to whoever is no client."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from antiphon.access import Tier, verify_access_token
from antiphon.replica import Replica
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request, forms
from antiphon.surfaces.reads.forms import MAX_FORM_BYTES, TOKEN_PATH, take_form
from tests.surfaces.reads.asking import Got, ask, read_response
from tests.surfaces.reads.catalogue_fixture import CLIENT, CLIENT_SECRET, DISABLED, KEYS, NOW, a_token
from tests.surfaces.reads.client_node import TRACK_PATH, run_node

GRANT = {"grant_type": "client_credentials"}
IN_FORM = GRANT | {"client_id": CLIENT.client_id, "client_secret": CLIENT_SECRET}
FORM_TYPE = "application/x-www-form-urlencoded"


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


RIGHT = basic(CLIENT.client_id, CLIENT_SECRET)


def _unborn(root: Path) -> Replica:
    """Return a node before its follower's first poll."""
    return Replica(root / "unborn")


def ask_token(
    read_path: ReadPath,
    form: dict[str, str] | bytes | None,
    authorization: str | None = None,
    *,
    method: str = "POST",
    content_type: str = FORM_TYPE,
    peer: str = "192.0.2.1:40000",
    after_s: int = 0,
) -> Got:
    """Return what the endpoint answers."""
    headers = {"content-type": content_type} | ({"authorization": authorization} if authorization else {})
    body = urlencode(form).encode() if isinstance(form, dict) else form
    request = Request(method=method, path=TOKEN_PATH, query_string="", headers=headers, form=body, peer=peer)
    return read_response(read_path, read_path.answer(request, (NOW + timedelta(seconds=after_s)).timestamp()))


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        (GRANT, None),
        (GRANT, "Basic"),
        (GRANT, "Basic !!!"),
        (GRANT, "Basic " + base64.b64encode(b"no colon").decode()),
        (GRANT, "Basic " + base64.b64encode(b"\xff:\xfe").decode()),
        (GRANT, "Bearer " + CLIENT_SECRET),
        (GRANT, basic(CLIENT.client_id, "wrong")),
        (GRANT, basic("f" * 32, CLIENT_SECRET)),
        (GRANT, basic("", "")),
        (GRANT, basic("\udcff".encode(errors="surrogatepass").decode("latin-1"), "\x00")),
        (GRANT, basic(DISABLED.client_id, CLIENT_SECRET)),
        (IN_FORM, RIGHT),
        (IN_FORM | {"client_secret": CLIENT.secret_hash}, None),
        (GRANT | {"client_id": CLIENT.client_id}, None),
    ],
    ids=[
        "nothing",
        "no credentials",
        "not base 64",
        "no colon",
        "not UTF-8",
        "another scheme",
        "wrong secret",
        "unknown id",
        "empty",
        "no id at all",
        "disabled",
        "twice",
        "the hash",
        "no secret",
    ],
)
def test_whoever_is_no_client_gets_no_token(
    read_path: ReadPath, form: dict[str, str], authorization: str | None
) -> None:
    got = ask_token(read_path, form, authorization)
    assert (got.status, got.content["error"]) == (401, "invalid_client")
    assert got.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("form", "content_type", "code"),
    [
        (b"", FORM_TYPE, "invalid_request"),
        (b"grant_type=password", FORM_TYPE, "unsupported_grant_type"),
        (b"grant_type=client_credentials&grant_type=x", FORM_TYPE, "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(11)), FORM_TYPE, "invalid_request"),
        (b"grant_type=%ff", FORM_TYPE, "invalid_request"),
        (b"\xff", FORM_TYPE, "invalid_request"),
        (b'{"grant_type":"client_credentials"}', "application/json", "invalid_request"),
        (b"grant_type=client_credentials", "", "invalid_request"),
    ],
)
def test_a_request_of_another_form_is_refused(read_path: ReadPath, form: bytes, content_type: str, code: str) -> None:
    got = ask_token(read_path, form, RIGHT, content_type=content_type)
    assert (got.status, got.content["error"]) == (400, code)


def test_a_form_that_is_too_long_or_too_slow_is_refused(read_path: ReadPath) -> None:
    assert ask_token(read_path, b"a" * (MAX_FORM_BYTES + 1)).status == 413
    assert ask_token(read_path, None).status == 408


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_gets_a_token(read_path: ReadPath, method: str) -> None:
    got = ask_token(read_path, IN_FORM, method=method)
    assert (got.status, got.headers["allow"]) == (405, "POST, OPTIONS")


def test_wrong_secrets_are_slowed_down_where_they_come_from(read_path: ReadPath) -> None:
    wrong = basic(CLIENT.client_id, "wrong")
    answers = [ask_token(read_path, GRANT, wrong) for _ in range(12)]
    assert [got.status for got in answers] == [401] * 10 + [429] * 2
    assert (answers[-1].content["error"], answers[-1].headers["retry-after"]) == ("slow_down", "2")
    assert ask_token(read_path, GRANT, RIGHT).status == 429, "a guesser learns nothing in between"
    assert ask_token(read_path, GRANT, RIGHT, peer="192.0.2.2:40000").status == 200, "nobody is kept out from elsewhere"
    assert ask_token(read_path, GRANT, RIGHT, after_s=2).status == 200


def test_tokens_count_against_the_rate_of_their_client(tmp_path: Path) -> None:
    with run_node(tmp_path, ReadSettings(rate_per_s=0.1)) as node:
        node.publish(CLIENT)
        granted = ask_token(node.read_path, GRANT, RIGHT)
        assert granted.status == 200
        refused = ask_token(node.read_path, GRANT, RIGHT)
        assert (refused.status, refused.headers["retry-after"]) == (429, "11")
        headers = {"authorization": f"Bearer {granted.content['access_token']}"}
        assert ask(node.read_path, TRACK_PATH, headers=headers).status == 429


def test_a_node_that_has_followed_nothing_yet_asks_for_patience(tmp_path: Path) -> None:
    with run_node(tmp_path) as node:
        assert ask_token(node.read_path, GRANT, RIGHT).status == 401
    later = ReadPath(_unborn(tmp_path), node.read_path.blobs, KEYS, ReadSettings())
    got = ask_token(later, GRANT, RIGHT)
    assert (got.status, got.content["error"], got.headers["retry-after"]) == (503, "temporarily_unavailable", "5")


@pytest.mark.parametrize(("form", "authorization"), [(IN_FORM, None), (GRANT, RIGHT), (GRANT | {"scope": "x"}, RIGHT)])
def test_a_client_gets_a_token_that_says_who_it_is(
    read_path: ReadPath, form: dict[str, str], authorization: str | None
) -> None:
    got = ask_token(read_path, form, authorization)
    assert got.status == 200
    assert (got.content["token_type"], got.content["expires_in"]) == ("Bearer", 3600)
    assert got.headers["cache-control"] == "no-store"
    caller = verify_access_token(KEYS, got.content["access_token"], NOW)
    assert (caller.client_id, caller.tier, caller.roles) == (CLIENT.client_id, Tier.FREE, CLIENT.roles)


def test_a_page_may_ask_for_a_token(read_path: ReadPath) -> None:
    got = ask_token(read_path, b"", method="OPTIONS")
    assert (got.status, got.headers["access-control-allow-origin"]) == (204, "*")


def test_a_change_of_a_client_holds_with_the_version_that_brings_it(tmp_path: Path) -> None:
    with run_node(tmp_path) as node:
        node.publish()
        assert ask_token(node.read_path, GRANT, RIGHT).status == 401
        node.publish(CLIENT)
        token = ask_token(node.read_path, GRANT, RIGHT).content["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        assert ask(node.read_path, TRACK_PATH, headers=headers).status == 200
        node.publish(msgspec.structs.replace(CLIENT, is_disabled=True))
        assert ask_token(node.read_path, GRANT, RIGHT).status == 401
        assert ask(node.read_path, TRACK_PATH, headers=headers).status == 401, "nor is the token good any more"
        node.publish(msgspec.structs.replace(CLIENT, secret_hash="0" * 64))
        assert ask_token(node.read_path, GRANT, RIGHT).status == 401
        assert ask(node.read_path, TRACK_PATH, headers=headers).status == 200


def test_a_token_of_a_client_the_node_does_not_know_yet_is_good(read_path: ReadPath) -> None:
    assert ask(read_path, "/v1/markets", headers={"authorization": f"Bearer {a_token()}"}).status == 200


def test_a_slow_form_ends_and_a_long_one_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(method="POST", path=TOKEN_PATH, query_string="", headers={})

    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b"a" * 1000

    async def stall() -> AsyncIterator[bytes]:
        yield b"grant"
        await asyncio.Event().wait()

    cut = asyncio.run(take_form(request, "peer", flood()))
    assert cut.form is not None
    assert MAX_FORM_BYTES < len(cut.form) <= MAX_FORM_BYTES + 1000
    monkeypatch.setattr(forms, "FORM_WITHIN_S", 0)
    assert asyncio.run(take_form(request, "peer", stall())).form is None
    elsewhere = msgspec.structs.replace(request, path="/v1/markets")
    assert asyncio.run(take_form(elsewhere, "peer", stall())).form == b""
