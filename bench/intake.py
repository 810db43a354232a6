"""Deliveries without media through the whole durable workflow, on both databases, against a workflow that does nothing.

Each delivery is the message of a release of its own, told before its audio and its deals come. We accept one after the
other while the worker that ships reads, checks and commits them; the time ends when the last is committed. The
reference is the same workflow engine in an empty database of the same kind, with as many workflows, put into its queue
in transactions of their own, of as many steps, which do nothing. The cost of a delivery is the worker's CPU time; how
it grows is that of the last thousand against that of the first.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import msgspec
from dbos import DBOS, DBOSClient
from sqlalchemy import Engine, func, select
from tests.postgresql import make_database, run_postgresql

from antiphon.blobs import open_blobs
from antiphon.intake.acceptance import accept_path
from antiphon.intake.queue import open_queue
from antiphon.model.delivery import Stage
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.providers import Provider, add_provider
from antiphon.record.tables import timeline
from antiphon.settings import find_places, make_folders
from bench.installations import wait_until
from bench.releases import LABEL, describe_release, invent_hashes, plan_release, write_message_file
from bench.results import Result

ROUND = 1_000
"""Deliveries of one sample."""

DELIVERIES = int(os.environ.get("BENCH_DELIVERIES", "10_000"))
"""Deliveries on each database, in rounds; fewer for a quick look. Growth is told of the last against the first."""

RATE_BAR = 30.0
"""Deliveries per second, on each database."""

GROWTH_BAR = 1.2
"""What the last round may cost of the first."""

POLL_S = 0.2
"""Between two looks whether all is done; each reads the whole timeline, so that a shorter one would slow the worker."""
STEP = "read"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What so many deliveries took: seconds until all were committed, and milliseconds of CPU for each."""

    seconds: float
    cpu_ms: float


def measure() -> list[Result]:
    """Return deliveries per second on each database, and how the cost of one grows."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        results += measure_database("SQLite", f"sqlite:///{folder / 'a.db'}", f"sqlite:///{folder / 'b.db'}", folder)
        with run_postgresql(settings={}) as server:
            ours, reference = make_database(server, "ours"), make_database(server, "reference")
            results += measure_database("PostgreSQL", ours, reference, folder)
    return results


def measure_database(name: str, ours: str, reference: str, folder: Path) -> list[Result]:
    """Return the results of one database. ``ours`` and ``reference`` are the addresses of empty ones."""
    idle_seconds = time_idle_workflows(reference, ROUND)
    with run_worker(ours, folder / name) as (engine, worker):
        rounds = [time_round(engine, worker, folder / name, number) for number in range(DELIVERIES // ROUND)]
    rates = tuple(ROUND / one.seconds for one in rounds)
    cpu_ms = statistics.median(one.cpu_ms for one in rounds)
    share = statistics.median(rates) * idle_seconds / ROUND
    return [
        Result(
            name=f"intake, {name}",
            against=f"an absolute limit; the engine alone does {ROUND / idle_seconds:,.0f} /s",
            unit="deliveries/s",
            ours=rates,
            bar=RATE_BAR,
            note=f"accepted to committed, {ROUND} at a time, {cpu_ms:.1f} ms of the worker's CPU each; "
            f"{share:.2f} of the rate of the engine with one step that does nothing",
        ),
        Result(
            name=f"intake, {name}, cost of a delivery",
            against=f"the first {ROUND:,} of {DELIVERIES:,}",
            unit="ms CPU",
            ours=(rounds[-1].cpu_ms,),
            reference=(rounds[0].cpu_ms,),
            bar=GROWTH_BAR,
            higher_is_better=False,
        ),
    ]


@contextlib.contextmanager
def run_worker(url: str, data: Path) -> Iterator[tuple[Engine, "subprocess.Popen[bytes]"]]:
    """Run the worker that ships on a new installation until the block ends; give its record and its process."""
    environment = {"ANTIPHON_RECORD_URL": url, "ANTIPHON_BLOBS_URL": str(data / "blobs")}
    make_folders(find_places(data, environment))
    engine = open_record(url)
    migrate(engine)
    with writing(engine) as conn:
        add_provider(conn, Provider(id=LABEL.key, name=LABEL.name, dpids=(LABEL.dpid,)), datetime.now(UTC))
    command = [sys.executable, "-m", "antiphon", "worker", "--data", str(data)]
    with subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL) as worker:
        try:
            yield engine, worker
        finally:
            worker.terminate()
            engine.dispose()


def time_round(engine: Engine, worker: "subprocess.Popen[bytes]", data: Path, number: int) -> Round:
    """Accept a round of deliveries, wait until all are committed and return what it took."""
    folders = [write_announcement(data / "inbox", number * ROUND + n) for n in range(1, ROUND + 1)]
    blobs, queue = open_blobs(str(data / "blobs")), open_queue(engine)
    before = count_committed(engine)
    started_s, cpu_ms = time.perf_counter(), read_cpu_ms(worker.pid)
    for folder in folders:
        accept_path(engine, blobs, queue, LABEL.key, folder, datetime.now(UTC))
    wait_until(lambda: count_committed(engine) >= before + ROUND, POLL_S, f"{ROUND} deliveries are committed")
    seconds = time.perf_counter() - started_s
    queue.close()
    return Round(seconds=seconds, cpu_ms=(read_cpu_ms(worker.pid) - cpu_ms) / ROUND)


def write_announcement(inbox: Path, number: int) -> Path:
    """Write the message of a release whose audio and deals are still to come; return its folder."""
    release = plan_release(number, 1, duration_ms=180_000)
    folder = inbox / f"{number}" / release.icpn
    folder.mkdir(parents=True)
    write_message_file(
        folder, msgspec.structs.replace(describe_release(release, invent_hashes(release)), release_deals=())
    )
    return folder


def count_committed(engine: Engine) -> int:
    """Return how many deliveries are committed."""
    query = select(func.count()).select_from(timeline).where(timeline.c.stage == Stage.COMMITTED.value)
    with reading(engine) as conn:
        return conn.execute(query).scalar_one()


def read_cpu_ms(process_id: int) -> float:
    """Return the CPU time a process has used, its threads included, in milliseconds."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / TICKS_PER_S


def time_idle_workflows(url: str, count: int) -> float:
    """Return the seconds the workflow engine alone takes for so many workflows of one step that does nothing."""
    engine = open_record(url)
    DBOS.migrate(url)
    client = DBOSClient(system_database_engine=engine, application_name="idle")
    client.register_queue("idle", worker_concurrency=4, polling_interval_sec=0.02)
    done, left = Event(), [count]

    def do_nothing() -> str:
        return "done"

    def idle(number: int) -> None:
        DBOS.run_step({"name": STEP}, do_nothing)
        left[0] -= 1
        if number == count:
            done.set()

    DBOS(config={"name": "idle", "system_database_url": url, "application_version": "1", "log_level": "WARNING"})
    DBOS.workflow(name="idle")(idle)
    DBOS.launch()
    started_s = time.perf_counter()
    for number in range(1, count + 1):
        with writing(engine) as conn:
            options = {"workflow_name": "idle", "queue_name": "idle", "workflow_id": f"{number}", "app_version": "1"}
            client.enqueue_in_transaction(conn, options, number)  # type: ignore[arg-type]
    done.wait()
    wait_until(lambda: left[0] <= 0, POLL_S, "as many workflows of nothing")
    seconds = time.perf_counter() - started_s
    DBOS.destroy(destroy_registry=True)
    client.destroy()
    engine.dispose()
    return seconds
