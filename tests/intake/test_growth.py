"""The ten thousandth delivery costs what the first one did: no statement on its way reads a table from end to end.

And a delivery makes few: each costs a quarter of a millisecond of the worker's time on PostgreSQL, whatever it reads.
"""

import contextlib
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, event

from antiphon.model.delivery import Stage
from tests.builders import a_moment, changed
from tests.databases import ON_SQLITE
from tests.intake.deliveries import a_small_statement, write_delivery, write_xml
from tests.intake.installation import Installation

STATEMENTS_MAX = 52
"""Statements by which a worker takes an announcement of one track, told after another of the same artist, from accepted
to committed. A limit, not a measurement: who needs one more finds one that can be spared."""

NOT_GROWING = (
    "decisions ",
    "quality_days",
    "dbos_migrations",
    "main.queues",
    "main.workflow_schedules",
    "sqlite_master",
    "CONSTANT",
)
"""What is read whole and does not grow with deliveries, or only by what people decide by hand or by days."""

ONCE = ("idx_workflow_status_pending",)
"""What the workflow engine reads when it starts: the index of what a dead worker had in hand."""

READS_WHOLE = re.compile(r"SCAN (?!\(?subquery|anon_)(.+)")
READS_A_PROVIDER = re.compile(
    r"SEARCH ((links|resources|statements|applied_statements|deliveries)\b.*\(provider=\?( AND kind=\?)?\))"
)


@contextlib.contextmanager
def collecting_statements() -> Iterator[dict[str, object]]:
    """Give what is asked of any database while the block runs: statement -> one set of its parameters."""
    asked: dict[str, object] = {}

    def collect(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.setdefault(statement, parameters)

    event.listen(Engine, "before_cursor_execute", collect)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", collect)


def find_scans(record: sqlite3.Connection, statement: str, parameters: object) -> list[str]:
    """Return the steps of a statement's plan that read a table, or all that one provider has in it, end to end."""
    if not re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b", statement, re.IGNORECASE):
        return []
    given = parameters[0] if isinstance(parameters, list) else parameters
    plan = record.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()  # type: ignore[arg-type]
    found = [match[1] for *_, step in plan if (match := READS_WHOLE.match(step) or READS_A_PROVIDER.match(step))]
    return [step for step in found if not f"{step} ".startswith(NOT_GROWING) and not step.endswith(ONCE)]


@ON_SQLITE
def test_no_statement_of_a_delivery_reads_a_table_that_grows_with_deliveries(site: Installation) -> None:
    statement = a_small_statement()
    site.deliver(write_delivery(site.inbox, statement))
    header = changed(statement.header, message_id="M-2", created=a_moment("2026-01-06T09:00:00Z"))
    folder = site.inbox / "update"
    folder.mkdir()
    write_xml(folder, changed(statement, header=header))
    with collecting_statements() as asked:
        site.deliver(folder)
        assert site.queue.list_failed() == []
    assert len(asked) > 60
    with contextlib.closing(sqlite3.connect(str(site.engine.url.database))) as record:
        scans = {one: find_scans(record, one, parameters) for one, parameters in asked.items()}
    assert {one: found for one, found in scans.items() if found} == {}


@contextlib.contextmanager
def counting_statements(engine: Engine) -> Iterator[dict[int, list[str]]]:
    """Give what is asked of an engine while the block runs, by thread."""
    asked: dict[int, list[str]] = defaultdict(list)

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked[threading.get_ident()].append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", count)


def write_announcement(site: Installation, number: int) -> Path:
    """Write the message of a release whose audio and deals are still to come."""
    folder = site.inbox / f"announcement-{number}"
    folder.mkdir(parents=True)
    write_xml(folder, changed(a_small_statement(number, tracks=1), release_deals=(), visibilities=()))
    return folder


def test_a_delivery_without_media_makes_no_more_statements_than_it_may(site: Installation) -> None:
    site.deliver(write_announcement(site, 1))
    (announced,) = site.accept(write_announcement(site, 2))
    with counting_statements(site.engine) as asked, site.worker():
        assert site.wait_for_end(announced.delivery_id) == [Stage.COMMITTED]
    (made,) = (made for made in asked.values() if any(one.startswith("INSERT INTO timeline") for one in made))
    assert len(made) <= STATEMENTS_MAX, "\n".join(made)
