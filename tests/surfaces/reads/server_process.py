"""A real Granian process on loopback, for as long as a test needs it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[3]

CONNECT_RETRIES = 7
"""Tries, each after a pause twice as long: the last after 32 s, since a busy machine starts a process in seconds."""


@contextmanager
def run_server(interface: str, factory: str, root: Path, log: Path) -> Iterator[str]:
    """Give the base URL of a server that answers from the node in ``root``; its output goes to ``log``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    options = ["--interface", interface, "--factory", "--no-ws", "--port", str(port)]
    command = [
        sys.executable,
        "-m",
        "granian",
        *options,
        "--working-dir",
        str(ROOT),
        f"tests.surfaces.reads.serving:{factory}",
    ]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            env={**os.environ, "NODE_ROOT": str(root), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
        try:
            base_url = f"http://127.0.0.1:{port}"
            _await_answer(base_url, log)
            yield base_url
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await_answer(base_url: str, log: Path) -> None:
    """Return once the server answers; the client's own retries do the waiting."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=CONNECT_RETRIES), trust_env=False) as client:
        try:
            client.get(f"{base_url}/v1/openapi.json").raise_for_status()
        except httpx.ConnectError as error:
            raise AssertionError(f"the server did not start: {log.read_text()}") from error
