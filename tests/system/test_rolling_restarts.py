"""F23: web workers are replaced under load, by new code if there is some, and no request fails."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.system.installation import children_of
from tests.system.node_load import CLIENTS, NodeProcess, Tally, load, run_node

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

LOAD_S = 14.0
"""seconds; longer than a successor stands beside the process it replaces, and that takes to end."""


def find_web(node: NodeProcess) -> set[int]:
    """Return the processes of the web below the supervisor."""
    return {pid for pid, command in children_of(node.pid).items() if "antiphon web" in command}


async def load_while_replaced(node: NodeProcess) -> Tally:
    """Return what a load came to while the web workers were replaced."""
    loading = asyncio.create_task(load(node.port, LOAD_S, CLIENTS))
    await asyncio.sleep(1)
    os.kill(node.pid, signal.SIGHUP)
    return await loading


def test_web_workers_are_replaced_under_load_and_no_request_fails(tmp_path: Path) -> None:
    with run_node(tmp_path) as node:
        before = find_web(node)
        tally = asyncio.run(load_while_replaced(node))
        after = find_web(node)
        print(f"{len(tally.elapsed_s)} answers, the slowest {max(tally.elapsed_s):.3f} s, {tally.reopened} reopened")
        assert tally.errors == []
        assert tally.reopened <= CLIENTS
        assert after
        assert not before & after
