"""The applications the server tests run: the same node behind either shell."""

import os
import sys
from pathlib import Path

from antiphon.blobs import FolderBlobs
from antiphon.cli.clock import read_seconds
from antiphon.cli.webserver import end_waiting_on_stop
from antiphon.replica import Replica
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.asgi import ReadApp
from antiphon.surfaces.reads.rsgi import ReadServer
from tests.surfaces.reads.catalogue_fixture import KEYS


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
    server = ReadServer(make_read_path(), clock=read_seconds, observe=observe)
    end_waiting_on_stop(server.end_waiting)
    return server


def make_app() -> ReadApp:
    """Return the node on ASGI."""
    app = ReadApp(make_read_path(), clock=read_seconds, observe=observe)
    end_waiting_on_stop(app.end_waiting)
    return app
