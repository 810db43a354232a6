"""The SDK in TypeScript: installed once from its lock, then asked by a script."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.surfaces.reads.catalogue_fixture import APP, CLIENT_SECRET

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
"""Where Node and npm are: they come with the other parts of the tests."""

INSTALL_TIMEOUT_S = 120
CALLS_TIMEOUT_S = 60


def install_sdk() -> Path:
    """Return the folder the SDK is installed in, beside the environment that is made anew with its locks.

    Skips where npm cannot reach its registry.
    """
    lock = (HERE / "package-lock.json").read_bytes()
    folder = PROGRAMS.parent / f"typescript-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (folder / "node_modules").is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        _run_npm(folder)
    return folder


def _run_npm(folder: Path) -> None:
    command = [str(PROGRAMS / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        shutil.rmtree(folder)
        pytest.skip("npm did not reach its registry in time, so there is no SDK to try")
    if done.returncode:
        shutil.rmtree(folder)
        pytest.skip(f"npm could not install the SDK: {done.stderr[-300:]}")


class TypescriptSdk:
    """The SDK, pointed at a node."""

    def __init__(self, folder: Path, base_url: str, token: str) -> None:
        self._command = [str(PROGRAMS / "node"), str(HERE / "catalogue.mjs"), str(folder), base_url, token]

    def ask(self, *calls: tuple[str, list[Any]]) -> list[dict[str, Any]]:
        """Return what came of each call, in order: its ``value``, or the ``error`` it threw."""
        done = subprocess.run(
            self._command,
            input=msgspec.json.encode(calls),
            capture_output=True,
            timeout=CALLS_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        answers: list[dict[str, Any]] = msgspec.json.decode(done.stdout)
        return answers

    def get(self, name: str, *parameters: Any) -> Any:
        """Return the value of one call."""
        [answer] = self.ask((name, list(parameters)))
        assert "error" not in answer, answer
        return answer["value"]


def request_token(base_url: str) -> str:
    """Return an access token, since the SDK asks for one at an address of its own."""
    form = {"grant_type": "client_credentials", "client_id": APP.client_id, "client_secret": CLIENT_SECRET}
    with httpx.Client(trust_env=False) as client:
        answer = client.post(f"{base_url}/api/token", data=form).raise_for_status()
    token: str = answer.json()["access_token"]
    return token
