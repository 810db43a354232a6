"""The provider API in one process: an installation, the application on it, and who calls."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from antiphon.access import load_signing_keys, make_signing_key
from antiphon.blobs import FolderBlobs
from antiphon.cli.application import build_application
from antiphon.cli.installation import open_installation
from antiphon.intake.queue import open_queue
from antiphon.record import writing
from antiphon.record.providers import Provider, add_provider
from antiphon.settings import Web
from tests.docs.house import CALLERS, OWNER, STRANGER, CallerKind, House, add_caller
from tests.intake.installation import DPID, PROVIDER, Installation, now

DELIVERIES = "/provider/v1/deliveries"
UPLOADS = "/provider/v1/uploads"
PROTOCOL = {"tus-resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


class Dockside(msgspec.Struct, frozen=True, kw_only=True):
    """The house that answers, and the installation behind it, with a worker to start."""

    house: House
    site: Installation
    data: Path

    def ask(self, method: str, path: str, caller: CallerKind = OWNER, **options: Any) -> httpx.Response:
        """Return what a caller is answered; the owner, unless another is named."""
        return self.house.ask(caller, method, path, **options)

    def announce(self, path: str, size_bytes: int, **metadata: str) -> str:
        """Announce a file and return its address."""
        answer = self.ask("POST", UPLOADS, headers=announcement(path, size_bytes, **metadata))
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    def send(
        self, address: str, data: bytes, offset: int = 0, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a piece of a file."""
        said = PROTOCOL | {"upload-offset": str(offset), "content-type": PIECE} | (headers or {})
        return self.ask("PATCH", address, content=data, headers=said)

    def upload(self, path: str, data: bytes) -> str:
        """Send a file whole and return its upload's id."""
        address = self.announce(path, len(data))
        assert self.send(address, data).status_code == 204
        return address.rpartition("/")[2]

    def measure(self, address: str) -> int:
        """Return how far an upload is."""
        return int(self.ask("HEAD", address, headers=PROTOCOL).headers["upload-offset"])

    def complete(self, *upload_ids: str, **more: str) -> httpx.Response:
        """Complete some uploads."""
        return self.ask("POST", DELIVERIES, json={"uploads": list(upload_ids), **more})

    def call(self, method: str, path: str, headers: dict[str, str], *messages: dict[str, Any]) -> int:
        """Call the application with the messages a server would give it, such as the loss of a connection.

        Return the status of the answer; 0 where it gave none.
        """
        bearer = {"authorization": self.house.bearer[OWNER.name], "host": "music.example", **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in bearer.items()],
            "client": ("127.0.0.1", 1),
            "server": ("music.example", 80),
        }
        waiting, answers = list(messages), []

        async def receive() -> dict[str, Any]:
            return waiting.pop(0)

        async def send(message: Any) -> None:
            answers.append(message)

        asyncio.run(self.house.application(scope, receive, send))
        return next((int(answer["status"]) for answer in answers if "status" in answer), 0)


def announcement(path: str, size_bytes: int, **metadata: str) -> dict[str, str]:
    """Return the headers that announce a file."""
    pairs = {"path": path, **metadata}
    said = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
    return PROTOCOL | {"upload-length": str(size_bytes), "upload-metadata": said}


@contextmanager
def open_dockside(root: Path) -> Iterator[Dockside]:
    """Give the application on a new installation with two providers; the environment has a signing key meanwhile."""
    key = make_signing_key()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ANTIPHON_SIGNING_KEY", key)
        parts = open_installation(root / "data", create=True)
        with writing(parts.engine) as conn:
            for provider, dpids in ((PROVIDER, (DPID,)), (STRANGER.provider, ())):
                add_provider(conn, Provider(id=provider, name=provider.title(), dpids=dpids), now())
        house = House(
            application=build_application(parts.places, Web()), bearer={}, basic={}, key={}, refused={}, ids={}
        )
        for caller in CALLERS:
            if caller.is_known:
                said = add_caller(parts, caller, load_signing_keys(key))
                house.bearer[caller.name], house.basic[caller.name], house.key[caller.name] = said
        assert isinstance(parts.blobs, FolderBlobs)
        queue = open_queue(parts.engine)
        site = Installation(root=root, engine=parts.engine, blobs=parts.blobs, queue=queue)
        yield Dockside(house=house, site=site, data=parts.places.data)
        queue.close()
        parts.engine.dispose()
