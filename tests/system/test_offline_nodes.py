"""A node whose record, publisher and object store are all gone goes on answering, and says how old it is."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from tests.system.installation import ask
from tests.system.node_load import CLIENTS, PATHS, TRACK, Tally, bearer, load, read_headers, run_node

pytestmark = [pytest.mark.process, pytest.mark.timeout(1200)]

OFFLINE_S = float(os.environ.get("ANTIPHON_FAULT_S", "600"))
"""seconds; how long the node is alone under load."""

LEASE_S = 300


@pytest.mark.fault
def test_reads_go_on_without_an_error_and_grants_end_with_the_lease(tmp_path: Path) -> None:
    with run_node(tmp_path) as node:
        node.store.rename(tmp_path / "gone")
        gone_at_s = time.monotonic()
        tally = Tally()
        while time.monotonic() < gone_at_s + OFFLINE_S:
            part = asyncio.run(load(node.port, min(10.0, OFFLINE_S), CLIENTS))
            tally.elapsed_s += part.elapsed_s
            tally.errors += part.errors
            tally.reopened += part.reopened
            alone_s = time.monotonic() - gone_at_s
            headers = read_headers(bearer())
            assert abs(int(ask(node.port, PATHS[0], headers=headers).headers["catalogue-age"]) - alone_s) < 5
            granted = ask(node.port, f"/v1/tracks/{TRACK}/stream?market=SE", headers=headers).status
            if abs(alone_s - LEASE_S) > 5:
                assert granted == (200 if alone_s < LEASE_S else 503)
        print(f"{len(tally.elapsed_s)} answers in {OFFLINE_S:.0f} s, p99 {tally.p99_ms():.2f} ms")
        assert (tally.errors, tally.reopened) == ([], 0)
