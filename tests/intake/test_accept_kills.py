"""F2: the accepting process is killed as it enters a write, an fsync or a rename, at 40 of them drawn by a seed.

What is in the database is asked in plain SQL, what is in the store by hashing files.
"""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from antiphon.model.delivery import Stage
from tests.databases import ON_SQLITE
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.effects import ask_column
from tests.intake.installation import Installation
from tests.intake.processes import ROOT

pytestmark = [pytest.mark.process, pytest.mark.fault, pytest.mark.timeout(1_800)]

SEED = 20260108
KILLS = 40

CALLS = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "mkdir",
)
"""System calls that leave something on a disk."""

CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\(")
BEGUN = 'write(1, "working\\n"'


def trace_acceptance(site: Installation, trace: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Accept the inbox under strace, which writes the calls to a file; ``options`` say what it does to them."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed: run scripts/system fault as root, or install Debian's strace")
    record = site.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.intake.processes", "accept", str(site.root), record, ""]
    return subprocess.run(
        [strace, "-f", "-o", str(trace), "-e", f"trace={','.join(CALLS)}", *options, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def count_calls(trace: Path) -> tuple[Counter[str], Counter[str]]:
    """Return how often each call was made before the acceptance began, and in all."""
    before: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in trace.read_text().splitlines():
        if (match := CALL.match(line)) is not None:
            if BEGUN in line:
                before = total.copy()
            total[match[1]] += 1
    return before, total


def fill_inbox(site: Installation, number: int) -> None:
    """Leave one delivery in the inbox: its own, so that nothing of it is known."""
    shutil.rmtree(site.inbox, ignore_errors=True)
    write_delivery(site.inbox, a_small_statement(number, tracks=1), seed=number)


def require_whole_or_nothing(site: Installation, told: set[str]) -> None:
    """Check what F1 checks: nothing that was told is lost, nothing is there by half, and no blob is a partial one."""
    accepted = ask_column(site.engine, "SELECT id FROM deliveries")
    assert told <= accepted
    assert accepted == ask_column(site.engine, "SELECT workflow_uuid FROM workflow_status")
    assert accepted == ask_column(site.engine, "SELECT delivery_id FROM timeline WHERE stage = 'accepted'")
    wanted = ask_column(site.engine, "SELECT blob FROM delivery_files UNION SELECT message_blob FROM deliveries")
    kept = {path.parent.name + path.name: path for path in (site.root / "blobs" / "sha256").glob("??/*")}
    assert wanted <= set(kept)
    for name, path in kept.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == name, "a partial object has the name of a whole one"


@ON_SQLITE
def test_an_acceptance_killed_at_any_write_is_whole_or_nothing_and_its_repetition_is_one(
    site: Installation, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    trace = tmp_path / "trace"
    fill_inbox(site, 1)
    told = set(trace_acceptance(site, trace).stdout.split()) - {"working"}
    before, total = count_calls(trace)
    instants = [(call, n) for call in sorted(total) for n in range(before[call] + 1, total[call] + 1)]
    assert {"fsync", "write"} <= {call for call, _ in instants}
    drawn = random.Random(SEED).sample(instants, min(KILLS, len(instants)))
    killed = 0
    for number, (call, n) in enumerate(drawn, 2):
        fill_inbox(site, number)
        process = trace_acceptance(site, trace, "-e", f"inject={call}:signal=SIGKILL:when={n}")
        killed += process.returncode != 0
        told |= set(process.stdout.split()) - {"working"}
        require_whole_or_nothing(site, told)
        told |= {receipt.delivery_id for folder in site.inbox.iterdir() for receipt in site.accept(folder)}
        require_whole_or_nothing(site, told)
    assert killed > len(drawn) // 2, "most of these calls are made again for the next delivery"
    assert len(told) == len(drawn) + 1
    with site.worker():
        assert set(site.wait_for_end(*sorted(told))) == {Stage.COMMITTED}
