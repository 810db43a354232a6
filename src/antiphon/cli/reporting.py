"""How the processes of the shell log, and hand their metrics to the one that has a port."""

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from antiphon.cli.clock import read_clock
from antiphon.telemetry import HANDOVER_INTERVAL_S, LogFormat, Metrics, configure_logging, write_metrics


def start_logging(log_format: str, process: str, stream: TextIO | None = None) -> None:
    """Send this process's log lines to a stream, standard error by default, with the process's name on each."""
    configure_logging(LogFormat(log_format), logging.INFO, stream or sys.stderr, process=process)
    for chatty in ("alembic", "granian", "_granian", "dbos", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def hand_over_forever(metrics: Metrics, folder: Path, process: str) -> Callable[[], None]:
    """Leave a process's metrics in a folder every few seconds; return what ends that, with a last hand-over."""
    ended = threading.Event()

    def write_until_ended() -> None:
        while not ended.wait(HANDOVER_INTERVAL_S):
            write_metrics(metrics, folder, process, read_clock())

    def end() -> None:
        ended.set()
        writer.join()
        write_metrics(metrics, folder, process, read_clock())

    writer = threading.Thread(target=write_until_ended, name="metrics", daemon=True)
    writer.start()
    return end


@contextlib.contextmanager
def handing_over(metrics: Metrics, folder: Path, process: str) -> Iterator[Metrics]:
    """Hand a process's metrics over until the block ends."""
    end = hand_over_forever(metrics, folder, process)
    try:
        yield metrics
    finally:
        end()
