"""Starting an installation: what is refused, with which words and which exit code."""

import re
import socket
from pathlib import Path

import pytest

from tests.system.installation import antiphon

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, "no signing key is set"),
        ("", "no signing key is set"),
        ("short", "expected at least 32"),
        ("a" * 64, "repeats"),
        ("changeme-changeme-changeme-changeme-now", "as keys in documentation"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "node"])
def test_nothing_that_signs_starts_with_a_key_somebody_could_guess(
    command: str, key: str | None, said: str, tmp_path: Path
) -> None:
    environment = {} if key is None else {"ANTIPHON_SIGNING_KEY": key}
    ended = antiphon(command, "--data", str(tmp_path / "data"), environment=environment)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "ANTIPHON_SIGNING_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not key or key not in ended.stderr


def test_a_command_on_a_folder_without_an_installation_says_how_to_make_one(tmp_path: Path) -> None:
    ended = antiphon("deliveries", "--data", str(tmp_path / "nothing"))
    assert ended.returncode == 2
    assert "antiphon serve --data" in ended.stderr
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("command", "spared"),
    [
        ("deliveries", {"alembic", "dbos", "starlette", "granian", "av", "PIL"}),
        ("rules", {"sqlalchemy", "alembic", "dbos", "starlette", "granian", "av", "PIL"}),
    ],
)
def test_a_command_loads_only_what_it_needs(command: str, spared: set[str], tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    assert antiphon("provider", "add", "north", "--name", "North", *data).returncode == 0
    environment = {"PYTHONPROFILEIMPORTTIME": "1"}
    ended = antiphon(command, *(data if command == "deliveries" else ()), environment=environment)
    assert ended.returncode == 0
    loaded = set(re.findall(r"\|\s+(\w+)$", ended.stderr, re.M))
    assert {"antiphon", "click"} <= loaded
    assert loaded & spared == set()


def test_the_demo_names_another_port_where_its_own_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = antiphon("demo", "--data", str(tmp_path / "demo"), "--port", str(port))
    assert ended.returncode == 2
    assert "make run PORT=" in ended.stderr


def test_an_unknown_command_and_a_missing_file_are_refused_without_a_traceback() -> None:
    for arguments in (("frobnicate",), ("lint", "/no/such/delivery"), ("inspect", "/no/such/message.xml")):
        ended = antiphon(*arguments)
        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr


def test_every_command_has_help_that_says_what_it_does() -> None:
    overview = antiphon("--help").stdout
    for command in ("demo", "serve", "lint", "inspect", "deliver", "deliveries", "explain", "takedown", "doctor"):
        assert f"\n  {command} " in overview
        told = antiphon(command, "--help")
        assert told.returncode == 0
        assert "Usage: antiphon" in told.stdout
