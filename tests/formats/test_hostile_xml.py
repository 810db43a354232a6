"""Hostile XML at every entry point: refused with a code, in time, in little memory, and without opening anything."""

import json
import platform
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.formats.corpus import REJECTED
from tests.formats.sealed_reading import FORBIDDEN

LEAST_FILES = 40
LONGEST_READ_S = 2
"""Seconds a refusal may take. Source: the row B1 of what we must survive."""
LARGEST_PEAK_KIB = 256 * 1024
"""Memory of the reading process, interpreter included. Source: the same row."""
READABLE = {"message": set[str](), "manifest": {"manifest_message.xml"}, "acknowledgement": set[str]()}
"""Files of the corpus that one entry point refuses as foreign and another is made for."""


@pytest.fixture(autouse=True)
def sealable_machine() -> None:
    """Skip where nobody can put the seal on."""
    if not sys.platform.startswith("linux") or platform.machine() not in FORBIDDEN:
        pytest.skip("the seal is a filter of the Linux kernel, written for x86_64 and aarch64")


@pytest.mark.parametrize("entry_point", sorted(READABLE))
def test_hostile_xml_is_refused_quickly_in_little_memory_and_opens_nothing(entry_point: str) -> None:
    hostile = [path for path in REJECTED if path.name not in READABLE[entry_point]]
    assert len(hostile) >= LEAST_FILES
    report = read_in_child(entry_point, hostile)
    assert [outcome["file"] for outcome in report["outcomes"] if not outcome["code"]] == []
    assert max(outcome["elapsed_s"] for outcome in report["outcomes"]) < LONGEST_READ_S
    assert report["peak_kib"] < LARGEST_PEAK_KIB


def test_a_process_under_seal_that_opens_a_file_is_killed() -> None:
    assert run_child("open", REJECTED[:1]).returncode == -signal.SIGSYS


def read_in_child(entry_point: str, paths: list[Path]) -> Any:
    """Return the report of a sealed child."""
    child = run_child(entry_point, paths)
    assert child.returncode == 0, child.stderr.decode()
    return json.loads(child.stdout)


def run_child(entry_point: str, paths: list[Path]) -> subprocess.CompletedProcess[bytes]:
    """Read the files in a child of its own, under seal."""
    command = [sys.executable, "-m", "tests.formats.sealed_reading", entry_point, *map(str, paths)]
    return subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[2], timeout=120)
