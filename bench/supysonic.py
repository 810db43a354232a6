"""supysonic 0.7.9, the catalogue server in Python that people install today, run as its manual says.

It has an environment of its own (``requirements/peers.lock``), since nothing of ours may depend on it. One worker
process with four threads on one core, SQLite, its file watcher off; it listens on loopback alone.
"""

import contextlib
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from bench.servers import find_port, run_server

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "var" / "peers"
LOCK = ROOT / "requirements" / "peers.lock"
PASSWORD = "only-for-loopback"
CONFIGURATION = """\
[base]
database_uri = sqlite:///{state}/supysonic.db
[webapp]
cache_dir = {state}/cache
[daemon]
run_watcher = no
"""
ALBUMS_PER_PAGE = 500


class Supysonic(msgspec.Struct, frozen=True, kw_only=True):
    """A running server."""

    url: str

    def path(self, call: str, **parameters: object) -> str:
        """Return the path of a call."""
        identity = {"u": "admin", "p": PASSWORD, "c": "bench", "v": "1.12.0", "f": "json"}
        return f"/rest/{call}.view?" + urlencode({**identity, **parameters}, quote_via=quote)

    def list_albums(self) -> list[str]:
        """Return the ids of all its albums."""
        ids: list[str] = []
        while True:
            page = self._call("getAlbumList2", type="alphabeticalByName", size=ALBUMS_PER_PAGE, offset=len(ids))
            albums = page["albumList2"].get("album", [])
            ids += [album["id"] for album in albums]
            if len(albums) < ALBUMS_PER_PAGE:
                return ids

    def list_songs(self, album_id: str) -> list[str]:
        """Return the ids of an album's songs."""
        return [song["id"] for song in self._call("getAlbum", id=album_id)["album"]["song"]]

    def _call(self, call: str, **parameters: object) -> Any:
        with urllib.request.urlopen(self.url + self.path(call, **parameters), timeout=60) as answer:
            found = msgspec.json.decode(answer.read())["subsonic-response"]
        if found["status"] != "ok":
            sys.exit(f"supysonic refuses {call}: {found['error']}")
        return found


@contextlib.contextmanager
def run_supysonic(library: Path, state: Path, *, core: int) -> Iterator[Supysonic]:
    """Scan a folder of tagged files, then serve it until the block ends."""
    install_supysonic()
    state.mkdir()
    (state / "cache").mkdir()
    (state / ".supysonic").write_text(CONFIGURATION.format(state=state))
    environment = {**os.environ, "HOME": str(state)}
    for arguments in (
        ["user", "add", "-p", PASSWORD, "admin"],
        ["user", "setroles", "--admin", "admin"],
        ["folder", "add", "library", str(library)],
        ["folder", "scan", "--foreground", "library"],
    ):
        command = [str(ENVIRONMENT / "bin" / "supysonic-cli"), *arguments]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    port = find_port()
    serve = [str(ENVIRONMENT / "bin" / "supysonic-server"), "-S", "gunicorn", "-h", "127.0.0.1", "-p", str(port)]
    with run_server([*serve, "--processes", "1", "--threads", "4"], port, environment={"HOME": str(state)}, core=core):
        yield Supysonic(url=f"http://127.0.0.1:{port}")


def install_supysonic() -> None:
    """Make its environment, unless it is there."""
    if (ENVIRONMENT / "ready").exists():
        return
    uv = str(ROOT / ".venv" / "bin" / "uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
    python = str(ENVIRONMENT / "bin" / "python")
    arguments = [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(LOCK)]
    subprocess.run(arguments, check=True)
    (ENVIRONMENT / "ready").touch()
