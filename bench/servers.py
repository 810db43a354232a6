"""Servers a benchmark needs beside ours, started on loopback and stopped again."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

SERVER_CORE = 0
LOAD_CORE = 1
"""One core for the server under test, another for what asks it: both servers of a comparison get the same."""

START_WITHIN_S = 20.0
"""How long a server may take until its port answers."""

WRK_TIMEOUT = "30s"
"""What one answer may take before it counts as an error: peers are slow where the machine is busy."""

WRK_REQUESTS = re.compile(r"Requests/sec:\s+([0-9.]+)")
WRK_ERRORS = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")

NGINX = """\
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=1000 inactive=60s;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; default_type application/json; }}
}}
"""


def find_port() -> int:
    """Return a port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def run_server(
    arguments: Sequence[str], port: int, *, environment: Mapping[str, str] | None = None, core: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, pinned to one core if asked, until the block ends. Its port answers when the block begins."""
    pinned = ["taskset", "--cpu-list", str(core), *arguments] if core is not None else list(arguments)
    process = subprocess.Popen(
        pinned, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


@contextlib.contextmanager
def run_nginx(body: bytes, *, core: int) -> Iterator[str]:
    """Run nginx with one worker serving one static file; give the file's URL."""
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(binary).exists():
        sys.exit("nginx is not installed: run scripts/system bench as root, or install Debian's nginx-light")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        (folder / "www" / "document.json").write_bytes(body)
        port = find_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
        with run_server([binary, "-p", temporary, "-c", str(folder / "nginx.conf")], port, core=core):
            yield f"http://127.0.0.1:{port}/document.json"


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the port answers; end the run if the process dies first or takes too long."""
    deadline_s = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline_s:
        if process.poll() is not None:
            sys.exit(f"a server died at its start with exit code {process.returncode}: {process.args!r}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    sys.exit(f"a server did not answer within {START_WITHIN_S:.0f} s: {process.args!r}")


def load_with_wrk(
    url: str,
    *,
    seconds: int,
    core: int = LOAD_CORE,
    connections: int = 64,
    headers: Mapping[str, str],
    script: Path | None = None,
) -> float:
    """Return the requests per second that wrk (one thread, its own core) gets from a URL.

    ``script`` is a wrk script in Lua that makes the requests. Ends the run on any error answer: a figure with errors in
    it is none.
    """
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: run scripts/system bench as root, or install Debian's wrk")
    arguments = [
        "taskset",
        "--cpu-list",
        str(core),
        "wrk",
        "-t1",
        "--timeout",
        WRK_TIMEOUT,
        f"-c{connections}",
        f"-d{seconds}s",
    ]
    for name, value in headers.items():
        arguments += ["-H", f"{name}: {value}"]
    if script is not None:
        arguments += ["-s", str(script)]
    output = subprocess.run([*arguments, url], check=True, capture_output=True, text=True).stdout
    if errors := WRK_ERRORS.search(output):
        sys.exit(f"wrk met errors at {url}: {errors[0]}")
    found = WRK_REQUESTS.search(output)
    if found is None:
        sys.exit(f"wrk said nothing useful about {url}:\n{output}")
    return float(found[1])


class Fetched(msgspec.Struct, frozen=True):
    """An answer to one GET; ``headers`` by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, headers: Mapping[str, str]) -> Fetched:
    """Return the answer to one GET."""
    _, _, host_and_path = url.partition("://")
    host, _, path = host_and_path.partition("/")
    connection = http.client.HTTPConnection(host, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", f"/{path}", headers=dict(headers))
        response = connection.getresponse()
        return Fetched(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
