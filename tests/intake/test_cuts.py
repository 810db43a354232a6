"""F7: the connection is cut during COMMIT, or the process dies there; each delivery has exactly one effect.

What came of it is asked of the database in plain SQL.
"""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from antiphon.intake import workflow
from antiphon.intake.queue import open_queue
from antiphon.model.delivery import Stage
from antiphon.model.errors import Transient
from antiphon.record import open_record
from tests.builders import changed
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.intake.commit_proxy import CommitProxy, Cut
from tests.intake.deliveries import a_small_statement, write_xml
from tests.intake.effects import ask, effects_of
from tests.intake.installation import Installation, installed

pytestmark = pytest.mark.slow

SEED = 20260107
CUTS = 50
"""As many as must be survived; half of them before the database heard of the commit, half after."""

WORKED_ON = 6
"""Deliveries that are worked on while commits are cut."""


def write_messages(site: Installation, count: int) -> list[Path]:
    """Write as many messages that need no files, each about a release of its own: takedowns that came first."""
    folders = [site.inbox / f"R{number}" for number in range(1, count + 1)]
    for number, folder in enumerate(folders, 1):
        folder.mkdir(parents=True)
        write_xml(folder, changed(a_small_statement(number, tracks=1), release_deals=()))
    return folders


def draw_cuts(count: int) -> list[Cut]:
    print(f"seed {SEED}")
    cuts = [Cut.BEFORE, Cut.AFTER] * (count // 2)
    random.Random(SEED).shuffle(cuts)
    return cuts


def require_one_effect_each(site: Installation, ids: set[str]) -> None:
    """Check that each delivery is there once: accepted once, queued once, its receipt nobody else's."""
    receipts = ask(site.engine, "SELECT id, receipt FROM deliveries")
    assert Counter(delivery for delivery, _ in receipts) == Counter(ids)
    assert sorted(receipt for _, receipt in receipts) == list(range(1, len(ids) + 1))
    assert ask(site.engine, "SELECT count(*) FROM timeline WHERE stage = 'accepted'") == [(len(ids),)]
    assert {row[0] for row in ask(site.engine, "SELECT workflow_uuid FROM workflow_status")} == ids


@pytest.fixture
def cuts() -> list[Cut | None]:
    """Return what happens to the next commits, the last one first; when none is left they go through."""
    return []


@pytest.fixture
def proxied(site: Installation, cuts: list[Cut | None]) -> Iterator[Installation]:
    """Return the same installation, with what the test said between it and its database."""
    url = site.engine.url
    proxy = CommitProxy(
        (str(url.host), int(url.port or 0)), b"INSERT INTO timeline", lambda: cuts.pop() if cuts else None
    )
    with proxy.running() as port:
        engine = open_record(url.set(port=port))
        queue = open_queue(engine)
        yield Installation(root=site.root, engine=engine, blobs=site.blobs, queue=queue)
        queue.close()
        engine.dispose()


@ON_POSTGRESQL
def test_an_acceptance_that_is_cut_off_is_tried_again_and_is_one(
    site: Installation, proxied: Installation, cuts: list[Cut | None]
) -> None:
    ids = set()
    for folder, cut in zip(write_messages(site, CUTS), draw_cuts(CUTS), strict=True):
        cuts.append(cut)
        with pytest.raises(Transient, match="cut"):
            proxied.accept(folder)
        (receipt,) = proxied.accept(folder)
        assert receipt.is_duplicate is (cut is Cut.AFTER)
        ids.add(receipt.delivery_id)
    require_one_effect_each(site, ids)


@ON_POSTGRESQL
def test_a_stage_that_is_cut_off_is_done_again_and_once(
    site: Installation,
    proxied: Installation,
    cuts: list[Cut | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workflow, "RETRY_PAUSES_S", (0.01,) * 10)
    folders = write_messages(site, WORKED_ON)
    ids = [receipt.delivery_id for folder in folders for receipt in site.accept(folder)]
    drawn = draw_cuts(2 * WORKED_ON)
    cuts += drawn
    with proxied.worker():
        assert set(proxied.wait_for_end(*ids)) == {Stage.COMMITTED}
    assert cuts == [], "fewer commits were cut than were to be"
    with installed(tmp_path / "untouched") as untouched:
        with untouched.worker():
            assert [receipt.delivery_id for folder in folders for receipt in untouched.accept(folder)] == ids
            untouched.wait_for_end(*ids)
        assert effects_of(site.engine) == effects_of(untouched.engine)


@ON_SQLITE
@pytest.mark.process
def test_an_acceptance_whose_process_dies_at_its_commit_is_tried_again_and_is_one(site: Installation) -> None:
    ids = set()
    for folder, cut in zip(write_messages(site, CUTS), draw_cuts(CUTS), strict=True):
        child = os.fork()
        if child == 0:
            _accept_and_die(site, folder, cut)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        (receipt,) = site.accept(folder)
        assert receipt.is_duplicate is (cut is Cut.AFTER)
        ids.add(receipt.delivery_id)
    require_one_effect_each(site, ids)


def _accept_and_die(site: Installation, folder: Path, cut: Cut) -> None:
    """Accept in a forked process that is killed at the commit that makes a delivery accepted; never returns."""
    try:
        engine = open_record(site.engine.url)

        wrote: list[str] = []

        def watch(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT INTO deliveries"):
                wrote.append(statement)

        def die(connection: Connection) -> None:
            if not wrote:
                return
            if cut is Cut.AFTER:
                connection.exec_driver_sql("COMMIT")
            os.kill(os.getpid(), signal.SIGKILL)

        queue = open_queue(engine)
        event.listen(engine, "before_cursor_execute", watch)
        event.listen(engine, "commit", die)
        Installation(root=site.root, engine=engine, blobs=site.blobs, queue=queue).accept(folder)
    finally:
        os._exit(1)
