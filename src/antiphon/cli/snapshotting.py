"""The publisher's child that stores snapshots: a process of its own, so that publishing never waits for it."""

import os
import subprocess
import sys
import time
from threading import Event

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.cli.loops import repeat
from antiphon.publication.log_keeping import SnapshotSchedule
from antiphon.segments.log import list_snapshots
from antiphon.settings import child_environment
from antiphon.telemetry import Metrics, definitions, log_event

TEND_EVERY_S = 1.0
"""How often it is looked whether the child has ended."""

LOOK_EVERY_S = 30.0
"""How often it is asked whether a snapshot is due."""

RETRY_AFTER_S = 600.0
"""How long after one that failed: the log is damaged, which a person mends, or a disk is full."""

NICENESS = 10
"""Of the child: on a machine of two cores publishing and listeners go before it."""


class SnapshotKeeper:
    """Starts ``antiphon publication snapshot`` when one is due, one at a time."""

    def __init__(self, parts: Installation, metrics: Metrics) -> None:
        self._parts = parts
        self._metrics = metrics
        self._schedule = SnapshotSchedule(parts.engine, parts.blobs)
        self._child: subprocess.Popen[bytes] | None = None
        self._look_at_s = 0.0

    def run(self, stop: Event) -> None:
        """Tend until ``stop`` is set, then end the child. For a thread: looking takes as long as the store lets it."""

        def tend() -> bool:
            self.tend(time.monotonic())
            return False

        try:
            repeat(tend, stop, poll_s=TEND_EVERY_S)
        finally:
            self.close()

    def tend(self, now_s: float) -> None:
        """Look after the child, or whether one is due. ``now_s`` is a clock that only goes forwards."""
        if self._child is not None:
            code = self._child.poll()
            if code is not None:
                self._child = None
                self._tell(code)
                self._look_at_s = now_s + (RETRY_AFTER_S if code else LOOK_EVERY_S)
        elif now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_EVERY_S
            if self._schedule.is_due(read_clock()):
                self._child = self._start()

    def close(self) -> None:
        """End the child. A snapshot is there whole or not at all, and the next publisher finds it due again."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
            self._child = None

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-m", "antiphon", "publication", "snapshot"],
            env=child_environment(self._parts.places, {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
        return child

    def _tell(self, code: int) -> None:
        newest = max(list_snapshots(self._parts.blobs), default=0)
        self._metrics.set(definitions.SNAPSHOT_VERSION, newest)
        if code:
            log_event(definitions.SNAPSHOT_FAILED, version=newest, detail=f"exit code {code}; see what it said before")
        else:
            log_event(definitions.SNAPSHOT_STORED, version=newest)
