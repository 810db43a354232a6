"""F10: a delivery our own code fails on, then nothing but such, then a parking place that refuses.

What came of each delivery is asked of the database in plain SQL.
"""

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from antiphon.intake.holds import clear_hold
from antiphon.intake.parking import PARKED_IN_A_ROW_MAX
from antiphon.intake.queue import DELIVERIES_AT_ONCE
from antiphon.intake.worker import WorkerSettings, run_worker
from antiphon.model.delivery import Stage
from antiphon.model.errors import Broken
from antiphon.telemetry import Metrics
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, write_xml
from tests.intake.effects import ask
from tests.intake.installation import DEADLINE_S, Installation, now

pytestmark = pytest.mark.slow

SEED = 20260110

NEIGHBOURS = [60, pytest.param(10_000, marks=[pytest.mark.fault, pytest.mark.timeout(3_600)])]
"""How many deliveries one poisonous one is among: in the ordinary suite, and in fault injection."""

PARKED = "SELECT DISTINCT delivery_id FROM findings WHERE rule = 'InternalError'"

REFUSE_TO_PARK = {
    "sqlite": (
        "CREATE TRIGGER parking_is_closed BEFORE INSERT ON timeline WHEN NEW.stage = 'held' "
        "BEGIN SELECT RAISE(ABORT, 'the parking place is closed'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_parking() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''the parking place is closed''; END'",
        "CREATE TRIGGER parking_is_closed BEFORE INSERT ON timeline FOR EACH ROW WHEN (NEW.stage = 'held') "
        "EXECUTE FUNCTION refuse_parking()",
    ),
}

REFUSE_CHANGES = {
    "sqlite": (
        "CREATE TRIGGER catalogue_is_closed BEFORE INSERT ON changes "
        "BEGIN SELECT RAISE(ABORT, 'the catalogue is closed'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_changes() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''the catalogue is closed''; END'",
        "CREATE TRIGGER catalogue_is_closed BEFORE INSERT ON changes FOR EACH ROW EXECUTE FUNCTION refuse_changes()",
    ),
}

CHANGE_AGAIN = {
    "sqlite": "DROP TRIGGER catalogue_is_closed",
    "postgresql": "DROP TRIGGER catalogue_is_closed ON changes",
}

PARK_AGAIN = {
    "sqlite": "DROP TRIGGER parking_is_closed",
    "postgresql": "DROP TRIGGER parking_is_closed ON timeline",
}


def accept_messages(site: Installation, count: int) -> list[str]:
    """Accept as many messages that need no files: takedowns of releases that have not come yet."""
    for number in range(1, count + 1):
        folder = site.inbox / f"R{number}"
        folder.mkdir(parents=True)
        write_xml(folder, changed(a_small_statement(number, tracks=1), release_deals=()))
    return [receipt.delivery_id for number in range(1, count + 1) for receipt in site.accept(site.inbox / f"R{number}")]


def stages_by_delivery(site: Installation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for delivery, stage in ask(site.engine, "SELECT delivery_id, stage FROM timeline ORDER BY delivery_id, position"):
        found.setdefault(delivery, []).append(stage)
    return found


@contextmanager
def poisoned(site: Installation, *delivery_ids: str) -> Iterator[None]:
    """Take the messages of deliveries from the store, which our code counts on, and put them back at the end."""
    named = ", ".join(f"'{each}'" for each in delivery_ids)
    blobs = ask(site.engine, f"SELECT message_blob FROM deliveries WHERE id IN ({named})")
    paths = [path for (blob,) in blobs if (path := site.blobs.local_path(blob)) is not None]
    assert len(paths) == len(delivery_ids)
    away: dict[Path, bytes] = {path: path.read_bytes() for path in paths}
    for path in paths:
        path.unlink()
    yield
    for path, content in away.items():
        path.write_bytes(content)


def work_until_it_halts(site: Installation) -> str:
    """Run a worker that is never told to stop; return what it says when it does."""
    stop = threading.Event()
    with pytest.raises(Broken) as halted:
        run_worker(WorkerSettings(scratch=site.root / "scratch"), site.engine, site.blobs, now, stop, Metrics())
    assert stop.is_set()
    return str(halted.value)


def finish(site: Installation, ids: list[str]) -> None:
    """Clear every hold and work until each delivery is committed."""
    ends = dict.fromkeys(ids, 1)
    for (delivery_id,) in ask(site.engine, PARKED):
        clear_hold(site.engine, site.queue, delivery_id, by="Ada", reason="the store is back", now=now())
        ends[delivery_id] = 2
    with site.worker():
        for delivery_id, count in ends.items():
            site.wait_for_end(delivery_id, ends=count)
    assert {stages[-1] for stages in stages_by_delivery(site).values()} == {"committed"}
    assert set(stages_by_delivery(site)) == set(ids)


@pytest.mark.parametrize("neighbours", NEIGHBOURS)
def test_one_poisonous_delivery_is_parked_and_its_neighbours_do_not_notice(
    site: Installation, neighbours: int, caplog: pytest.LogCaptureFixture
) -> None:
    print(f"seed {SEED}")
    ids = accept_messages(site, neighbours)
    bad = random.Random(SEED).choice(ids)
    with poisoned(site, bad), caplog.at_level(logging.CRITICAL), site.worker():
        site.wait_for_end(*ids[-20:], bad, within_s=DEADLINE_S + neighbours)
        for delivery_id in ids:
            site.wait_for_end(delivery_id)
    found = stages_by_delivery(site)
    assert found.pop(bad) == ["accepted", "held"]
    assert set(found) == set(ids) - {bad}
    assert set(map(tuple, found.values())) == {("accepted", "read", "checked", "rendered", "committed")}
    assert ask(site.engine, PARKED) == [(bad,)]
    finish(site, ids)


def test_nothing_but_poison_halts_the_worker_and_all_that_waits_is_kept(
    site: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    ids = accept_messages(site, 2 * PARKED_IN_A_ROW_MAX)
    with poisoned(site, *ids), caplog.at_level(logging.CRITICAL):
        assert "in a row" in work_until_it_halts(site)
    parked = ask(site.engine, PARKED)
    assert PARKED_IN_A_ROW_MAX <= len(parked) < PARKED_IN_A_ROW_MAX + DELIVERIES_AT_ONCE, (
        "what was in hand may still be parked"
    )
    untouched = [stages for stages in stages_by_delivery(site).values() if stages == ["accepted"]]
    assert len(untouched) == len(ids) - len(parked)
    finish(site, ids)


def test_what_only_fails_at_the_last_stage_halts_the_worker_as_well(
    site: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    ids = accept_messages(site, 2 * PARKED_IN_A_ROW_MAX)
    for sql in REFUSE_CHANGES[site.engine.dialect.name]:
        ask(site.engine, sql)
    with caplog.at_level(logging.CRITICAL):
        assert "in a row" in work_until_it_halts(site)
    assert PARKED_IN_A_ROW_MAX <= len(ask(site.engine, PARKED)) < PARKED_IN_A_ROW_MAX + DELIVERIES_AT_ONCE
    ask(site.engine, CHANGE_AGAIN[site.engine.dialect.name])
    finish(site, ids)


def test_a_parking_place_that_refuses_halts_the_worker_and_nothing_is_dropped(
    site: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    ids = accept_messages(site, 6)
    for sql in REFUSE_TO_PARK[site.engine.dialect.name]:
        ask(site.engine, sql)
    with poisoned(site, *ids), caplog.at_level(logging.CRITICAL):
        assert "could not be held" in work_until_it_halts(site)
        assert set(map(tuple, stages_by_delivery(site).values())) == {("accepted",)}
        assert ask(site.engine, "SELECT * FROM findings") == []
        ask(site.engine, PARK_AGAIN[site.engine.dialect.name])
        with site.worker():
            assert set(site.wait_for_end(*ids)) == {Stage.HELD}
    finish(site, ids)
