"""Processes die at any instant; what was accepted arrives, and once.

The checker reads the database with plain SQL and compares with an installation in which nothing was killed.
"""

import contextlib
import random
import signal
import subprocess
import time

import pytest

from antiphon.intake.queue import DELIVERIES_AT_ONCE
from antiphon.model.delivery import Stage
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.effects import ask_column, effects_of
from tests.intake.installation import DEADLINE_S, Installation
from tests.intake.processes import started
from tests.intake.test_workflow import GOOD

pytestmark = pytest.mark.process

DELIVERIES = DELIVERIES_AT_ONCE + 2
"""More than a worker has in hand: when one has come to its end, another has not been begun."""

KILLS = [3, pytest.param(40, marks=[pytest.mark.fault, pytest.mark.timeout(1_800)])]
"""The ordinary suite kills a few times; fault injection often."""


def work_until_killed(site: Installation, marks: int, after_s: float) -> None:
    """Kill a worker some time after it has left so many more marks, or has nothing more to do."""
    enough = min(site.count_marks() + marks, DELIVERIES * len(GOOD))
    deadline = time.monotonic() + DEADLINE_S
    with started("worker", site) as process:
        while site.count_marks() < enough and time.monotonic() < deadline:
            assert process.poll() is None, "the worker ended by itself"
            time.sleep(0.005)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(after_s)
    assert process.returncode == -signal.SIGKILL


def work_to_the_end(site: Installation, ids: list[str], version: str = "") -> None:
    with started("worker", site, version) as process:
        assert set(site.wait_for_end(*ids)) == {Stage.COMMITTED}
        process.terminate()
        assert process.wait(DEADLINE_S) == 0


@pytest.mark.parametrize("kills", KILLS)
def test_everything_accepted_arrives_once_however_often_the_worker_is_killed(
    site: Installation, untouched: Installation, kills: int
) -> None:
    seed = 20260105
    print(f"seed {seed}")
    instants = random.Random(seed)
    ids = accept_all(site)
    for _ in range(kills):
        work_until_killed(site, instants.randrange(4), instants.uniform(0.0, 0.3))
    work_to_the_end(site, ids)
    assert [site.stages(delivery_id) for delivery_id in ids] == [GOOD] * DELIVERIES
    assert accept_all(untouched) == ids
    with untouched.worker():
        untouched.wait_for_end(*ids)
    assert effects_of(site.engine) == effects_of(untouched.engine)


def test_a_newer_build_finishes_what_a_dead_worker_left(site: Installation) -> None:
    ids = accept_all(site)
    with started("worker", site, "0.1.0"):
        site.wait_for_end(ids[0])
    assert Stage.COMMITTED not in site.stages(ids[-1]), "the old worker left nothing to finish"
    work_to_the_end(site, ids, "99.0.0")
    assert [site.stages(delivery_id) for delivery_id in ids] == [GOOD] * DELIVERIES


@pytest.mark.parametrize("kills", KILLS)
def test_an_acceptance_that_was_told_is_kept_and_one_that_was_not_is_whole_or_nothing(
    site: Installation, kills: int
) -> None:
    seed = 20260106
    print(f"seed {seed}")
    instants = random.Random(seed)
    for number in range(DELIVERIES):
        write_delivery(site.inbox, a_small_statement(number + 1, tracks=1), seed=number + 1)
    told: set[str] = set()
    for _ in range(kills):
        with started("accept", site) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(instants.uniform(0.0, 0.2))
            process.kill()
            assert process.stdout is not None
            told |= set(process.stdout.read().split())
        accepted = ask_column(site.engine, "SELECT id FROM deliveries")
        queued = ask_column(site.engine, "SELECT workflow_uuid FROM workflow_status")
        marked = ask_column(site.engine, "SELECT delivery_id FROM timeline WHERE stage = 'accepted'")
        blobs = ask_column(site.engine, "SELECT blob FROM delivery_files")
        assert told <= accepted
        assert accepted == queued == marked
        assert all(site.blobs.get(blob) for blob in blobs)
    ids = [receipt.delivery_id for folder in sorted(site.inbox.iterdir()) for receipt in site.accept(folder)]
    assert told <= set(ids)
    work_to_the_end(site, ids)


def accept_all(site: Installation) -> list[str]:
    """Accept the same few deliveries wherever it is called."""
    folders = [
        write_delivery(site.inbox, a_small_statement(number), seed=number) for number in range(1, DELIVERIES + 1)
    ]
    return [receipt.delivery_id for folder in folders for receipt in site.accept(folder)]
