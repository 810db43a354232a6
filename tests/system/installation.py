"""Real processes of a real installation, for tests that a user's machine would recognise."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

START_WITHIN_S = 90.0
STOP_WITHIN_S = 20.0
POLL_S = 0.05


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def find_port() -> int:
    """Return a port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer of a server on loopback. Raises: OSError where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def is_answering(port: int) -> bool:
    """Tell whether the web process answers; an empty catalogue is not ready for listeners, but takes deliveries."""
    try:
        return ask(port, "/ops/health").status == 200
    except OSError:
        return False


def wait_until(is_so: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Return as soon as something is so. Raises: AssertionError if it is not so in time."""
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, f"not within {within_s:.0f} s: {what}"
        time.sleep(POLL_S)


def is_ready(port: int) -> bool:
    """Tell whether an installation says that it is ready."""
    try:
        return ask(port, "/ops/ready").status == 200
    except (OSError, http.client.HTTPException):
        return False


def antiphon(*arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end, as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "antiphon", *arguments],
        env=clean_environment(environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextlib.contextmanager
def running(
    *arguments: str, output: Path, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command that stays, its output in a file, until the block ends; then stop it as Ctrl-C would."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "antiphon", *arguments],
            env=clean_environment(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_WITHIN_S)
        if process.poll() is None:
            process.kill()
            process.wait()


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return this environment without settings of ours that the developer may have exported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
    return {**kept, **extra}


def children_of(pid: int) -> dict[int, str]:
    """Return the living processes below a process, however deep, with their command lines."""
    found: dict[int, str] = {}
    parents = {pid}
    table = [(int(p.name), *_read_process(p)) for p in Path("/proc").iterdir() if p.name.isdigit()]
    while parents:
        below = {
            child: command for child, parent, command in table if parent in parents and command and child not in found
        }
        found.update(below)
        parents = set(below)
    return found


def _read_process(folder: Path) -> tuple[int, str]:
    try:
        stat = (folder / "stat").read_text()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return -1, ""
    return int(stat.rpartition(")")[2].split()[1]), command
