"""A real Granian process on loopback, for as long as a test needs it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent


@contextmanager
def run_server(interface: str, factory: str, root: Path, log: Path) -> Iterator[str]:
    """Give the base URL of a server that answers from the node in ``root``; its output goes to ``log``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    options = ["--interface", interface, "--factory", "--no-ws", "--port", str(port)]
    command = [sys.executable, "-m", "granian", *options, "--working-dir", str(HERE), f"serving:{factory}"]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            env={**os.environ, "NODE_ROOT": str(root), "PYTHONPATH": str(HERE), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                sink.write(line)
                if b"Started worker-1" in line:
                    break
            else:
                raise AssertionError(f"the server did not start: {log.read_text()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            sink.write(process.communicate(timeout=20)[0])
