"""The shape of the tree: walls between rooms, sizes, and a reason for each dependency."""

import ast
import configparser
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "antiphon"
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60


@cache
def declared_contracts() -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    prefix = "importlinter:contract:"
    return {name.removeprefix(prefix): dict(parser[name]) for name in parser.sections() if name.startswith(prefix)}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("antiphon", cache_dir=None)


@pytest.fixture(scope="module", autouse=True)
def configured_linter() -> None:
    configure()


def make_contract(name: str) -> ForbiddenContract:
    options = declared_contracts()[name]
    return ForbiddenContract(
        name=options["name"],
        session_options={"root_packages": ["antiphon"]},
        contract_options={
            "source_modules": options["source_modules"].split(),
            "forbidden_modules": options["forbidden_modules"].split(),
            "allow_indirect_imports": options.get("allow_indirect_imports", "False"),
        },
    )


@pytest.mark.parametrize("name", declared_contracts())
def test_a_contract_holds_and_bites(name: str, graph: grimp.ImportGraph) -> None:
    contract = make_contract(name)
    assert contract.check(graph=graph, verbose=False).kept, f"{name} is broken: run lint-imports"

    source = declared_contracts()[name]["source_modules"].split()[0]
    for forbidden in declared_contracts()[name]["forbidden_modules"].split():
        trespasser = f"{source}.trespasser"
        graph.add_module(trespasser)
        graph.add_import(importer=trespasser, imported=forbidden)
        caught = not contract.check(graph=graph, verbose=False).kept
        graph.remove_module(trespasser)
        assert caught, f"{name} lets {source} import {forbidden}"


def test_every_room_has_a_contract() -> None:
    shells = {"cli", "demo", "settings"}
    rooms = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - shells - {"__init__", "__main__"} <= set(declared_contracts())


def test_the_linter_reads_the_same_contracts() -> None:
    options = use_cases.read_user_options(str(ROOT / ".importlinter"))
    assert len(options.contracts_options) == len(declared_contracts())


def test_a_node_never_loads_the_record() -> None:
    probe = (
        "import sys, antiphon.cli.following, antiphon.cli.processes, antiphon.cli.reads, antiphon.cli.webserver;"
        "sys.exit(any(m == 'sqlalchemy' or m.startswith('antiphon.record') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def python_files() -> Iterator[Path]:
    yield from sorted(SOURCE.rglob("*.py"))


def test_no_module_is_over_400_lines() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in python_files()}
    assert {path: lines for path, lines in sizes.items() if lines > MODULE_LINES_MAX} == {}


def test_no_function_is_over_60_lines() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [str(path) for path in python_files() if path.stem in empty] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    declared = project["project"]["dependencies"] + groups["dev"] + groups["setup"] + groups["peers"]
    names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in declared}
    reasons = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text(), re.M))
    assert names - set(reasons) == set(), "docs/dependencies.md lacks a line for these"
    assert set(reasons) - names == set(), "docs/dependencies.md explains what is no longer used"


@pytest.mark.parametrize("lock", ["setup", "run", "dev"])
def test_every_locked_package_is_pinned_by_hash_and_names_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text()
    pins = re.findall(r"^([a-z0-9._-]+)==\S+(?: ;[^\\]*)? \\$", text, re.M)
    assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.M)), "a line of the lock has no hash"
    assert "://" not in text
