"""Keeps the processes of one machine alive: starts them, starts them again, stops them together.

A child that dies is started again at once; one that keeps dying waits longer each time, up to ``BACKOFF_MAX_S``.
Children ask the kernel to die with their supervisor, so that a killed supervisor leaves nothing behind that holds the
port.
"""

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

import msgspec

from antiphon.telemetry import definitions, log_event

BACKOFF_FIRST_S = 0.1
"""Wait before the first restart: long enough not to spin, short enough that nobody notices."""
BACKOFF_MAX_S = 3.0
"""Longest wait between restarts: a repaired fault is picked up within this time."""
STEADY_AFTER_S = 10.0
"""A child that lived this long was healthy: its next restart is immediate again."""
STOP_WITHIN_S = 10.0
"""How long children may take to finish what they do before they are killed."""
POLL_S = 0.05
"""How often the supervisor looks whether a child has died."""

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent dies."""


class ProcessPlan(msgspec.Struct, frozen=True):
    """One process to keep alive: what it is called, and its arguments after ``antiphon``."""

    name: str
    arguments: tuple[str, ...]


class _Child:
    """One supervised process and when it may be started again."""

    def __init__(self, plan: ProcessPlan) -> None:
        self.plan = plan
        self.process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        self.start_at_s = 0.0
        self.backoff_s = BACKOFF_FIRST_S


class Supervisor:
    """Runs the plans until it is told to stop, and logs what happens to them.

    ``log_file`` takes what the children write to standard error; None: they write to ours.
    """

    def __init__(
        self,
        plans: Sequence[ProcessPlan],
        *,
        environment: Mapping[str, str],
        log_file: Path | None = None,
    ) -> None:
        self._children = [_Child(plan) for plan in plans]
        self._log_file = log_file
        self._environment = dict(environment)

    def run(self, stop: threading.Event) -> None:
        """Keep every child alive until ``stop`` is set, then end them all, the last started first."""
        try:
            while not stop.wait(POLL_S):
                now_s = time.monotonic()
                for child in self._children:
                    self._tend(child, now_s)
        finally:
            self._end_all()

    def _tend(self, child: _Child, now_s: float) -> None:
        if child.process is None:
            if now_s >= child.start_at_s:
                self._start(child, now_s)
            return
        code = child.process.poll()
        if code is None:
            return
        child.process = None
        steady = now_s - child.started_s >= STEADY_AFTER_S
        child.backoff_s = BACKOFF_FIRST_S if steady else min(child.backoff_s * 2, BACKOFF_MAX_S)
        child.start_at_s = now_s + child.backoff_s
        detail = f"exit code {code}; next start in {child.backoff_s:.1f} s"
        log_event(definitions.PROCESS_DIED, died=child.plan.name, detail=detail)

    def _start(self, child: _Child, now_s: float) -> None:
        with self._open_log() as log:
            child.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-m", "antiphon", *child.plan.arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the children in order
            )
        child.started_s = now_s
        log_event(definitions.PROCESS_STARTED, started=child.plan.name, detail=f"pid {child.process.pid}")

    def _open_log(self) -> AbstractContextManager[IO[bytes] | None]:
        return nullcontext() if self._log_file is None else self._log_file.open("ab")

    def _end_all(self) -> None:
        running = [child for child in reversed(self._children) if child.process is not None]
        for child in running:
            if child.process is not None:
                child.process.terminate()
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for child in running:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
                detail = f"did not stop within {STOP_WITHIN_S:.0f} s"
                log_event(definitions.PROCESS_KILLED, killed=child.plan.name, detail=detail)
            child.process = None


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies. Linux only; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def begin_helper() -> None:
    """Begin a process that only computes for its parent: Ctrl-C is the parent's to handle, and its end is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()


def stop_on_signals() -> threading.Event:
    """Return an event that SIGINT (Ctrl-C) and SIGTERM set; what was to happen then is left to its waiter."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
