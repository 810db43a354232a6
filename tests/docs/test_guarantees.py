"""A promise without a test is deleted: every row of the guarantees names tests, and they are there and run."""

import ast
import re
from functools import cache

import pytest
from scripts.generate_docs import DOCS

ROOT = DOCS.parent
ROWS = re.findall(r"^\| (?!promise |---)(.+?) \| (.+?) \|$", (DOCS / "guarantees.md").read_text(), re.M)
SELDOM = {"fault", "fuzz", "skip", "skipif", "xfail"}
"""Marks of tests that `make test` does not run, or does not believe."""

SAMPLES = "shared"
"""The fixture of samples that not every checkout has beside it: without them a test skips."""


@cache
def read_tests(file: str) -> dict[str, set[str]]:
    """Return the tests of a file, each with its own marks and those of its file; one of samples counts as skipped."""
    body = ast.parse((ROOT / file).read_text()).body
    marks = [
        node.value for node in body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    everywhere = set(re.findall(r"mark\.(\w+)", " ".join(map(ast.unparse, marks))))
    return {
        node.name: everywhere
        | {ast.unparse(mark).partition("(")[0].rpartition(".")[2] for mark in node.decorator_list}
        | {"skip" for argument in node.args.args if argument.arg == SAMPLES}
        for node in body
        if isinstance(node, ast.FunctionDef)
    }


def test_there_are_promises() -> None:
    assert len(ROWS) > 40
    assert len({promise for promise, _ in ROWS}) == len(ROWS), "a promise is given twice"


@pytest.mark.parametrize(("promise", "proofs"), ROWS, ids=[promise for promise, _ in ROWS])
def test_a_promise_names_tests_that_are_there_and_run(promise: str, proofs: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", proofs)
    assert named, f"a promise without a test is deleted: {promise}"
    for file, function in named:
        assert (ROOT / file).is_file(), f"there is no {file}"
        assert function in read_tests(file), f"{file} has no {function}"
        assert not read_tests(file)[function] & SELDOM, f"not every run of make test proves it: {function}"
