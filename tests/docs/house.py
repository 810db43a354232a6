"""The whole application in one process: a real installation on disk, one release delivered, live and followed."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from antiphon.access import (
    AccessRole,
    SigningKeys,
    issue_access_token,
    load_signing_keys,
    make_api_key,
    make_client,
    make_signing_key,
)
from antiphon.blobs import FolderBlobs
from antiphon.cli.application import build_application
from antiphon.cli.installation import Installation as Parts
from antiphon.cli.installation import open_installation
from antiphon.intake.queue import open_queue
from antiphon.publication.publisher import Publisher
from antiphon.record import writing
from antiphon.record.clients import add_api_key, add_client, revoke_api_key, set_disabled
from antiphon.record.providers import Provider, add_provider
from antiphon.replica import Follower
from antiphon.settings import Web
from antiphon.surfaces.application import Application
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import DPID, PROVIDER, Installation, now

BASE_URL = "http://music.example"


class CallerKind(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who calls: what their client may do, and whom it speaks for. ``is_known`` False: no client at all."""

    name: str
    role: AccessRole | None = None
    provider: str = ""
    is_known: bool = True


NOBODY = CallerKind(name="nobody", is_known=False)
LISTENER = CallerKind(name="listener")
OWNER = CallerKind(name="owner", role=AccessRole.PROVIDER, provider=PROVIDER)
STRANGER = CallerKind(name="stranger", role=AccessRole.PROVIDER, provider="another")
OPERATOR = CallerKind(name="operator", role=AccessRole.OPERATOR)
CALLERS = (NOBODY, LISTENER, OWNER, STRANGER, OPERATOR)


class House(msgspec.Struct, frozen=True, kw_only=True):
    """The application, the credentials of each caller, and what can be asked for, by the word in a path's braces.

    ``refused`` are Authorization headers that once held, or look as if they did, by what is wrong with them.
    """

    application: Application
    bearer: dict[str, str]
    basic: dict[str, str]
    key: dict[str, str]
    refused: dict[str, str]
    ids: dict[str, str]

    def ask(
        self, caller: CallerKind, method: str, path: str, *, by_secret: bool = False, **options: Any
    ) -> httpx.Response:
        """Return what a caller is answered."""
        credentials = (self.basic if by_secret else self.bearer).get(caller.name)
        return self.ask_with({"authorization": credentials} if credentials else {}, method, path, **options)

    def ask_with(self, credentials: dict[str, str], method: str, path: str, **options: Any) -> httpx.Response:
        """Return what whoever sends these headers is answered."""
        headers = options.pop("headers", {}) | credentials

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send())


@contextmanager
def open_house(root: Path, web: Web) -> Iterator[House]:
    """Make an installation, let one release come in, and give the application that serves it.

    The environment has a signing key while the block runs.
    """
    key = make_signing_key()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ANTIPHON_SIGNING_KEY", key)
        parts = open_installation(root / "data", create=True)
        with writing(parts.engine) as conn:
            for provider, dpids in ((PROVIDER, (DPID,)), (STRANGER.provider, ())):
                add_provider(conn, Provider(id=provider, name=provider.title(), dpids=dpids), now())
        delivery_id = deliver_one(parts, root)
        keys = load_signing_keys(key)
        known = {caller.name: add_caller(parts, caller, keys) for caller in CALLERS if caller.is_known}
        refused = add_refused(parts, keys)
        serve_it(parts)
        house = House(
            application=build_application(parts.places, web),
            bearer={name: said[0] for name, said in known.items()},
            basic={name: said[1] for name, said in known.items()},
            key={name: said[2] for name, said in known.items()},
            refused=refused,
            ids={},
        )
        house.ids.update(find_ids(house), delivery_id=delivery_id, provider_id=PROVIDER)
        house.ids.update(upload_id="none", waiver_id="none", decision_id="none", album_id=house.ids["album"])
        yield house
        parts.engine.dispose()


def deliver_one(parts: Parts, root: Path) -> str:
    """Let one release come in, up to its commit; return the delivery's id."""
    assert isinstance(parts.blobs, FolderBlobs)
    queue = open_queue(parts.engine)
    site = Installation(root=root, engine=parts.engine, blobs=parts.blobs, queue=queue)
    (delivery_id,) = site.deliver(write_delivery(root / "outbox", a_small_statement()))
    queue.close()
    return delivery_id


def serve_it(parts: Parts) -> None:
    """Publish what is committed, and bring the node's files to it."""
    publisher = Publisher(parts.engine, parts.blobs)
    publisher.recover(now())
    while publisher.publish(now()) is not None:
        pass
    follower = Follower(parts.blobs, parts.places.node)
    follower.poll(now())
    follower.close()  # the application opens the node's files itself, which a process may do once


def add_caller(parts: Parts, caller: CallerKind, keys: SigningKeys) -> tuple[str, str, str]:
    """Add the client of a caller; return what it may say of itself: by a token, by its secret, and by an API key."""
    roles = (caller.role,) if caller.role else ()
    client, secret = make_client(caller.name, roles=roles, provider=caller.provider)
    with writing(parts.engine) as conn:
        add_client(conn, client, now())
        api_key, text = make_api_key(client, "the house", now())
        add_api_key(conn, client.client_id, api_key, now())
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    return f"Bearer {issue_access_token(keys, client, now())}", f"Basic {basic}", text


def add_refused(parts: Parts, keys: SigningKeys) -> dict[str, str]:
    """Add operators who may call no more, or by nothing they have; return what they say, by what is wrong with it."""
    out, _ = make_client("an operator who is out", roles=(AccessRole.OPERATOR,))
    kept, _ = make_client("an operator who lost a key", roles=(AccessRole.OPERATOR,))
    texts = []
    with writing(parts.engine) as conn:
        for client in (out, kept):
            add_client(conn, client, now())
            api_key, text = make_api_key(client, "the house", now())
            add_api_key(conn, client.client_id, api_key, now())
            texts.append(text)
        set_disabled(conn, out.client_id, now(), is_disabled=True)
        revoke_api_key(conn, kept.client_id, "the house", now())
    stranger = SigningKeys(current=make_signing_key().encode())
    tokens = {
        "a token of who is disabled": issue_access_token(keys, out, now()),
        "a key of who is disabled": texts[0],
        "a key that was revoked": texts[1],
        "a token that has ended": issue_access_token(keys, kept, now() - timedelta(hours=2)),
        "a token another key signed": issue_access_token(stranger, kept, now()),
        "a token that was cut": issue_access_token(keys, kept, now())[:-1],
    }
    return {fault: f"Bearer {token}" for fault, token in tokens.items()}


def find_ids(house: House) -> dict[str, str]:
    """Return the ids of what is served, by the words that stand for them in paths, and the address of its audio."""
    album = house.ask(LISTENER, "GET", "/v1/browse/new-releases").json()["albums"]["items"][0]
    track = house.ask(LISTENER, "GET", f"/v1/albums/{album['id']}/tracks").json()["items"][0]
    grant = house.ask(LISTENER, "GET", f"/v1/tracks/{track['id']}/stream?market=DE").json()
    return {
        "album": album["id"],
        "artist": album["artists"][0]["id"],
        "track": track["id"],
        "track_id": track["id"],
        "token": grant["url"].rpartition("/")[2],
        "blob": album["images"][0]["url"].rpartition("/")[2],
    }
