"""The applications the server tests run: the same node behind either shell, with its token endpoint on ASGI."""

import os
import sys
from pathlib import Path
from typing import Any

from antiphon.access import AccessRole, Client, Tier, hash_client_secret
from antiphon.blobs import FolderBlobs
from antiphon.cli.clock import read_clock, read_seconds
from antiphon.replica import Replica
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.asgi import ReadApp
from antiphon.surfaces.reads.rsgi import ReadServer
from antiphon.surfaces.tokens import TokenApp, TokenEndpoint
from tests.surfaces.reads.catalogue_fixture import KEYS

CLIENT_ID = "c1" * 16
CLIENT_SECRET = "Zq8T1rVw5yB3nM7kL0pX4sD6fG9hJ2uE-AaQ"
CLIENT = Client(
    client_id=CLIENT_ID,
    name="The tests",
    secret_hash=hash_client_secret(CLIENT_SECRET),
    tier=Tier.PREMIUM,
    roles=(AccessRole.PROVIDER,),
)


def make_read_path() -> ReadPath:
    """Return a read path over the node whose folder the environment names. Absolute links follow the Host header."""
    root = Path(os.environ["NODE_ROOT"])
    return ReadPath(Replica(root / "node"), FolderBlobs(root / "blobs"), KEYS, ReadSettings(), report=report)


def report(error: Exception, operation: str) -> None:
    """Write an error of ours where the test that reads the server's output finds it."""
    print(f"FAULT in {operation}: {error!r}", file=sys.stderr, flush=True)


def observe(operation: str, status: int, size_bytes: int, _elapsed_s: float, /) -> None:
    """Write a line of an access log."""
    print(f"OBSERVED {operation} {status} {size_bytes}", file=sys.stderr, flush=True)


def make_server() -> ReadServer:
    """Return the node on RSGI."""
    return ReadServer(make_read_path(), clock=read_seconds, observe=observe)


def make_app() -> Any:
    """Return the node on ASGI, and tokens at /api/token."""
    reads = ReadApp(make_read_path(), clock=read_seconds, observe=observe)
    tokens = TokenApp(TokenEndpoint(keys=KEYS, find_client={CLIENT_ID: CLIENT}.get), clock=read_clock)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (tokens if scope["path"] == "/api/token" else reads)(scope, receive, send)

    return app
