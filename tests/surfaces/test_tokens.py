"""The token endpoint answers as OAuth says, and gives nothing to whoever is not a client."""

import base64
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec
import pytest

from antiphon.access import SigningKeys, Tier, make_client, verify_access_token
from antiphon.surfaces.tokens import TokenEndpoint

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = SigningKeys(current=b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4")
CLIENT, SECRET = make_client("A player", tier=Tier.FREE)
DISABLED = msgspec.structs.replace(CLIENT, client_id="d" * 32, is_disabled=True)
ENDPOINT = TokenEndpoint(keys=KEYS, find_client={client.client_id: client for client in (CLIENT, DISABLED)}.get)

GRANT = {"grant_type": "client_credentials"}
IN_FORM = GRANT | {"client_id": CLIENT.client_id, "client_secret": SECRET}


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def ask(
    form: dict[str, str] | bytes,
    authorization: str | None = None,
    *,
    method: str = "POST",
    content_type: str = "application/x-www-form-urlencoded",
) -> tuple[int, dict[str, str], dict[str, object]]:
    """Return status, headers and content of the endpoint's answer."""
    headers = {"content-type": content_type} | ({"authorization": authorization} if authorization else {})
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    response = ENDPOINT.answer(method, headers, body, NOW)
    assert isinstance(response.body, bytes)
    content = msgspec.json.decode(response.body) if response.body else {}
    return response.status, dict(response.headers), content


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        (GRANT, None),
        (GRANT, "Basic"),
        (GRANT, "Basic !!!"),
        (GRANT, "Basic " + base64.b64encode(b"no colon").decode()),
        (GRANT, "Basic " + base64.b64encode(b"\xff:\xfe").decode()),
        (GRANT, "Bearer " + SECRET),
        (GRANT, basic(CLIENT.client_id, "wrong")),
        (GRANT, basic("f" * 32, SECRET)),
        (GRANT, basic("", "")),
        (GRANT, basic(DISABLED.client_id, SECRET)),
        (IN_FORM, basic(CLIENT.client_id, SECRET)),
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
        "disabled",
        "twice",
        "the hash",
        "no secret",
    ],
)
def test_whoever_is_no_client_gets_no_token(form: dict[str, str], authorization: str | None) -> None:
    status, headers, content = ask(form, authorization)
    assert (status, content["error"]) == (401, "invalid_client")
    assert headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("form", "content_type", "code"),
    [
        (b"", "application/x-www-form-urlencoded", "unsupported_grant_type"),
        (b"grant_type=password", "application/x-www-form-urlencoded", "unsupported_grant_type"),
        (b"grant_type=client_credentials&grant_type=x", "application/x-www-form-urlencoded", "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(11)), "application/x-www-form-urlencoded", "invalid_request"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded", "invalid_request"),
        (b"\xff", "application/x-www-form-urlencoded", "invalid_request"),
        (b'{"grant_type":"client_credentials"}', "application/json", "invalid_request"),
        (b"grant_type=client_credentials", "", "invalid_request"),
    ],
)
def test_a_request_of_another_form_is_refused(form: bytes, content_type: str, code: str) -> None:
    status, _, content = ask(form, basic(CLIENT.client_id, SECRET), content_type=content_type)
    assert (status, content["error"]) == (400, code)


def test_an_endless_form_is_refused() -> None:
    assert ask(b"a" * 4097)[0] == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_gets_a_token(method: str) -> None:
    status, headers, _ = ask(IN_FORM, method=method)
    assert (status, headers["allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("form", "authorization"),
    [
        (IN_FORM, None),
        (GRANT, basic(CLIENT.client_id, SECRET)),
        (GRANT | {"scope": "x"}, basic(CLIENT.client_id, SECRET)),
    ],
)
def test_a_client_gets_a_token_that_says_who_it_is(form: dict[str, str], authorization: str | None) -> None:
    status, headers, content = ask(form, authorization)
    assert status == 200
    assert (content["token_type"], content["expires_in"]) == ("Bearer", 3600)
    assert headers["cache-control"] == "no-store"
    caller = verify_access_token(KEYS, str(content["access_token"]), NOW)
    assert (caller.client_id, caller.tier) == (CLIENT.client_id, Tier.FREE)


def test_a_page_may_ask_for_a_token() -> None:
    status, headers, _ = ask(b"", method="OPTIONS")
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
