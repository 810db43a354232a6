"""API keys open the catalogue without a token, on a node that has nothing but its files, until they are revoked."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from antiphon.access import Client, Tier, make_api_key
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.routes import FormRoute
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import API_KEY, CLIENT, DISABLED, NOW, a_client, a_token, an_id
from tests.surfaces.reads.client_node import TRACK_PATH, run_node

TRACK = an_id("Harbour Lights 1")
FOR_PREMIUM = f"/v1/tracks/{an_id('Harbour Lights 4')}?market=SE"


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    "key",
    [
        API_KEY[:-1] + ("A" if API_KEY[-1] != "A" else "B"),
        API_KEY[:-1],
        API_KEY + "x",
        API_KEY.upper(),
        API_KEY.replace(CLIENT.client_id, DISABLED.client_id),
        API_KEY.replace(CLIENT.client_id, "0" * 32),
        API_KEY.removeprefix("antk_"),
        "antk_",
        CLIENT.keys[0].key_hash,
        f"antk_{CLIENT.client_id}_{'é' * 43}",
    ],
    ids=["other", "short", "long", "upper", "disabled", "nobody's", "bare", "start", "hash", "accents"],
)
@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_what_is_no_key_that_holds_is_refused_and_not_repeated(read_path: ReadPath, key: str, header: str) -> None:
    got = ask(read_path, "/v1/markets", tier=None, headers={header: f"Bearer {key}" if header != "x-api-key" else key})
    assert got.status == 401
    assert 'error="invalid_token"' in got.headers["www-authenticate"]
    assert key not in got.body.decode() or len(key) < 6


@pytest.mark.parametrize("route", [route for route in ROUTES if not isinstance(route, FormRoute)])
def test_no_route_serves_what_nodes_know_of_clients(read_path: ReadPath, route: object) -> None:
    path = route.path  # type: ignore[attr-defined]  # every route has one
    for argument in (CLIENT.client_id, f"{TRACK},{CLIENT.client_id}"):
        for query in ("market=SE", f"ids={argument}", f"q={argument}&type=track", f"q={CLIENT.name}&type=track"):
            asked = f"{path.replace('{id}', argument).replace('{blob}', argument).replace('{token}', argument)}?{query}"
            assert CLIENT.secret_hash.encode() not in ask(read_path, asked).body


@pytest.mark.parametrize("headers", [bearer(API_KEY), {"x-api-key": API_KEY}], ids=["bearer", "header"])
def test_a_key_says_who_calls_with_which_tier(read_path: ReadPath, headers: dict[str, str]) -> None:
    assert ask(read_path, f"/v1/tracks/{TRACK}?market=SE", tier=None, headers=headers).status == 200
    assert ask(read_path, FOR_PREMIUM, tier=None, headers=headers).content["is_playable"] is False
    assert ask(read_path, FOR_PREMIUM, tier=Tier.PREMIUM).content["is_playable"] is True


def test_a_key_that_is_revoked_is_refused_with_the_version_that_says_so(tmp_path: Path) -> None:
    second, text = make_api_key(CLIENT, "in the car", NOW)
    with run_node(tmp_path) as node:
        node.publish(msgspec.structs.replace(CLIENT, keys=(*CLIENT.keys, second)))
        for key in (API_KEY, text):
            assert ask(node.read_path, TRACK_PATH, tier=None, headers=bearer(key)).status == 200
        node.publish(msgspec.structs.replace(CLIENT, keys=(second,)))
        for _ in range(2):
            assert ask(node.read_path, TRACK_PATH, tier=None, headers=bearer(API_KEY)).status == 401
        assert ask(node.read_path, TRACK_PATH, tier=None, headers=bearer(text)).status == 200
        node.publish(msgspec.structs.replace(CLIENT, keys=(second,), is_disabled=True))
        assert ask(node.read_path, TRACK_PATH, tier=None, headers=bearer(text)).status == 401


def test_who_the_overlay_refuses_is_refused_with_no_new_version(tmp_path: Path) -> None:
    second, text = make_api_key(CLIENT, "in the car", NOW)
    with run_node(tmp_path) as node:

        def find_statuses() -> list[int]:
            asked = (bearer(API_KEY), bearer(text), bearer(a_token()))
            return [ask(node.read_path, TRACK_PATH, tier=None, headers=headers).status for headers in asked]

        node.publish(msgspec.structs.replace(CLIENT, keys=(*CLIENT.keys, second)))
        assert find_statuses() == [200, 200, 200]
        node.refuse(second.key_hash)
        assert find_statuses() == [200, 401, 200]
        node.refuse(CLIENT.client_id)
        assert find_statuses() == [401, 401, 200]
        node.refuse(a_client().client_id)
        assert find_statuses() == [200, 200, 401], "also of a client the node has no document of"


def test_a_client_s_new_tier_holds_for_its_keys_within_a_minute(tmp_path: Path) -> None:
    def find_tier(client: Client, after_s: int) -> Tier:
        node.publish(client)
        callers = node.read_path._callers
        return callers.identify(f"Bearer {API_KEY}", (NOW + timedelta(seconds=after_s)).timestamp()).tier

    with run_node(tmp_path) as node:
        assert find_tier(CLIENT, 0) is Tier.FREE
        assert find_tier(msgspec.structs.replace(CLIENT, tier=Tier.PREMIUM), 60) is Tier.PREMIUM


def test_a_client_has_one_rate_over_its_keys_and_tokens(tmp_path: Path) -> None:
    second, text = make_api_key(CLIENT, "in the car", NOW)
    with run_node(tmp_path, ReadSettings(rate_per_s=0.1)) as node:
        node.publish(msgspec.structs.replace(CLIENT, keys=(*CLIENT.keys, second)))
        assert ask(node.read_path, TRACK_PATH, tier=None, headers=bearer(API_KEY)).status == 200
        for headers in (bearer(API_KEY), bearer(text), {"x-api-key": text}):
            refused = ask(node.read_path, TRACK_PATH, tier=None, headers=headers)
            assert (refused.status, refused.headers["retry-after"]) == (429, "11")
