"""Clients and their keys as they are typed, from the record to a node that knows them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.access import KEY_PREFIX, SigningKeys
from antiphon.cli.clock import read_clock
from antiphon.model.errors import Refused
from antiphon.publication.publisher import Publisher
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from antiphon.surfaces.reads.forms import TOKEN_PATH
from tests.cli.typed import run, say
from tests.intake.installation import Installation, installed

KEYS = SigningKeys(current=b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation where commands find it."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        yield installation


class Beside:
    """A node beside an installation, brought up to date before each question."""

    def __init__(self, site: Installation, root: Path) -> None:
        self._publisher = Publisher(site.engine, site.blobs)
        self._publisher.recover(read_clock())
        self._follower = Follower(site.blobs, root, map_size_bytes=16 << 20)
        self._read_path = ReadPath(self._follower.replica, site.blobs, KEYS, ReadSettings())

    def ask(self, path: str, **headers: str) -> int:
        """Return the status of a look-up."""
        return self._answer(Request(method="GET", path=path, query_string="", headers={"host": "node", **headers}))

    def ask_token(self, client_id: str, secret: str) -> int:
        """Return the status of a request for a token."""
        form = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}".encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._answer(Request(method="POST", path=TOKEN_PATH, query_string="", headers=headers, form=form))

    def close(self) -> None:
        """Let go of the node's files."""
        self._follower.close()

    def _answer(self, request: Request) -> int:
        while self._publisher.publish(read_clock()) is not None:
            pass
        self._follower.poll(read_clock())
        return self._read_path.answer(request, read_clock().timestamp()).status


@pytest.fixture
def node(site: Installation, tmp_path: Path) -> Iterator[Beside]:
    """Return a node that knows what was published."""
    beside = Beside(site, tmp_path / "a node")
    yield beside
    beside.close()


def test_what_is_not_there_is_refused_by_name(site: Installation) -> None:
    for words in (
        ("rotate", "nobody"),
        ("tier", "nobody"),
        ("disable", "nobody"),
        ("key", "add", "nobody", "a"),
        ("key", "list", "nobody"),
        ("key", "revoke", "nobody", "a"),
    ):
        with pytest.raises(Refused, match="nobody"):
            run(site, "client", *words)


def test_a_node_gives_a_client_tokens_until_it_is_disabled(site: Installation, node: Beside) -> None:
    words = say(site, "client", "add", "job").split()
    client_id, secret = words[1], words[3]
    assert node.ask_token(client_id, secret) == 200
    rotated = say(site, "client", "rotate", client_id).split()[3]
    assert (node.ask_token(client_id, secret), node.ask_token(client_id, rotated)) == (401, 200)
    say(site, "client", "disable", client_id)
    assert node.ask_token(client_id, rotated) == 401
    say(site, "client", "enable", client_id)
    assert node.ask_token(client_id, rotated) == 200


def test_a_key_is_shown_once_and_holds_until_it_is_revoked(site: Installation, node: Beside) -> None:
    client_id = say(site, "client", "add", "wall", "--tier", "free").split()[1]
    keys = {name: say(site, "client", "key", "add", client_id, name).split()[1] for name in ("hall", "car")}
    assert all(key.startswith(KEY_PREFIX) for key in keys.values())
    assert "2 API keys" in say(site, "client", "list")
    for key in keys.values():
        assert node.ask("/v1/markets", authorization=f"Bearer {key}") == 200
    say(site, "client", "key", "revoke", client_id, "car")
    assert node.ask("/v1/markets", **{"x-api-key": keys["car"]}) == 401
    assert node.ask("/v1/markets", **{"x-api-key": keys["hall"]}) == 200
    listed = say(site, "client", "key", "list", client_id)
    assert [line.split()[0] for line in listed.splitlines()] == ["car", "hall"]
    assert "revoked" in listed.splitlines()[0]
    assert not any(key in listed + say(site, "audit") for key in keys.values())
    assert [line.split()[2:5] for line in say(site, "audit").splitlines()[:1]] == [["revoke", "API", "key"]]


def test_a_tier_is_changed_by_name(site: Installation) -> None:
    client_id = say(site, "client", "add", "wall").split()[1]
    assert say(site, "client", "tier", client_id, "--tier", "free").split() == ["free", client_id]
