"""The documentation is what the code says: every generated page is current, and nothing is missing from it."""

import ast
import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from scripts.generate_docs import DOCS, PAGES
from scripts.reference.commands import list_commands
from scripts.reference.settings import list_variables

ROOT = DOCS.parent
SOURCE = ROOT / "src" / "antiphon"
GENERATED = {DOCS / name for name in PAGES}
WRITTEN = [path for path in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]) if path not in GENERATED]
"""Pages that people write."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text() == PAGES[name](), "run: make docs"


def test_every_page_of_a_rule_is_of_a_rule_that_there_is() -> None:
    assert set((DOCS / "rules").glob("*.md")) <= GENERATED


@pytest.mark.parametrize(("words", "command"), [pytest.param(*one, id=one[0]) for one in list_commands()])
def test_every_command_and_every_flag_says_what_it_does(words: str, command: click.Command) -> None:
    assert command.help
    silent = [param.opts[0] for param in command.params if isinstance(param, click.Option) and not param.help]
    assert silent == [], f"antiphon {words} has flags without words"


def test_every_environment_variable_is_documented() -> None:
    read = {
        node.value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch("ANTIPHON_[A-Z_]+", node.value)
    }
    assert read == {variable.name for variable in list_variables()}


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)[^)]*\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_every_command_a_page_tells_to_run_is_one(page: Path) -> None:
    commands = dict(list_commands())
    for line in find_command_lines(page.read_text(), "antiphon"):
        words = next((" ".join(line[:n]) for n in (3, 2, 1) if " ".join(line[:n]) in commands), None)
        assert words is not None, f"there is no command {line}"
        flags = {flag for param in commands[words].params for flag in param.opts} | {"--help"}
        assert {word for word in line if word.startswith("--")} <= flags, f"antiphon {words} has no such flag: {line}"


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_every_goal_of_make_a_page_names_is_one(page: Path) -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    told = {line[0] for line in find_command_lines(page.read_text(), "make") if line}
    assert told <= goals


def test_every_file_the_map_of_the_architecture_names_is_there() -> None:
    rows = re.findall(r"^\| [^|]+\? \| ([^|]+) \|$", (ROOT / "ARCHITECTURE.md").read_text(), re.M)
    named_files = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert named_files
    assert [name for name in named_files if not ((SOURCE / name).exists() or (ROOT / name).exists())] == []


def test_the_walls_of_the_architecture_are_the_ones_that_are_enforced() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", (ROOT / "ARCHITECTURE.md").read_text(), re.M))
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter")
    rooms = {path.stem for path in SOURCE.iterdir() if (path / "__init__.py").exists()} - {"cli", "demo"}
    assert rooms <= set(rows)
    in_words = {"all above", "all above but intake", "what each serves"}
    for room in sorted(room for room in rooms if rows[room] not in in_words):
        forbidden = linter[f"importlinter:contract:{room}"]["forbidden_modules"].split()
        allowed = rooms - {name.rpartition(".")[2] for name in forbidden} - {room}
        assert set(rows[room].split(", ")) - {"nothing"} == allowed, f"the row of {room}"


def find_command_lines(text: str, program: str) -> Iterator[list[str]]:
    """Yield the words after a program's name, wherever a page shows it as code."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.S)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    lines += [line.strip() for line in re.findall(r"^    (.+)$", text, re.M)]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    for line in lines:
        if line.startswith(f"{program} "):
            yield shlex.split(line)[1:]
