"""Keeps the processes of one machine alive: starts them, starts them again, stops them together.

A child that dies is started again at once; one that keeps dying waits longer each time, up to ``BACKOFF_MAX_S``.
On SIGHUP children that may overlap get a successor, which runs the code as it is then. It stands beside the old one for
a while, and if it lives that long takes its place: so web workers are replaced under load.
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
from typing import IO, NamedTuple

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
OVERLAP_S = 8.0
"""How long a successor runs beside the child it replaces: it answers after a second or two, and both have the port."""
POLL_S = 0.05
"""How often the supervisor looks whether a child has died."""

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent dies."""


class ProcessPlan(msgspec.Struct, frozen=True):
    """One process to keep alive: what it is called, and its arguments after ``antiphon``.

    ``may_overlap``: two of them may run at a time, so that one can take the other's place with nobody kept waiting.
    """

    name: str
    arguments: tuple[str, ...]
    may_overlap: bool = False


class _Successor(NamedTuple):
    process: "subprocess.Popen[bytes]"
    started_s: float


class _Child:
    """One supervised process and when it may be started again."""

    def __init__(self, plan: ProcessPlan) -> None:
        self.plan = plan
        self.process: subprocess.Popen[bytes] | None = None
        self.successor: _Successor | None = None
        self.started_s = 0.0
        self.start_at_s = 0.0
        self.backoff_s = BACKOFF_FIRST_S

    def take_all(self) -> "list[subprocess.Popen[bytes]]":
        """Return the processes there are, and forget them."""
        found = [self.process] if self.process is not None else []
        found += [self.successor.process] if self.successor is not None else []
        self.process = self.successor = None
        return found


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
        self._leaving: list[subprocess.Popen[bytes]] = []

    def run(self, stop: threading.Event, replace: threading.Event | None = None) -> None:
        """Keep every child alive until ``stop`` is set, then end them all, the last started first.

        Whenever ``replace`` is set, those that may overlap are replaced, and it is cleared.
        """
        try:
            while not stop.wait(POLL_S):
                now_s = time.monotonic()
                if replace is not None and replace.is_set():
                    replace.clear()
                    self._begin_replacing(now_s)
                for child in self._children:
                    self._tend(child, now_s)
                    self._succeed(child, now_s)
                self._leaving = [process for process in self._leaving if process.poll() is None]
        finally:
            self._end_all()

    def _begin_replacing(self, now_s: float) -> None:
        for child in self._children:
            if child.plan.may_overlap and child.process is not None and child.successor is None:
                child.successor = _Successor(self._launch(child.plan), now_s)

    def _succeed(self, child: _Child, now_s: float) -> None:
        """Let a successor that has lived for a while take its place; one that died leaves everything as it was."""
        if child.successor is None:
            return
        process, started_s = child.successor
        code = process.poll()
        if code is not None:
            child.successor = None
            detail = f"exit code {code}; it was to replace another, which goes on"
            log_event(definitions.PROCESS_DIED, died=child.plan.name, detail=detail)
        elif child.process is None or now_s >= started_s + OVERLAP_S:
            if child.process is not None:
                child.process.terminate()
                self._leaving.append(child.process)
            child.process, child.started_s, child.successor = process, started_s, None

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
        child.process = self._launch(child.plan)
        child.started_s = now_s

    def _launch(self, plan: ProcessPlan) -> "subprocess.Popen[bytes]":
        with self._open_log() as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
                [sys.executable, "-m", "antiphon", *plan.arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the children in order
            )
        log_event(definitions.PROCESS_STARTED, started=plan.name, detail=f"pid {process.pid}")
        return process

    def _open_log(self) -> AbstractContextManager[IO[bytes] | None]:
        return nullcontext() if self._log_file is None else self._log_file.open("ab")

    def _end_all(self) -> None:
        running = [(child.plan.name, process) for child in reversed(self._children) for process in child.take_all()]
        running += [("one that was replaced", process) for process in self._leaving]
        for _, process in running:
            process.terminate()
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for name, process in running:
            try:
                process.wait(max(0.0, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                detail = f"did not stop within {STOP_WITHIN_S:.0f} s"
                log_event(definitions.PROCESS_KILLED, killed=name, detail=detail)


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


def replace_on_hangup() -> threading.Event:
    """Return an event that SIGHUP sets: what may overlap is to be replaced."""
    replace = threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: replace.set())
    return replace
