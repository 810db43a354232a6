"""The processes the fault tests start and kill: ``python -m tests.intake.processes ROLE ROOT RECORD [VERSION]``."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import antiphon
from antiphon.blobs import FolderBlobs
from antiphon.intake.acceptance import accept_path
from antiphon.intake.answering import send_answers
from antiphon.intake.inbox import Inbox, InboxSettings
from antiphon.intake.queue import open_queue
from antiphon.intake.shelves import FolderShelf
from antiphon.intake.worker import WorkerSettings, run_worker
from antiphon.record import open_record
from antiphon.telemetry import Metrics
from tests.intake.installation import PROVIDER, Installation, now

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(role: str, site: Installation, version: str = "") -> Iterator["subprocess.Popen[str]"]:
    """Start a process, give it once it has begun its work, and see to its end."""
    record = site.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.intake.processes", role, str(site.root), record, version]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        try:
            yield process
        finally:
            process.kill()


def work(root: Path, record: str) -> None:
    """Work until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    engine = open_record(record)
    print("working", flush=True)
    run_worker(WorkerSettings(scratch=root / "scratch"), engine, FolderBlobs(root / "blobs"), now, stop, Metrics())


def accept(root: Path, record: str) -> None:
    """Accept every folder of the inbox and say of each when it is accepted."""
    engine = open_record(record)
    blobs, queue = FolderBlobs(root / "blobs"), open_queue(engine)
    print("working", flush=True)
    for folder in sorted((root / "inbox").iterdir()):
        for receipt in accept_path(engine, blobs, queue, PROVIDER, folder, now()).receipts:
            print(receipt.delivery_id, flush=True)


def watch(root: Path, record: str) -> None:
    """Take in what lies in the inbox and answer beside it, until killed."""
    engine = open_record(record)
    shelf, scratch = FolderShelf(root / "inbox"), root / "scratch"
    scratch.mkdir(exist_ok=True)
    settings = InboxSettings(provider=PROVIDER)
    inbox = Inbox(settings, shelf, engine, FolderBlobs(root / "blobs"), open_queue(engine), Metrics(), scratch)
    print("working", flush=True)
    while True:
        inbox.look(now())
        send_answers(engine, shelf, now())


if __name__ == "__main__":
    antiphon.__version__ = sys.argv[4] or antiphon.__version__
    {"worker": work, "accept": accept, "inbox": watch}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
